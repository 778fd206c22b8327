"""May this much be bought without a prescription? Pure: lines and earlier purchases in, refusals out.

All products of an ingredient count together, tablets and syrups, single and combined. Each line is a share of
what is allowed: its milligrams of the entry's most, or, where the strength does not say or there is no entry,
its packs of the default. The shares of an ingredient add up to at most one, in an order and in 30 days.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from shop.safety.otc_limits import OtcLimit, default, limit_of
from shop.substances.names import canonical, moiety
from shop.substances.strengths import content_in, parse_amounts

_AMOUNT_OF = {"pill": "mg", "mL": "mg/mL", "g": "mg/g"}
"""What one unit sold holds, where the strength is stated so: mg in a tablet, mg/mL in a syrup."""
_NOBODY_STATES = "an ingredient nobody states"


class Code(StrEnum):
    """Why over-the-counter lines are refused."""

    OVER_ORDER = "otc_over_order"
    OVER_30_DAYS = "otc_over_30_days"
    AGE_NOT_DECLARED = "otc_age_not_declared"
    TOO_YOUNG = "otc_too_young"


@dataclass(frozen=True)
class Supply:
    """So many units of an over-the-counter medicine, in a basket or bought before.

    `key` is for whoever asks; `unit` pill, mL, g or pack; `pack` the smallest quantity it is offered in.
    """

    key: int
    ingredients: tuple[str, ...]
    strength: str
    unit: str
    route: str
    quantity: int
    pack: int


@dataclass(frozen=True)
class AgeAsked:
    """`age` years of whoever buys (`of_buyer`) or takes it; `by_law`: the state asks, not the store.

    `keys` are the lines that ask for any age: the declared one is the oldest of theirs.
    """

    age: int
    of_buyer: bool
    by_law: bool
    keys: tuple[int, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """What is too much, or who is too young. `keys` are the lines concerned.

    `fits` is how many units of the last of them may stay, `most` and `unit` what is allowed of `ingredient`,
    in mg or packs; `age` what has to be declared.
    """

    code: Code
    ingredient: str
    keys: tuple[int, ...]
    fits: int = 0
    most: Decimal = Decimal(0)
    unit: str = "mg"
    age: AgeAsked | None = None


@dataclass(frozen=True)
class _Share:
    """What a supply takes of an ingredient's most: in one order, and in 30 days.

    A cream counts with creams where the entry is about tablets: `limit` is None for it.
    """

    ingredient: str
    limit: OtcLimit | None
    supply: Supply
    of_order: Fraction
    of_30_days: Fraction


def otc_decision(
    lines: Sequence[Supply], history: Iterable[Supply], age: int | None, state: str | None
) -> list[Refusal]:
    """Why these lines may not be bought together, nothing when they may.

    `history` is what the same person bought in the last 30 days; `age` the youngest that was declared, None
    where nobody was asked yet; `state` where it is sent, None while unknown. A line that was bought before is
    not among both.
    """
    now, before = _by_ingredient(lines), _by_ingredient(history)
    amounts = [
        refusal for kind, shares in now.items() if (refusal := _too_much(shares, before.get(kind, [])))
    ]
    young = _too_young(lines, age, state)
    return amounts + ([young] if young else [])


def age_asked(lines: Iterable[Supply], state: str | None) -> AgeAsked | None:
    """The age to be declared for lines sent to `state`, the oldest that is asked; None where none is."""
    asked = [
        (limit.age_asked, limit.of_buyer, state in limit.states, line.key)
        for line in lines
        for name in line.ingredients
        if (limit := limit_of(name, line.route)) and limit.age_asked
    ]
    if not asked:
        return None
    age, of_buyer, by_law, _key = max(asked)
    return AgeAsked(age, of_buyer, by_law, tuple(dict.fromkeys(one[-1] for one in asked)))


def most_units(supply: Supply) -> int | None:
    """How many units of this medicine one order may hold, bought alone; None where nothing is in it."""
    shares = [share for share in _shares(supply) if share.of_30_days]
    return min((_fitting(share, Fraction(0), Fraction(0)) for share in shares), default=None)


def within_limit(supply: Supply, quantities: Sequence[int]) -> tuple[int, ...]:
    """Of the quantities a medicine comes in, those that one order may hold; `supply` is a unit of it."""
    most = most_units(supply)
    return tuple(one for one in quantities if most is None or one <= most)


def amounts(supply: Supply) -> tuple[tuple[str, Decimal | None], ...]:
    """Each ingredient with its mg in one unit, by canonical name; None where the strength does not say."""
    names = sorted({canonical(name) for name in supply.ingredients}) or [_NOBODY_STATES]
    said = parse_amounts(supply.strength) or ()
    held, measure = content_in(supply.strength) or (Decimal(1), supply.unit)
    wanted = _AMOUNT_OF.get(measure)
    known = len(said) == len(names)
    return tuple(
        (name, said[place][0] * held if known and said[place][1] == wanted and said[place][0] > 0 else None)
        for place, name in enumerate(names)
    )


def _by_ingredient(supplies: Iterable[Supply]) -> Mapping[tuple[str, bool], list[_Share]]:
    found: dict[tuple[str, bool], list[_Share]] = {}
    for supply in supplies:
        for share in _shares(supply):
            found.setdefault((share.ingredient, share.limit is None), []).append(share)
    return found


def _shares(supply: Supply) -> list[_Share]:
    return [_share(supply, name, amount) for name, amount in amounts(supply)]


def _share(supply: Supply, name: str, amount: Decimal | None) -> _Share:
    limit = limit_of(name, supply.route)
    if limit is None or amount is None:
        packs = Fraction(supply.quantity, max(supply.pack, 1))
        of_order, of_30_days = packs / default().per_order, packs / default().in_30_days
    else:
        mg = Fraction(amount) * supply.quantity
        of_order, of_30_days = mg / Fraction(limit.per_order), mg / Fraction(limit.in_30_days)
    return _Share(limit.ingredient if limit else moiety(name), limit, supply, of_order, of_30_days)


def _too_much(shares: list[_Share], before: list[_Share]) -> Refusal | None:
    in_order = sum((share.of_order for share in shares), Fraction(0))
    bought = sum((share.of_30_days for share in before), Fraction(0))
    in_30_days = bought + sum((share.of_30_days for share in shares), Fraction(0))
    if in_order <= 1 and in_30_days <= 1:
        return None
    last = shares[-1]
    over_order = in_order > 1
    most, unit = _most(last.limit, over_order)
    return Refusal(
        Code.OVER_ORDER if over_order else Code.OVER_30_DAYS,
        last.ingredient,
        tuple(dict.fromkeys(share.supply.key for share in shares)),
        _fitting(last, in_order - last.of_order, in_30_days - last.of_30_days),
        most,
        unit,
    )


def _fitting(share: _Share, order_before: Fraction, days_before: Fraction) -> int:
    """Units of a supply that fit beside what is there already."""
    left = [
        (1 - taken) * share.supply.quantity / own
        for taken, own in ((order_before, share.of_order), (days_before, share.of_30_days))
        if own
    ]
    return max(int(min(left, default=Fraction(share.supply.quantity))), 0)


def _most(limit: OtcLimit | None, in_order: bool) -> tuple[Decimal, str]:
    if limit is None:
        return Decimal(default().per_order if in_order else default().in_30_days), "packs"
    return (limit.per_order if in_order else limit.in_30_days), "mg"


def _too_young(lines: Sequence[Supply], age: int | None, state: str | None) -> Refusal | None:
    asked = age_asked(lines, state)
    if asked is None or (age is not None and age >= asked.age):
        return None
    concerned = {
        line.key: limit.ingredient
        for line in lines
        for name in line.ingredients
        if (limit := limit_of(name, line.route)) and limit.age_asked > (age or 0)
    }
    code = Code.AGE_NOT_DECLARED if age is None else Code.TOO_YOUNG
    return Refusal(code, next(iter(concerned.values())), tuple(concerned), age=asked)
