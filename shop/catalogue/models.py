"""Tables of the catalogue: ingredient, product, variant (dosage strength), pack.

Stock counts live in `stock`, monograph text in `monographs`; a product only names its monograph's slug.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    cast,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.catalogue.sale_units import SoldAs
from shop.database import Base, Code, ExactDecimal, Key, UnitPrice, UtcDateTime

product_category = Table(
    "product_category",
    Base.metadata,
    Column("product_id", Key, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("category_id", Key, ForeignKey("category.id", ondelete="CASCADE"), primary_key=True, index=True),
)
product_ingredient = Table(
    "product_ingredient",
    Base.metadata,
    Column("product_id", Key, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    Column("ingredient_id", Key, ForeignKey("ingredient.id"), primary_key=True, index=True),
)


class Category(Base):
    """A condition in plain words: "Muscle spasticity"."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)


class Ingredient(Base):
    """An active substance."""

    __tablename__ = "ingredient"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    is_controlled: Mapped[bool] = mapped_column(Boolean, default=False)  # decided by substance; never listed


class Product(Base):
    """One page: an ingredient set in one form ("Baclofen tablets")."""

    __tablename__ = "product"
    __table_args__ = (
        Index(
            "ix_product_listed_name",
            "name",
            sqlite_where=text("listed_at IS NOT NULL"),
            postgresql_where=text("listed_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    slug: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(80))
    form_plural: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(8), default="pill")  # pill, mL, g or pack: what the price is for
    route: Mapped[str] = mapped_column(String(40))
    brand: Mapped[str | None] = mapped_column(String(200))
    release: Mapped[str | None] = mapped_column(String(40))  # extended release: mark or application
    summary: Mapped[str | None] = mapped_column(String(300))  # copied from the published monograph
    prescription_required: Mapped[bool] = mapped_column(Boolean)
    not_by_mail: Mapped[str | None] = mapped_column(String(200))  # the reason, when it may not be mailed
    regulatory: Mapped[dict[str, list[str]] | None] = mapped_column(
        JSON
    )  # routes, licenses, classes as the directory says them
    safety_code: Mapped[str | None] = mapped_column(
        String(32)
    )  # safety_answer.py; None: not decided, not sold
    safety_reason: Mapped[str | None] = mapped_column(String(200))
    monograph_slug: Mapped[str | None] = mapped_column(String(120), index=True)
    popularity: Mapped[int] = mapped_column(Integer, default=0)
    listed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(String(8), default="hand")  # "ndc": from the directory
    identity: Mapped[str | None] = mapped_column(
        String(40), unique=True, index=True
    )  # substances/identity.py
    equivalence: Mapped[str | None] = mapped_column(String(40), index=True)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)  # the directory no longer has any pack of it
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # for the search index
    categories: Mapped[list[Category]] = relationship(secondary=product_category, order_by=Category.name)
    ingredients: Mapped[list[Ingredient]] = relationship(
        secondary=product_ingredient, order_by=Ingredient.name
    )
    variants: Mapped[list["Variant"]] = relationship(
        back_populates="product", order_by="Variant.strength_value, Variant.id"
    )


class Variant(Base):
    """A dosage variant: one strength of one product, its price per unit and the markets it is marketed in."""

    __tablename__ = "variant"
    __table_args__ = (
        UniqueConstraint("product_id", "strength"),
        CheckConstraint("price > 0", name="price_positive"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    product_id: Mapped[int] = mapped_column(Key, ForeignKey("product.id"), index=True)
    slug: Mapped[str] = mapped_column(String(260), unique=True)  # baclofen-tablets-10-mg
    strength: Mapped[str] = mapped_column(String(120))
    strength_value: Mapped[Decimal] = mapped_column(ExactDecimal(6))  # order and price per mg only
    strength_unit: Mapped[str] = mapped_column(String(40))
    price: Mapped[Decimal | None] = mapped_column(UnitPrice())  # per unit of the product; None: not for sale
    price_breaks: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)  # [[90, "0.47"]]: from 90 on
    price_basis: Mapped[str] = mapped_column(String(8), default="fixed")  # or "rule": made by a price rule
    quantities: Mapped[list[int]] = mapped_column(JSON)  # sale_units.SaleUnits.steps: offered, or pack sizes
    sold_as: Mapped[SoldAs] = mapped_column(Code(SoldAs, 8), default=SoldAs.COUNTED)
    content: Mapped[Decimal | None] = mapped_column(ExactDecimal(4))  # of one container, when sold by it
    content_unit: Mapped[str | None] = mapped_column(String(2))  # mL or g
    markets: Mapped[list[str]] = mapped_column(JSON)  # ISO 3166 alpha-2 of the countries it is marketed in
    sold_outside_market: Mapped[bool] = mapped_column(Boolean, default=False)  # an admin said so
    withdrawn_on: Mapped[date | None] = mapped_column(Date)  # by an admin: shown to nobody, sold to nobody
    daily_low: Mapped[Decimal | None] = mapped_column(ExactDecimal(6))  # usual least a day, strength_unit
    daily_high: Mapped[Decimal | None] = mapped_column(ExactDecimal(6))
    appearance: Mapped[dict[str, Any] | None] = mapped_column(
        JSON
    )  # fields of appearance/attributes.py, and source
    product: Mapped[Product] = relationship(back_populates="variants")
    packs: Mapped[list["Pack"]] = relationship(order_by="Pack.id")

    @property
    def label(self) -> str:
        """What a pharmacist calls it: "Baclofen tablet 10 mg"."""
        return f"{self.product.name} {self.product.form} {self.strength}"


class Pack(Base):
    """One labeler's package, with its NDC as printed and as 11 digits, or the store's own code in both.

    What `origin` calls "hand" an import leaves as it is.
    """

    __tablename__ = "pack"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    variant_id: Mapped[int] = mapped_column(Key, ForeignKey("variant.id"), index=True)
    ndc: Mapped[str] = mapped_column(String(20))
    ndc11: Mapped[str] = mapped_column(String(20), unique=True)  # room for the proposed 12 digits
    labeler: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(1000))
    size: Mapped[int | None] = mapped_column(CheckConstraint("size > 0", name="size_positive"))
    withdrawn_on: Mapped[date | None] = mapped_column(Date)  # no longer in the directory
    origin: Mapped[str] = mapped_column(String(8), server_default="ndc")  # or "hand"


class StatedSize(Base):
    """Units in a pack of the directory whose description does not say, as a person read them on its label.

    An import keeps the size while the description and what the product is counted in stay what they were.
    """

    __tablename__ = "stated_size"

    pack_id: Mapped[int] = mapped_column(
        Key, ForeignKey("pack.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    size: Mapped[int] = mapped_column(CheckConstraint("size > 0", name="size_positive"))
    unit: Mapped[str] = mapped_column(String(8))
    description: Mapped[str] = mapped_column(String(1000))
    source: Mapped[str] = mapped_column(String(200))
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReleaseJoin(Base):
    """A person's decision that two extended releases are one medicine; the next import follows it."""

    __tablename__ = "release_join"

    ingredients: Mapped[str] = mapped_column(String(400), primary_key=True)  # substances/identity.py set_key
    release: Mapped[str] = mapped_column(String(40), primary_key=True)
    joins: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(200), server_default="")
    actor_id: Mapped[int | None] = mapped_column(Key, ForeignKey("user.id"))


class Listing(Base):
    """A product as lists show it. `price` is the lowest per unit sold here, None when none is sold."""

    __tablename__ = "listing"

    product_id: Mapped[int] = mapped_column(
        Key, ForeignKey("product.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    market: Mapped[str] = mapped_column(String(2))  # the store's, for which this was derived
    strengths: Mapped[str] = mapped_column(String(200))  # "10, 20, 25 mg"
    appearance: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # lowest price
    price: Mapped[Decimal | None] = mapped_column(UnitPrice())
    varies: Mapped[bool] = mapped_column(Boolean)
    per_measure: Mapped[Decimal | None] = mapped_column(ExactDecimal(9))  # lowest price per measure_unit
    measure_unit: Mapped[str] = mapped_column(String(40))
    packs: Mapped[str] = mapped_column(String(80))  # pack steps of that strength: "30, 60, 90"
    example_quantity: Mapped[int] = mapped_column(Integer)
    example_cents: Mapped[int] = mapped_column(BigInteger)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)  # names of ingredients; categories [slug, name]
    sold: Mapped[list[list[int]]] = mapped_column(JSON)  # [variant id, smallest step, largest step] sold here


# --- Columns that hold a list as JSON, read as text: thousands of strengths share a handful of values -------

Breaks = tuple[tuple[int, Decimal], ...]


def as_text(column: Any) -> ColumnElement[str]:
    """The column as it is stored, under its own name."""
    return cast(column, Text).label(column.name)


@lru_cache(maxsize=4096)
def values_of(text: str) -> tuple[Any, ...]:
    """Markets, pack steps: `["US","GB"]`, `[30,90]`."""
    return tuple(json.loads(text))


@lru_cache(maxsize=16_384)
def breaks_of(text: str) -> Breaks:
    """(units, price or percentage) ascending: `[[90,"0.41"]]`."""
    return tuple((int(units), Decimal(amount)) for units, amount in json.loads(text))


@lru_cache(maxsize=4096)
def classes_of(text: str) -> tuple[str, ...]:
    """Pharmacologic classes in what the directory says of a product: `{"classes": ["Corticosteroid"], …}`."""
    stated = json.loads(text or "null") or {}
    return tuple(stated.get("classes", ()))
