"""How a basket may be sent: the methods offered to its state, and the one that counts in its total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shop.catalogue.queries import VariantFacts
from shop.checkout.terms import Terms
from shop.delivery import queries
from shop.delivery.rules import ELSEWHERE, Option, at_least, chosen, everywhere, options
from shop.safety.states_served import COUNTRY, served


@dataclass(frozen=True)
class Delivery:
    """`is_exact`: the state is known. Before, each price is the least that the method costs anywhere, and
    `varies` says whether one of them costs more somewhere.

    `chosen` is the method that was asked for, else the cheapest; None where nothing is offered there.
    """

    offered: tuple[Option, ...] = ()
    chosen: Option | None = None
    is_exact: bool = True
    varies: bool = False

    @property
    def cents(self) -> int:
        return self.chosen.cents if self.chosen else 0

    @property
    def is_from(self) -> bool:
        """Before a method is chosen: whether delivery may cost more than the cheapest one."""
        return self.varies or len({one.cents for one in self.offered}) > 1


def delivery_of(
    terms: Terms,
    lines: Sequence[tuple[int, int]],
    facts: Mapping[int, VariantFacts],
    state: str | None,
    subtotal_cents: int,
    code: str,
) -> Delivery:
    """The methods for these (variant id, units), sent to `state`; `code` is the one asked for, or ""."""
    if not lines:
        return Delivery()
    methods = queries.methods(terms.delivery_cents, terms.delivery_days)
    grams = queries.grams_of(lines, facts, methods)
    if terms.market == COUNTRY and state is None:
        offered = at_least(methods, served(), grams, subtotal_cents)
        prices = {(one.code, one.cents) for one in everywhere(methods, served(), grams, subtotal_cents)}
        return Delivery(offered, chosen(offered, code), is_exact=False, varies=len(prices) > len(offered))
    place = state if state and terms.market == COUNTRY else ELSEWHERE
    offered = options(methods, place, grams, subtotal_cents)
    return Delivery(offered, chosen(offered, code))
