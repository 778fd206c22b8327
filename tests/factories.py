"""Rows many tests need, made with the fewest words; in an application context, in a transaction or not."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from shop.accounts.address_book import keep_address
from shop.catalogue import list_rows
from shop.catalogue.models import Category, Ingredient, Pack, Product, Variant
from shop.clock import now
from shop.database import db, transaction
from shop.delivery.rules import Option
from shop.names import same_name
from shop.patients import notice
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.patients.rules import Relation
from shop.projections.cache_version import catalogue_changed, offers_changed
from shop.stock.models import Lot, Movement

MARKET = "US"
MAIL = Option("mail", "Mail", 490, 1, 5)  # what a store without delivery methods of its own offers
LISTED = datetime(2026, 11, 1, 9, tzinfo=UTC)


@contextmanager
def in_transaction() -> Iterator[None]:
    """The caller's transaction when there is one, otherwise one of its own."""
    if db.session().info.get("writing"):
        yield
        db.session.flush()
        return
    with transaction():
        yield


def slug_of(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def make_variant(
    name: str = "Baclofen",
    strength: str = "10 mg",
    price: str | None = "0.51",
    rx: bool = True,
    *,
    form: str = "tablet",
    quantities: tuple[int, ...] = (30, 60, 90),
    markets: tuple[str, ...] = ("US",),
    listed: bool = True,
    categories: tuple[str, ...] = (),
    daily: tuple[str, str] | None = None,
    appearance: dict[str, Any] | None = None,
    sold_outside_market: bool = False,
    sold_as: str = "counted",
    ingredients: tuple[str, ...] = (),
    **product: Any,
) -> int:
    """A variant, and its product where there is none of that name and form yet; returns the variant's id.

    A product has the ingredient of its name, or those that are said; `product` sets more columns of it: unit,
    brand, summary, not_by_mail, monograph_slug, popularity.
    """
    with in_transaction():
        variant = Variant(
            product_id=_product(name, form, rx, listed, categories, ingredients, product).id,
            slug=slug_of(f"{name} {form}s {strength}"),
            strength=strength,
            strength_value=Decimal(re.match(r"[\d.]+", strength)[0]),  # type: ignore[index]
            strength_unit=strength.partition(" ")[2],
            price=None if price is None else Decimal(price),
            quantities=list(quantities),
            sold_as=sold_as,
            markets=list(markets),
            sold_outside_market=sold_outside_market,
            daily_low=Decimal(daily[0]) if daily else None,
            daily_high=Decimal(daily[1]) if daily else None,
            appearance=appearance,
        )
        db.session.add(variant)
        db.session.flush()
        list_rows.refresh([variant.product_id], MARKET)
        catalogue_changed(now())
        return variant.id


def _product(
    name: str,
    form: str,
    rx: bool,
    listed: bool,
    categories: tuple[str, ...],
    ingredients: tuple[str, ...],
    more: dict[str, Any],
) -> Product:
    slug = slug_of(f"{name} {form}s")
    product = db.session.scalar(select(Product).where(Product.slug == slug))
    if product is None:
        product = Product(
            slug=slug,
            name=name,
            form=form,
            form_plural=f"{form}s",
            prescription_required=rx,
            listed_at=LISTED if listed else None,
            categories=[_named(Category, category) for category in categories],
            ingredients=[_named(Ingredient, one) for one in ingredients or (name.lower(),)],
            **{"route": "oral", "safety_code": "clear", "origin": "hand" if rx else "ndc", **more},
        )
        db.session.add(product)
        db.session.flush()
    return product


def _named(kind: Any, name: str) -> Any:
    found = db.session.scalar(select(kind).where(kind.name == name))
    return found or kind(slug=slug_of(name), name=name)


# --- Stock ---


def make_lot(
    variant_id: int,
    quantity: int = 1000,
    expires_on: date = date(2028, 6, 30),
    *,
    number: str | None = None,
    unit_cost: str | None = "0.034",
    pack_id: int | None = None,
    pack_size: int | None = None,
    status: str = "pickable",
    received_at: datetime = LISTED,
) -> int:
    """A lot with its first movement in the ledger, expired ones too; returns its id."""
    with in_transaction():
        lot = Lot(
            variant_id=variant_id,
            pack_id=pack_id,
            pack_size=pack_size,
            number=number or f"T{next(_lot_numbers):05d}",
            expires_on=expires_on,
            unit_cost=None if unit_cost is None else Decimal(unit_cost),
            status=status,
            on_hand=quantity,
            held=0,
            received_at=received_at,
        )
        db.session.add(lot)
        db.session.flush()
        if quantity:
            db.session.add(Movement(lot_id=lot.id, kind="received", quantity=quantity, at=received_at))
            db.session.flush()
        offers_changed(now())
        return lot.id


_lot_numbers = itertools.count(1)


def make_pack(variant_id: int, size: int | None, labeler: str = "Example Labs", **more: Any) -> int:
    """A pack of the directory with a code of its own; returns its id. `more` sets more columns."""
    code = f"{next(_pack_codes):011d}"
    with in_transaction():
        described = f"{size} TABLET in 1 BOTTLE" if size else "As filed"
        pack = Pack(
            **{
                "ndc": code,
                "ndc11": code,
                "labeler": labeler,
                "description": described,
                "size": size,
                **more,
            },
            variant_id=variant_id,
        )
        db.session.add(pack)
        db.session.flush()
        return pack.id


_pack_codes = itertools.count(70_000_000_001)


# --- Patients ---

HEALTHY = Profile((), (), (), YesNo.NO, YesNo.NO, Decimal("61.5"), Kidneys.NO_PROBLEM)


def patient_of(
    user_id: int,
    name: str = "Ada Specimen",
    born: date = date(1971, 3, 2),
    relation: Relation | None = Relation.SELF,
    health: Profile = HEALTHY,
) -> int:
    """The account's patient of this name, with every health question answered; made where there is none."""
    with in_transaction():
        for one in patients.of_account(user_id):
            if same_name(one.name, name):
                return one.id
        notice.acknowledge(user_id, now())
        patient_id = patient_steps.add(user_id, relation, name, born, now())
        one = patients.by_id(patient_id)
        assert one is not None
        patient_steps.save_health(user_id, one.reference, health, now())
        return patient_id


def add_child(user_id: int, name: str = "Ben Specimen", born: date = date(2019, 1, 1)) -> int:
    """Another patient of the account."""
    return patient_of(user_id, name, born, Relation.CHILD)


def make_address(user_id: int, region: str = "NY") -> None:
    """An address that the account has had for a while, in New York unless told otherwise."""
    with in_transaction():
        keep_address(
            user_id,
            recipient="Ada Specimen",
            line1="1 Old Road",
            city="Nowhere",
            region=region,
            postal_code="10001",
            country="US",
            at=now(),
        )
