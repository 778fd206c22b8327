"""What the price pages show beside their forms: worked examples, and the strengths of one medicine."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import url_for

from shop.catalogue import queries as catalogue
from shop.catalogue.models import Product
from shop.catalogue.queries import VariantFacts
from shop.catalogue.rules import price_at
from shop.clock import business_date, now
from shop.pricing import queries
from shop.pricing.plan import change
from shop.pricing.queries import Rules, Strength, product_named
from shop.pricing.records import STORE


@dataclass(frozen=True)
class Scope:
    """Whose rule a page is about: a medicine's, or the store's (`product` None)."""

    slug: str
    product: Product | None

    @property
    def product_id(self) -> int | None:
        return self.product.id if self.product else None

    @property
    def product_ids(self) -> list[int] | None:
        return [self.product.id] if self.product else None

    @property
    def title(self) -> str:
        return f"{self.product.name} {self.product.form_plural}" if self.product else "The store’s price rule"

    @property
    def address(self) -> str:
        return url_for("admin.price_rule", slug=self.slug)


def scope_of(slug: str) -> Scope:
    """Of a medicine's slug, or of "store". Raises NotFound."""
    return Scope(slug, None if slug == STORE else product_named(slug))


MOST_STEPS = 6


@dataclass(frozen=True)
class Step:
    """The price of a unit at one pack step, as it is and as it would be; None: no price."""

    quantity: int
    now: Decimal | None
    then: Decimal | None


@dataclass(frozen=True)
class Example:
    """One strength worked out under a rule. `fixed` ones would keep the price they have."""

    facts: VariantFacts
    acquisition: Decimal | None
    outdated_on: date | None
    steps: tuple[Step, ...]
    fixed: bool


def of_product(product_id: int, rules: Rules) -> list[Example]:
    """Every strength of a medicine, worked out by its rule among `rules`, in numeric order."""
    return _worked_out(queries.strengths(business_date(now()), [product_id], only_by_rule=False), rules)


def of_store(rules: Rules, limit: int = 5) -> list[Example]:
    """The most asked-for strengths that the store's rule prices."""
    return _worked_out(queries.examples(limit, business_date(now())), rules)


def _worked_out(strengths: Iterable[Strength], rules: Rules) -> list[Example]:
    found = list(strengths)
    facts = catalogue.variants(one.variant_id for one in found)
    return [_example(one, facts[one.variant_id], rules) for one in found if one.variant_id in facts]


def _example(strength: Strength, facts: VariantFacts, rules: Rules) -> Example:
    made = change(strength, rules.of(strength.product_id)) if strength.by_rule else None
    price, breaks = (made.price, made.breaks) if made else (strength.price, strength.breaks)
    steps = tuple(
        Step(step, price_at(strength.price, strength.breaks, step), price_at(price, breaks, step))
        for step in sorted(strength.quantities)[:MOST_STEPS]
    )
    return Example(facts, strength.acquisition, strength.outdated_on, steps, not strength.by_rule)
