"""Whose prices a page of the desk is about: a medicine's, or everything's by the store's rule."""

from dataclasses import dataclass

from flask import url_for

from shop.catalogue.models import Product
from shop.pricing.lookup import product_named
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
