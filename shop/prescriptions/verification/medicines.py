"""What this room needs to know of medicines: facts from the catalogue as `typed.Medicine`."""

from collections.abc import Iterable

from sqlalchemy import select

from shop.catalogue import queries as catalogue
from shop.catalogue import substitutes
from shop.catalogue.models import Ingredient, Product, Variant
from shop.database import db
from shop.prescriptions.verification.typed import Medicine
from shop.safety.sale import is_about_control, sale_refusal


def medicines(variant_ids: Iterable[int], market: str) -> dict[int, Medicine]:
    """The medicines among `variant_ids`, as a store in `market` (ISO 3166 alpha-2) has them."""
    wanted = set(variant_ids)
    controlled = _controlled(wanted)
    products = substitutes.read(wanted if len(wanted) > 1 else ())
    found = {}
    for variant_id, variant in catalogue.variants(wanted).items():
        refusal = sale_refusal(variant, market)
        found[variant_id] = Medicine(
            variant.label,
            variant.prescription_required,
            variant_id in controlled or is_about_control(variant.refused),
            refusal.value if refusal else None,
            variant.not_by_mail,
            unit=variant.unit,
            sold_as=variant.sold_as,
            steps=variant.quantities,
            refused=variant.refused.sentence if variant.refused else "",
            withdrawn_on=variant.withdrawn_on,
            same_as=frozenset(
                one for one in wanted - {variant_id} if products.may_fill(variant_id, one, as_written=False)
            ),
        )
    return found


def _controlled(variant_ids: set[int]) -> set[int]:
    """Variants with a controlled ingredient. Decided by substance, whatever else is said of the product."""
    if not variant_ids:
        return set()
    question = select(Variant.id).join(Product).join(Product.ingredients)
    return set(db.session.scalars(question.where(Variant.id.in_(variant_ids), Ingredient.is_controlled)))
