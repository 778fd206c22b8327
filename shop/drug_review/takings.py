"""What the catalogue and directions say of one medicine, as the review reads it. Pure."""

from datetime import date
from decimal import Decimal

from shop.catalogue.queries import Contents
from shop.drug_review.taking import From, Part, Taking
from shop.drug_review.usage import use_of
from shop.patients.rules import age_on
from shop.safety.drug_facts import reading
from shop.safety.otc import Supply, amounts
from shop.substances.identity import is_extended
from shop.substances.names import canonical, moiety


def taking_of(
    key: str,
    known: From,
    contents: Contents,
    directions: str = "",
    *,
    indication: str = "",
    quantity: int | None = None,
    days_supply: int | None = None,
    item_id: int | None = None,
    variant_id: int | None = None,
) -> Taking:
    """A medicine of the catalogue as somebody takes it."""
    return Taking(
        key,
        contents.label,
        known,
        parts_of(contents),
        directions,
        use_of(directions, contents.unit),
        quantity,
        days_supply,
        contents.form,
        contents.route,
        "extended" if is_extended(contents.form) else "immediate",
        contents.unit,
        # what a prescriber ordered is theirs to dose, though anybody may buy the product
        contents.prescription_required or item_id is not None or known is From.DOCUMENT,
        item_id,
        variant_id,
        indication=indication,
    )


def parts_of(contents: Contents) -> tuple[Part, ...]:
    """Its ingredients without salts, each with the mg of one unit (pill, mL or gram) where that is stated."""
    supply = Supply(
        0, contents.ingredients, contents.strength, contents.unit, contents.route, 1, contents.pack
    )
    return tuple(Part(_ingredient(name), amount) for name, amount in amounts(supply))


def _ingredient(name: str) -> str:
    """The substance without its salt, but where only the salt is on record ("calcium carbonate", "ferrous
    sulfate": nothing is left of them without it)."""
    book = reading.book()
    plain, whole = moiety(name), book.name_of(canonical(name).replace(",", " "))
    return plain if book.name_of(plain) in book.named or whole not in book.named else whole


def age_in_years(born: date | None, day: date) -> Decimal | None:
    """Years with the months lived of the next one: 1.5 is a year and a half. None where unknown."""
    if born is None or born > day:
        return None
    months = (day.month - born.month - (day.day < born.day)) % 12
    return age_on(born, day) + (Decimal(months) / 12).quantize(Decimal("0.01"))
