"""What law and store policy say of lines: bars of the state they go to, limits of amounts, ages.

Checkout asks it of a basket, dispensing of an order, each time from the facts as they stand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from shop.addresses import PostalAddress
from shop.catalogue.queries import Contents, contents
from shop.clock import day_start, days_back
from shop.orders import persons
from shop.orders.persons import Bought
from shop.safety.otc import AgeAsked, Refusal, Supply, age_asked, most_units, otc_decision
from shop.safety.otc_limits import PERIOD_DAYS
from shop.safety.otc_words import refused
from shop.safety.states import barred_in
from shop.safety.states_served import state_code


@dataclass(frozen=True)
class Buyer:
    """Who orders, as far as is known: an account, and the address it is sent to.

    `unpaid` is the number of their order that a new one takes the place of: it does not count.
    """

    user_id: int | None
    address: PostalAddress | None
    unpaid: str | None = None

    @property
    def state(self) -> str | None:
        """The state it is sent to, as a code; None while unknown."""
        return state_code(self.address.region) if self.address else None


@dataclass(frozen=True)
class SafetyReview:
    """What stands in the way by line id, in a sentence and a thing to do, and the age to be declared.

    `most` is how many units of a line are sold at all, bought alone: said before it is too much. `too_much`
    is what `over_limit` rests on.
    """

    barred: Mapping[int, str] = field(default_factory=dict)
    over_limit: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    age_asked: AgeAsked | None = None
    most: Mapping[int, int | None] = field(default_factory=dict)
    too_much: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """A line of a basket."""

    line_id: int
    variant_id: int
    quantity: int
    prescription: bool


def review_lines(lines: Sequence[Wanted], buyer: Buyer, today: date) -> SafetyReview:
    """What stands in the way of these lines.

    The age is only asked here: whether it was declared is for who places the order.
    """
    over_the_counter = any(not line.prescription for line in lines)
    if not over_the_counter and buyer.state is None:
        return SafetyReview()
    bought = _bought_before(buyer, today) if over_the_counter else []
    known = contents({line.variant_id for line in lines} | {one.variant_id for one in bought})
    return judge(lines, bought, known, buyer.state)


def judge(
    lines: Sequence[Wanted], bought: Iterable[Bought], known: Mapping[int, Contents], state: str | None
) -> SafetyReview:
    """The same of lines whose history and contents were read before, those of many orders at once."""
    over_the_counter = [line for line in lines if not line.prescription]
    supplies = [_supply(line.line_id, known[line.variant_id], line.quantity) for line in over_the_counter]
    history = [_supply(0, known[one.variant_id], one.quantity) for one in bought]
    asked = age_asked(supplies, state)
    found = otc_decision(supplies, history, asked.age if asked else None, state)
    most = {supply.key: most_units(supply) for supply in supplies}
    return SafetyReview(_barred(lines, known, state), _by_line(found), asked, most, tuple(found))


def _barred(lines: Iterable[Wanted], known: Mapping[int, Contents], state: str | None) -> dict[int, str]:
    if state is None:
        return {}
    bars = {line.line_id: barred_in(state, known[line.variant_id].ingredients) for line in lines}
    return {line_id: bar.sentence for line_id, bar in bars.items() if bar}


def _bought_before(buyer: Buyer, today: date) -> Sequence[Bought]:
    since = day_start(days_back(today, PERIOD_DAYS))
    return persons.bought_over_the_counter(buyer.user_id, buyer.address, since, buyer.unpaid)


def _supply(key: int, one: Contents, quantity: int) -> Supply:
    return Supply(key, one.ingredients, one.strength, one.unit, one.route, quantity, one.pack)


def _by_line(refusals: Iterable[Refusal]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for refusal in refusals:
        found.setdefault(refusal.keys[-1], refused(refusal))
        for key in refusal.keys:
            found.setdefault(key, (refused(refusal)[0], "Choose less of it, or of the other."))
    return found
