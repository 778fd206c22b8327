"""The paths onto the shelf: import, listing by rule, by name and by hand."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from bench.safety import hands
from bench.safety.cases import FORMS, ROUTES, SOLD, Case
from shop.catalogue.models import Pack, Product, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.imports.ndc.service import Import, run
from shop.listing import service as listing
from shop.listing.rules import Rule
from shop.web import settings
from tests.integration.imports.ndc_files import package, product, write

BY_RULES = ({Rule.EVERYTHING}, {Rule.PRICED, Rule.MAILABLE}, {Rule.PRICED})


def bring_in(folder: Path, cases: Sequence[Case]) -> dict[int, int]:
    """Import one directory of all cases; the products that came of it, by the case's number."""
    wanted = {number: case for number, case in enumerate(cases) if "import" in case.paths}
    if not wanted:
        return {}
    rows = [_filed(number, case) for number, case in wanted.items()]
    files = write(folder, rows, [package(row["PRODUCTNDC"]) for row in rows])
    run(Import(*files), settings().market, now(), lambda _step, _rows: None)
    db.session.rollback()
    codes = {f"{_code(number)}-01": number for number in wanted}
    found = select(Pack.ndc, Variant.product_id).join(Variant, Variant.id == Pack.variant_id)
    return {codes[ndc]: key for ndc, key in db.session.execute(found.where(Pack.ndc.in_(codes)))}


def _code(number: int) -> str:
    return f"{number + 1000:04d}-0001"


def _filed(number: int, case: Case) -> dict[str, str]:
    kind = "HUMAN PRESCRIPTION DRUG" if case.rx else "HUMAN OTC DRUG"
    return product(
        _code(number),
        case.name,
        PRODUCTTYPENAME=kind,
        SUBSTANCENAME="; ".join(case.ingredients or (case.name,)).upper(),
        ACTIVE_NUMERATOR_STRENGTH="; ".join("10" for _ in case.substances),
        ACTIVE_INGRED_UNIT="; ".join("mg/1" for _ in case.substances),
        DOSAGEFORMNAME=FORMS[case.form],
        ROUTENAME=ROUTES[case.route],
        MARKETINGCATEGORYNAME=next(iter(case.facts.get("licenses", ())), "ANDA"),
        PHARM_CLASSES=", ".join(f"{one} [EPC]" for one in case.facts.get("classes", ())),
        DEASCHEDULE=case.flag,
    )


def listing_paths(
    app: Flask, cases: Sequence[Case], imported: Mapping[int, int]
) -> dict[int, dict[str, str]]:
    made: dict[int, int] = {}
    for number, case in enumerate(cases):
        if "by hand" in case.paths:
            variant_id = hands.harmless(case, f"By hand {number}", listed=False)
            hands.turn_into(variant_id, case, None)
            made[number] = hands.product_of(variant_id).id
    by_rule = set().union(*map(_by_rule, BY_RULES))
    found = {}
    for number, product_id in made.items():
        found[number] = {
            "import": _said(imported.get(number) in by_rule, "not_imported_or_listed"),
            "by rule": _said(product_id in by_rule, "not_listed"),
            "by name": _by_name(app, product_id),
            "by hand": _by_hand(product_id),
        }
    return found


def _by_rule(rules: set[Rule]) -> set[int]:
    with transaction():
        changed = set(listing.set_listed_by_rules(rules, True, None, now()).changed)
    _unlist(changed)
    return changed


def _by_name(app: Flask, product_id: int) -> str:
    slug = db.session.scalars(select(Product.slug).where(Product.id == product_id)).one()
    app.test_cli_runner().invoke(args=["catalogue", "list", slug])
    db.session.rollback()
    listed = db.session.scalar(select(Product.listed_at).where(Product.id == product_id))
    _unlist({product_id})
    return _said(listed is not None, "not_listed")


def _by_hand(product_id: int) -> str:
    with transaction():
        outcome = listing.set_listed([product_id], True, None, now())
    return SOLD if outcome.changed else next(iter(outcome.refused.values())).value


def _unlist(product_ids: set[int]) -> None:
    with transaction() as session:
        session.execute(update(Product).where(Product.id.in_(product_ids)).values(listed_at=None))


def _said(sold: bool, code: str) -> str:
    return SOLD if sold else code
