"""How long a fill lasts, held against its directions, and ceilings until facts of each medicine decide. Pure.

The ceilings are store policy: no law sets them, and a pharmacist lifts those that only need a decision.
"""

from collections.abc import Iterator

from shop.catalogue.sale_units import MOST_OF_ANY
from shop.prescriptions.rules import LONGEST_DAYS
from shop.prescriptions.verification.directions import DailyUse, read
from shop.prescriptions.verification.error_prone import SOURCE as DO_NOT_USE
from shop.prescriptions.verification.error_prone import error_prone
from shop.prescriptions.verification.typed import Check, TypedItem, Verdict

ORDINARY_FILL = {"pill": 540, "mL": 1000, "g": 500, "pack": 12}
"""Units of one fill: six pills a day for 90 days, a liter, a jar, a year of inhalers."""
ORDINARY_DAY = {"pill": 12, "mL": 240}
MOST_DAY = {"pill": 40, "mL": 4000}
"""Units a day that somebody takes: above the first a pharmacist looks, above the second it is a slip."""
UNIT_WORDS = {"pill": "pills", "mL": "mL", "g": "g", "pack": "packs"}
POLICY = "Store policy"
COMPUTED = "Directions and quantity"
DAYS_OUTCOMES = {
    "stated": "Stated on the prescription",
    "computed": "I computed it from the directions",
    "prescriber_confirmed": "Prescriber confirmed",
}
ABBREVIATION_OUTCOMES = {
    "clear": "Clear on the document",
    "prescriber_confirmed": "Prescriber confirmed",
}
AMOUNT_OUTCOMES = {
    "usual": "Usual for this medicine and use",
    "prescriber_confirmed": "Prescriber confirmed",
}


def supply_checks(item: TypedItem, unit: str) -> Iterator[Check]:
    """The checks of one medicine's directions, days, amount and daily use, in its `unit`; of figures nothing
    while they lack."""
    yield from _abbreviations(item.directions)
    if item.quantity is None or not 1 <= item.quantity <= MOST_OF_ANY or not item.directions.strip():
        return
    said = read(item.directions)
    use = said.use(unit)
    yield _days(item.quantity, item.days_supply, use, said.as_directed)
    if item.days_supply and item.refills is not None:
        yield from _year(item.days_supply, 1 + item.refills)
    if item.quantity > ORDINARY_FILL.get(unit, ORDINARY_FILL["pack"]):
        yield Check(
            "amount",
            Verdict.NEEDS,
            f"{item.quantity:,} {UNIT_WORDS.get(unit, unit)} is a large fill.",
            POLICY,
            "quantity",
            AMOUNT_OUTCOMES,
        )
    if use is not None:
        yield from _daily(use, unit)


def days_from(directions: str, quantity: int | None, unit: str) -> int | None:
    """The days `quantity` units last by the directions; None where either doesn't say."""
    use = read(directions).use(unit)
    if use is None or quantity is None or not 1 <= quantity <= MOST_OF_ANY:
        return None
    return use.days(quantity)


def _abbreviations(directions: str) -> Iterator[Check]:
    found = list(error_prone(directions))
    if found:
        said = "; ".join(f"“{one.written}” (write {one.instead})" for one in found)
        yield Check(
            "error_prone",
            Verdict.NEEDS,
            f"Often misread in directions: {said}.",
            DO_NOT_USE,
            "directions",
            ABBREVIATION_OUTCOMES,
        )


def _days(quantity: int, days: int | None, use: DailyUse | None, as_directed: bool) -> Check:
    if days is None:
        computed = f" {_lasts(quantity, use)}." if use else ""
        return Check("days", Verdict.STOPS, f"Days’ supply is missing.{computed}", POLICY, "days_supply")
    if use is None:
        ask = " Ask the prescriber how much and how often." if as_directed else ""
        return Check(
            "days",
            Verdict.NEEDS,
            f"Days’ supply can’t be computed from these directions.{ask}",
            COMPUTED,
            "days_supply",
            DAYS_OUTCOMES,
        )
    computed = _lasts(quantity, use)
    if use.agrees(quantity, days):
        return Check("days", Verdict.PASSED, f"{computed}.", COMPUTED, "days_supply")
    return Check(
        "days",
        Verdict.NEEDS,
        f"{computed}, but {days} is entered.",
        COMPUTED,
        "days_supply",
        DAYS_OUTCOMES,
    )


def _lasts(quantity: int, use: DailyUse) -> str:
    last = "lasts" if quantity == 1 else "last"
    return f"By the directions, {quantity} {last} {_days_in_words(use.days(quantity))}"


def _days_in_words(days: int) -> str:
    return f"{days} {'day' if days == 1 else 'days'}"


def _year(days: int, fills: int) -> Iterator[Check]:
    if days * fills > LONGEST_DAYS:
        yield Check(
            "year",
            Verdict.STOPS,
            f"{fills} {'fill' if fills == 1 else 'fills'} of {_days_in_words(days)} "
            f"{'is' if fills == 1 else 'are'} {days * fills} days. The limit is a year.",
            POLICY,
            "refills",
        )


def _daily(use: DailyUse, unit: str) -> Iterator[Check]:
    a_day = f"{float(use.high):g} {UNIT_WORDS.get(unit, unit)} a day"
    if use.high > MOST_DAY[unit]:
        yield Check(
            "daily", Verdict.STOPS, f"{a_day} is implausible. Ask the prescriber.", COMPUTED, "directions"
        )
    elif use.high > ORDINARY_DAY[unit]:
        yield Check("daily", Verdict.NEEDS, f"{a_day} is unusual.", POLICY, "directions", AMOUNT_OUTCOMES)
