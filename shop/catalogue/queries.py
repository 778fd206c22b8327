"""Reading variants for other rooms: facts by id, and what is in them.

Staff find variants by words in `search.staff`; one medicine with all its strengths is in `listing.medicine`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select

from shop.catalogue.models import (
    Ingredient,
    Product,
    Variant,
    as_text,
    breaks_of,
    product_ingredient,
    values_of,
)
from shop.catalogue.rules import price_at
from shop.catalogue.safety_answer import asked_columns, not_by_mail_sql, refusal_of, strength_refusal_of
from shop.catalogue.sale_units import SoldAs, allowed, nearest_packs
from shop.database import db
from shop.safety.sale import is_doubted
from shop.safety.subject import Refusal


@dataclass(frozen=True)
class VariantFacts:
    """One variant as other rooms know it. `price` is per `unit` (pill, mL, g, pack); None: not for sale.

    `breaks` are (units, price) ascending: from so many units on, that price; `by_rule`: a price rule made it.
    `markets` are ISO 3166 alpha-2 codes; `quantities` what is offered, or the sizes of the closed packs,
    ascending (`sale_units`); `not_by_mail` the reason, when it may not be mailed; `appearance` as in
    `Variant.appearance`; `content` what one container holds, in `content_unit`, where that is the unit sold.
    `refused` is what the safety data say of it today, where they were asked: by `variants`, and for its page.
    `withdrawn_on`: the day the strength or its product was withdrawn from sale. `route` is the directory's
    ("oral", "not stated").
    """

    id: int
    slug: str
    product_id: int
    product_slug: str
    product_name: str
    form: str
    form_plural: str
    strength: str
    unit: str
    price: Decimal | None
    quantities: tuple[int, ...]
    prescription_required: bool
    listed: bool
    markets: tuple[str, ...]
    sold_outside_market: bool
    not_by_mail: str | None
    appearance: dict[str, Any] | None
    breaks: tuple[tuple[int, Decimal], ...] = ()
    by_rule: bool = False
    sold_as: str = SoldAs.COUNTED
    content: Decimal | None = None
    content_unit: str | None = None
    refused: Refusal | None = None
    withdrawn_on: date | None = None
    route: str = ""

    @property
    def whole_packs(self) -> bool:
        """Whether it is sold in the packs the maker closed; over the counter nothing is opened."""
        return self.sold_as == SoldAs.CLOSED or not self.prescription_required

    def allows(self, quantity: int) -> bool:
        """Whether a customer may ask for `quantity` units."""
        return allowed(
            quantity, self.unit, SoldAs.CLOSED if self.whole_packs else self.sold_as, self.quantities
        )

    def nearest(self, authorized: int) -> int | None:
        """What can be dispensed of `authorized` units: never more, whole packs where none is opened."""
        return nearest_packs(
            authorized, SoldAs.CLOSED if self.whole_packs else self.sold_as, self.quantities, self.unit
        )

    @property
    def price_per_measure(self) -> Decimal | None:
        """Of one mL or g, where the price is that of a container; None where it is not, or has none."""
        return self.price / self.content if self.price is not None and self.content else None

    def price_for(self, quantity: int) -> Decimal | None:
        """The price of one unit when `quantity` of them are bought; None: not for sale."""
        return price_at(self.price, self.breaks, quantity)

    @property
    def doubted(self) -> bool:
        """A person has to check it before it is sold."""
        return is_doubted(self.strength, self.unit, self.by_rule)

    @property
    def label(self) -> str:
        """What a pharmacist calls it: "Baclofen tablet 10 mg"."""
        return f"{self.product_name} {self.form} {self.strength}"


def variants(ids: Iterable[int]) -> dict[int, VariantFacts]:
    """Facts of the variants that exist among `ids`, in one query; none for no ids.

    The safety data are asked again: being in a basket does not make sellable what an earlier release listed.
    """
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(_FACTS_OF, {"ids": list(wanted)})
    return {row.id: facts_from(row, refusal_of(row) or strength_refusal_of(row)) for row in rows}


def variant(variant_id: int) -> VariantFacts | None:
    """Facts of one variant, or None when there is none."""
    return variants([variant_id]).get(variant_id)


def facts_columns() -> tuple[Any, ...]:
    """The columns `facts_from` reads, for questions of this room about variants with their products.

    Of tables, not of objects, which would double the time of a page with many strengths.
    """
    variant, product = Variant.__table__.c, Product.__table__.c
    return (
        variant.id,
        variant.slug,
        variant.product_id,
        product.slug.label("product_slug"),
        product.name.label("product_name"),
        product.form,
        product.form_plural,
        product.route,
        variant.strength,
        product.unit,
        variant.price,
        as_text(variant.quantities),
        product.prescription_required,
        and_(product.listed_at.is_not(None), variant.withdrawn_on.is_(None)).label("listed"),
        as_text(variant.markets),
        variant.sold_outside_market,
        not_by_mail_sql(product).label("not_by_mail"),
        variant.appearance,
        as_text(variant.price_breaks),
        (variant.price_basis == "rule").label("by_rule"),
        variant.sold_as,
        variant.content,
        variant.content_unit,
        func.coalesce(variant.withdrawn_on, product.withdrawn_on).label("gone_on"),
    )


def facts_from(row: Any, refused: Refusal | None = None) -> VariantFacts:
    """The facts in a row that has `facts_columns` among its columns; `refused` is today's answer."""
    return VariantFacts(
        id=row.id,
        slug=row.slug,
        product_id=row.product_id,
        product_slug=row.product_slug,
        product_name=row.product_name,
        form=row.form,
        form_plural=row.form_plural,
        route=row.route,
        strength=row.strength,
        unit=row.unit,
        price=row.price,
        quantities=values_of(row.quantities),
        prescription_required=row.prescription_required,
        listed=bool(row.listed),
        markets=values_of(row.markets),
        sold_outside_market=row.sold_outside_market,
        not_by_mail=row.not_by_mail or (refused.why if refused else None),
        appearance=row.appearance,
        breaks=breaks_of(row.price_breaks),
        by_rule=bool(row.by_rule),
        sold_as=row.sold_as,
        content=row.content,
        content_unit=row.content_unit,
        refused=refused,
        withdrawn_on=row.gone_on,
    )


def facts_query() -> Select[*tuple[Any, ...]]:
    """A question for variants with their products, in columns that `facts_from` reads."""
    return select(*facts_columns()).join_from(Variant.__table__, Product.__table__)


_FACTS_OF = (
    facts_query()
    .add_columns(*asked_columns(Product.__table__.c))
    .where(Variant.__table__.c.id.in_(bindparam("ids", expanding=True)))
)
"""Made once: every step from the basket to the order asks this."""


# --- What is in a variant, for rules about amounts --------------------------------------------------------


@dataclass(frozen=True)
class Contents:
    """One variant. A product that states no ingredient is known by its own name.

    `unit` is pill, mL, g or pack; `pack` the smallest quantity it is offered in; `label` as `VariantFacts`.
    """

    ingredients: tuple[str, ...]
    strength: str
    unit: str
    route: str
    pack: int
    label: str
    form: str
    prescription_required: bool


def contents(variant_ids: Iterable[int]) -> dict[int, Contents]:
    """What is in each of these variants, in one query."""
    wanted = set(variant_ids)
    if not wanted:
        return {}
    rows = db.session.execute(
        select(
            Variant.id,
            Variant.strength,
            Product.unit,
            Product.route,
            as_text(Variant.quantities).label("quantities"),
            func.coalesce(Ingredient.name, func.lower(Product.name)).label("ingredient"),
            Product.name.label("product"),
            Product.form,
            Product.prescription_required,
        )
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(product_ingredient, product_ingredient.c.product_id == Product.id)
        .outerjoin(Ingredient, Ingredient.id == product_ingredient.c.ingredient_id)
        .where(Variant.id.in_(wanted))
        .order_by(Variant.id, Ingredient.name)
    )
    found: dict[int, Contents] = {}
    for row in rows:
        before = found[row.id].ingredients if row.id in found else ()
        found[row.id] = Contents(
            ingredients=(*before, row.ingredient) if row.ingredient else before,
            strength=row.strength,
            unit=row.unit,
            route=row.route,
            pack=min(values_of(row.quantities), default=1),
            label=f"{row.product} {row.form} {row.strength}",
            form=row.form,
            prescription_required=row.prescription_required,
        )
    return found
