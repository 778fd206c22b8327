"""The finder's medicines: four listed in two conditions and two forms, and one that is hidden."""

from flask import Flask

from shop.storefront.finder.columns import Chosen, View
from shop.storefront.finder.service import columns, follow
from tests.factories import make_variant


def four_medicines() -> dict[str, int]:
    """Four listed products in two conditions and two forms, and one that is hidden."""
    ids = {
        "baclofen": make_variant(categories=("Muscles",)),
        "baclofen 20": make_variant(strength="20 mg", price="0.40"),
        "methocarbamol": make_variant("Methocarbamol", "500 mg", "0.20", categories=("Muscles", "Pain")),
        "naproxen": make_variant(
            "Naproxen", "220 mg", "0.05", rx=False, form="capsule", categories=("Pain",)
        ),
        "zinc": make_variant("Zinc", "5 mg", None, rx=False),
    }
    make_variant("Hidden", "5 mg", listed=False, categories=("Pain",))
    return ids


def view(app: Flask, *limits: tuple[str, str], among: list[int] | None = None) -> View:
    follow(app)
    return columns().view(Chosen(limits), among)
