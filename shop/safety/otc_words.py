"""Over-the-counter limits in sentences: before one runs into them, and after. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from shop.safety.otc import AgeAsked, Code, Refusal, Supply, most_units
from shop.safety.otc_limits import PERIOD_DAYS, OtcLimit, default, limit_of


def refused(refusal: Refusal) -> tuple[str, str]:
    """What is too much, and the one thing to do."""
    if refusal.age is not None:
        return age_wanted(refusal.age), "Confirm it at checkout, or remove the medicine."
    most = f"At most {_amount(refusal.most, refusal.unit)} of {refusal.ingredient} is sold"
    where = "in one order" if refusal.code is Code.OVER_ORDER else f"to one person in {PERIOD_DAYS} days"
    counted = "all products that contain it together"
    earlier = "" if refusal.code is Code.OVER_ORDER else ", and earlier orders count"
    todo = f"Choose {refusal.fits:,} or fewer." if refusal.fits else "Remove it for now."
    return f"{most} {where}, {counted}{earlier}.", todo


def age_wanted(asked: AgeAsked) -> str:
    """Whose age has to be confirmed, and who asks for it."""
    who = "whoever buys it" if asked.of_buyer else "whoever takes it"
    why = "State law" if asked.by_law else "The store"
    return f"{why} asks that {who} is at least {asked.age} years old."


def age_declared(asked: AgeAsked) -> str:
    """What the customer declares at checkout."""
    who = "I am" if asked.of_buyer else "The person who will take this is"
    return f"{who} at least {asked.age} years old"


def stated(supply: Supply, units: str) -> tuple[str, ...]:
    """What a medicine's page says of its limits, in sentences; `units` is "tablets", "mL" or "packs"."""
    limits = [limit for name in supply.ingredients if (limit := limit_of(name, supply.route))]
    most = most_units(supply)
    if most is None:
        return ()
    whole = f"At most {most:,} {units} in one order, and to one person in {PERIOD_DAYS} days"
    if not limits:
        return (f"{whole}: {default().policy}.",)
    together = "counted with every other product that contains " + _in_words(
        list(dict.fromkeys(limit.ingredient for limit in limits))
    )
    return (f"{whole}, {together}.", *_ages(limits), *_courses(limits), *_why(limits))


def _ages(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    stated = max(limit.age_stated for limit in limits)
    adult = f"The adult directions are for people {stated} and older." if stated else ""
    asked = max(limits, key=lambda limit: limit.age_asked)
    wanted = age_wanted(AgeAsked(asked.age_asked, asked.of_buyer, False)) if asked.age_asked else ""
    return tuple(filter(None, (adult, f"{wanted[:-1]}; you confirm it at checkout." if wanted else "")))


def _courses(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    days = min((limit.course_days for limit in limits if limit.course_days), default=0)
    return (f"Do not take it for more than {days} days unless a doctor says so.",) if days else ()


def _why(limits: Sequence[OtcLimit]) -> tuple[str, ...]:
    return tuple(f"{limit.basis[:1].upper()}{limit.basis[1:]}: {limit.policy}." for limit in limits)


def _amount(most: Decimal, unit: str) -> str:
    number = f"{most:,f}"
    return f"{number} of the smallest packs" if unit == "packs" else f"{number} {unit}"


def _in_words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
