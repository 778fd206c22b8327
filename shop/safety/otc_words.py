"""Over-the-counter limits in sentences: before one runs into them, and after. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from shop.safety.otc import AgeAsked, Code, Refusal, Supply, most_units
from shop.safety.otc_limits import PERIOD_DAYS, OtcLimit, default, limit_of


def refused(refusal: Refusal) -> tuple[str, str]:
    """What is too much, and the one thing to do."""
    if refusal.age is not None:
        return age_wanted(refusal.age), "Confirm it at checkout, or remove the medicine."
    most = f"You can buy at most {_amount(refusal.most, refusal.unit)} of {refusal.ingredient}"
    by_order = refusal.code is Code.OVER_ORDER
    per = "per order" if by_order else f"in {PERIOD_DAYS} days"
    counted = "counting every product that contains it" + ("" if by_order else " and your earlier orders")
    todo = f"Choose {refusal.fits:,} or fewer." if refusal.fits else "Remove it for now."
    return f"{most} {per}, {counted}.", todo


def too_much(refusal: Refusal) -> str:
    """The same of somebody else's order, for staff."""
    if refusal.age is not None:
        return age_wanted(refusal.age)
    per = "per order" if refusal.code is Code.OVER_ORDER else f"in {PERIOD_DAYS} days"
    most = _amount(refusal.most, refusal.unit)
    return f"One person can buy at most {most} of {refusal.ingredient} {per}, and this is more."


def age_wanted(asked: AgeAsked) -> str:
    """Whose age has to be confirmed, and whether a law asks for it."""
    if asked.by_law:
        return f"State law sets a minimum age of {asked.age} to buy this."
    if asked.of_buyer:
        return f"You must be {asked.age} or older to buy this."
    return f"For people {asked.age} and older."


def age_declared(asked: AgeAsked) -> str:
    """What the customer declares at checkout."""
    who = "I am" if asked.of_buyer else "The person who will take this is"
    return f"{who} at least {asked.age} years old"


def stated(supply: Supply, units: str) -> tuple[str, ...]:
    """What a medicine's page says of its limits, in sentences; `units` is "tablets", "mL" or "packages"."""
    limits = [limit for name in supply.ingredients if (limit := limit_of(name, supply.route))]
    most = most_units(supply)
    if most is None:
        return ()
    whole = f"At most {most:,} {units} per order, and per person in {PERIOD_DAYS} days"
    if not limits:
        return (f"{whole}: {default().policy} (store policy).",)
    together = "counted with every other product that contains " + _in_words(
        list(dict.fromkeys(limit.ingredient for limit in limits))
    )
    return (f"{whole}, {together}.", *_ages(limits), *_courses(limits), *_why(limits))


def _ages(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    stated = max(limit.age_stated for limit in limits)
    asked = max(limits, key=lambda limit: limit.age_asked)
    if not asked.age_asked:
        return (f"The adult directions are for people {stated} and older.",) if stated else ()
    return (
        f"{age_wanted(AgeAsked(asked.age_asked, asked.of_buyer, False))} You’ll confirm this at checkout.",
    )


def _courses(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    days = min((limit.course_days for limit in limits if limit.course_days), default=0)
    return (f"Don’t take it for more than {days} days unless a doctor tells you to.",) if days else ()


def _why(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    return tuple(f"{limit.basis[:1].upper()}{limit.basis[1:]}: {limit.policy}." for limit in limits)


def _amount(most: Decimal, unit: str) -> str:
    number = f"{most:,f}"
    return f"{number} of the smallest packages" if unit == "packs" else f"{number} {unit}"


def _in_words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
