"""What must hold of releases, kits, packs and names after the whole directory was imported."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select

from shop.catalogue.models import Pack, Product, Variant, product_ingredient
from shop.database import db

MOST_OF_UNKNOWN_SIZE = 0.035  # of packs: cylinders of gas, drums, strengths filed as a content


def check_products_and_packs(files: tuple[Path, Path]) -> None:
    check_names()
    check_releases(files[0])
    check_kits()
    check_containers()
    check_sale_units()


def check_names() -> None:
    """Nothing that differs looks the same; no filed misspelling is a brand."""
    name = func.lower(Product.name)
    alike = select(name).group_by(name, Product.form_plural).having(func.count() > 1)
    assert db.session.scalars(alike).all() == []
    brands = {brand.casefold() for brand in db.session.scalars(select(Product.brand)) if brand}
    for wrong in ("metformin hydrochoride", "ursadiol", "metronidazole500 mg", "lisinoril", "tolnafate"):
        assert wrong not in brands
    relief = names_of(Product.name.like("Allergy Relief (%"), Product.form_plural == "tablets")
    assert len(relief) >= 6
    assert all("(" in one for one in relief)


def check_releases(products: Path) -> None:
    """No variant holds packs of two applications, but where a mark behind the name joins them."""
    applications = {row["PRODUCTNDC"]: row["APPLICATIONNUMBER"].strip().upper() for row in rows(products)}
    found = defaultdict(set)
    question = (
        select(Product.release, Pack.variant_id, Pack.ndc).select_from(Pack).join(Variant).join(Product)
    )
    for release, variant_id, ndc in db.session.execute(question.where(Product.release.is_not(None))):
        found[release, variant_id].add(applications[ndc.rpartition("-")[0]])
    assert len(found) > 1_000
    for (release, _variant), numbers in found.items():
        assert numbers == {release} or not release[-1].isdigit(), release
    bupropion = names_of(
        Product.name.like("Bupropion hydrochloride (%"), Product.form == "extended-release tablet"
    )
    assert {"Bupropion hydrochloride (SR, 12-hour)", "Bupropion hydrochloride (XL, 24-hour)"} < bupropion
    assert len(names_of(Product.name.like("Metformin hydrochloride (ANDA%"))) > 20
    assert not names_of(Product.form.like("extended-release tablet"), Product.release.is_(None))


def check_kits() -> None:
    parts = (
        select(func.count().label("parts"))
        .join_from(product_ingredient, Product)
        .where(Product.form == "kit")
        .group_by(Product.id)
        .subquery()
    )
    counts = db.session.scalars(select(parts.c.parts)).all()
    assert len(counts) > 1_000
    assert sum(counts) > 2.3 * len(counts)


def check_containers() -> None:
    """What is filed in parts of a mL, or in another measure, is sold by the container that holds it."""
    question = select(Product.unit, Variant.content, Variant.sold_as, Pack.size).select_from(Pack)
    held = 0
    for unit, content, sold_as, size in db.session.execute(question.join(Variant).join(Product)):
        if content is not None:
            assert (unit, sold_as) == ("pack", "closed")
            held += size is not None
    assert held > 18_000
    unknown = db.session.scalar(select(func.count()).where(Pack.size.is_(None))) or 0
    assert unknown < MOST_OF_UNKNOWN_SIZE * (db.session.scalar(select(func.count(Pack.id))) or 0)
    drops = select(Variant.content).join(Product).where(Product.slug == "latanoprost-eye-drops")
    assert [str(content) for content in db.session.scalars(drops)] == ["2.5000"]


def check_sale_units() -> None:
    opened = select(func.count(Variant.id)).join(Product).where(Variant.sold_as == "counted")
    assert db.session.scalar(opened.where(Product.prescription_required.is_(False))) == 0
    assert sold("Ella (%", "30 mg") == ("closed", [1])
    assert sold("Azithromycin", "250 mg") == ("counted", [6, 30])
    assert sold("Baclofen", "10 mg") == ("counted", [30, 60, 90])
    assert sold("Norethindrone", "0.35 mg") == ("closed", [28, 84])


def sold(name: str, strength: str) -> tuple[str, list[int]]:
    question = (
        select(Variant.sold_as, Variant.quantities)
        .join(Product)
        .where(Product.name.like(name), Product.form == "tablet", Variant.strength == strength)
    )
    return tuple(db.session.execute(question).one())  # type: ignore[return-value]


def names_of(*conditions) -> set[str]:
    return set(db.session.scalars(select(Product.name).where(*conditions)))


def rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="latin-1", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
