"""What an admin types to make a compounded cream, and short ways to make it without the desk."""

from datetime import UTC, datetime

from sqlalchemy import select

from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.handmade import packs, products, strengths
from shop.handmade.choices import form_in
from shop.handmade.packs import PackTyped
from shop.handmade.product_typed import ProductTyped
from shop.handmade.strengths import StrengthTyped
from shop.listing import service as listing

AT = datetime(2026, 11, 29, 6, tzinfo=UTC)
NEW = "/admin/catalogue/new"
CREAM = {
    "ingredient_0": "Baclofen",
    "ingredient_1": "",
    "form": "cream",
    "route": "on the skin",
    "kind": "rx",
    "license": "COMPOUNDED",
    "brand": "",
}
PACK = {"ndc": "", "labeler": "Formulary Pharmacy", "size": "30", "description": "30 g in 1 TUBE"}


def typed(*ingredients: str, form: str = "cream", route: str = "on the skin", **more) -> ProductTyped:
    """A product as typed."""
    named = tuple(sorted(ingredients or ("baclofen",)))
    about = {"prescription_required": True, "brand": None, "license": "COMPOUNDED"} | more
    return ProductTyped(named, form_in(form, route), route, **about)


def make(*ingredients: str, strength: str = "20 mg/g", pack: bool = True, **more) -> str:
    """A product with a strength and a pack; returns its slug."""
    with transaction():
        slug = products.make_product(typed(*ingredients, **more), None, AT).slug
    if strength:
        with transaction():
            variant = strengths.make_strength(slug, StrengthTyped(strength, ["US"]), None, AT)
        if pack:
            with transaction():
                packs.make_pack(slug, variant, PackTyped(None, "Formulary", "30 g in 1 TUBE", 30), None, AT)
    return slug


def product(slug: str) -> Product:
    """The product as the database has it now."""
    db.session.rollback()
    return db.session.scalars(select(Product).where(Product.slug == slug)).one()


def variant_of(slug: str) -> Variant:
    return product(slug).variants[0]


def pack_of(slug: str) -> Pack:
    return variant_of(slug).packs[0]


def put_on_sale(slug: str):
    with transaction():
        return listing.set_listed([product(slug).id], True, None, AT)


def seen_on(page: str) -> str:
    """What stands for the state that the form was opened on."""
    return page.split('name="seen"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
