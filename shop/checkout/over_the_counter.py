"""The over-the-counter lines of a basket, held against the limits and what the same person bought before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from shop.addresses import PostalAddress
from shop.catalogue.contents import Contents, contents
from shop.clock import day_start, days_back
from shop.orders import persons
from shop.safety.otc import AgeAsked, Refusal, Supply, age_asked, otc_decision
from shop.safety.otc_limits import PERIOD_DAYS
from shop.safety.otc_words import refused
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
class OtcReview:
    """What stands in the way by line id, in a sentence and a thing to do, and the age to be declared."""

    over_limit: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    age_asked: AgeAsked | None = None


def review_amounts(lines: Iterable[tuple[int, int, int]], buyer: Buyer, today: date) -> OtcReview:
    """The verdict on (line id, variant id, quantity) lines that need no prescription.

    The age is only asked here: whether it was declared is for who places the order.
    """
    wanted = list(lines)
    if not wanted:
        return OtcReview()
    bought = persons.bought_over_the_counter(
        buyer.user_id, buyer.address, day_start(days_back(today, PERIOD_DAYS)), buyer.unpaid
    )
    known = contents({variant_id for _, variant_id, _ in wanted} | {one.variant_id for one in bought})
    supplies = [_supply(key, known[variant_id], quantity) for key, variant_id, quantity in wanted]
    history = [_supply(0, known[one.variant_id], one.quantity) for one in bought]
    asked = age_asked(supplies, buyer.state)
    found = otc_decision(supplies, history, asked.age if asked else None, buyer.state)
    return OtcReview(_by_line(found), asked)


def _supply(key: int, one: Contents, quantity: int) -> Supply:
    return Supply(key, one.ingredients, one.strength, one.unit, one.route, quantity, one.pack)


def _by_line(refusals: Iterable[Refusal]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for refusal in refusals:
        found.setdefault(refusal.keys[-1], refused(refusal))
        for key in refusal.keys:
            found.setdefault(key, (refused(refusal)[0], "Choose less of it, or of the other."))
    return found
