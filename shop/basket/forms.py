"""What a basket form may say, and the refusals for what it may not."""

from flask import Request

from shop import numbers
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.errors import DomainError, NotFound
from shop.patients import service as patients
from shop.safety.otc import Supply, within_limit

SOMEONE_ELSE = "someone-else"
"""What the form says where nobody of the account takes it."""


class QuantityNotOffered(DomainError):
    """A quantity that no whole number of packs makes, or more than a household's supply."""

    status = 422
    code = "quantity_not_offered"

    def __init__(self, variant: VariantFacts) -> None:
        steps = _offered(variant)
        which = f"{'one of ' if len(steps) > 1 else ''}{', '.join(map(str, steps))}"
        super().__init__(
            f"{variant.label} can’t be ordered in that quantity.",
            f"Choose {which}." if steps else "Call us to order it.",
        )
        self.way = f"/medicines/{variant.product_slug}", "Choose a quantity"


def wanted_variant(request: Request) -> VariantFacts:
    """The variant the form names. Raises NotFound for one that is not in the store."""
    text = request.form.get("variant", "")
    variant_id = numbers.digits(text, 15)
    variant = None if variant_id is None else catalogue.variant(variant_id)
    if variant is None or not variant.listed or variant.price is None:
        raise NotFound("We don’t sell this medicine.", "Search for it by name.")
    return variant


def wanted_patient(request: Request, user_id: int | None) -> int | None:
    """The patient the form names, locked; None for none. Raises NotFound for one of another account."""
    reference = request.form.get("patient", "")
    return patients.locked(user_id, reference).id if reference and user_id else None


def wanted_taker(request: Request, user_id: int | None) -> tuple[int | None, bool] | None:
    """Who takes what needs no prescription, by the form: a patient of the account, locked, and whether it is
    someone else. (None, False) where the form takes back what was said, None where it does not ask.

    Raises NotFound for a patient of another account.
    """
    if "patient" not in request.form or user_id is None:
        return None
    if request.form["patient"] == SOMEONE_ELSE:
        return None, True
    return wanted_patient(request, user_id), False


def wanted_quantity(request: Request, variant: VariantFacts) -> int:
    """The quantity the form names, in the variant's units. Raises QuantityNotOffered."""
    text = request.form.get("quantity", "")
    quantity = numbers.digits(text, 6) or 0
    if not variant.allows(quantity):
        raise QuantityNotOffered(variant)
    return quantity


def _offered(variant: VariantFacts) -> tuple[int, ...]:
    """The quantities that one order may hold: over the counter not more than the limit of 30 days."""
    if variant.prescription_required:
        return variant.quantities
    one = catalogue.contents([variant.id])[variant.id]
    supply = Supply(0, one.ingredients, one.strength, one.unit, one.route, 1, one.pack)
    return within_limit(supply, variant.quantities)
