"""Finding what a command or an address names: a medicine by its slug, a strength by slug or NDC."""

from sqlalchemy import select

from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.ndc_codes import UnreadableCode, pack_key
from shop.database import db
from shop.errors import NotFound


def product_named(slug: str) -> Product:
    """The medicine with this slug, listed or not. Raises NotFound."""
    found = db.session.scalar(select(Product).where(Product.slug == slug))
    if found is None:
        raise NotFound(f"There is no medicine “{slug[:80]}”.", "Look it up in the catalogue.")
    return found


def product_id_of(slug: str) -> int:
    """Raises NotFound."""
    return product_named(slug).id


def variant_of(text: str) -> int:
    """The strength with this slug, or the one in whose pack this NDC is. Raises NotFound."""
    found = db.session.scalar(select(Variant.id).where(Variant.slug == text))
    if found is None:
        try:
            code = pack_key(text)
        except UnreadableCode:
            code = ""
        found = db.session.scalar(select(Pack.variant_id).where(Pack.ndc11 == code))
    if found is None:
        raise NotFound(f"There is no strength “{text[:80]}”.", "Look it up in the catalogue.")
    return found


def variant_ids_of(slug: str) -> list[int]:
    """Every strength of a medicine. Raises NotFound."""
    return list(db.session.scalars(select(Variant.id).where(Variant.product_id == product_id_of(slug))))


def unpriced_ids() -> list[int]:
    """Every strength that has no price and is not priced by rule."""
    return list(
        db.session.scalars(select(Variant.id).where(Variant.price.is_(None), Variant.price_basis == "fixed"))
    )
