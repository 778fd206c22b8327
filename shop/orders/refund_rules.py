"""How much of an order may be refunded, line by line. Pure; all amounts are cents."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Refusal(StrEnum):
    """Why a refund can't be made as entered."""

    NOTHING = "nothing"
    NEGATIVE = "negative"
    NOT_OF_THIS_ORDER = "not_of_this_order"
    MORE_THAN_LEFT = "more_than_left"


@dataclass(frozen=True)
class Parts:
    """Amounts by order line, for delivery, and of sales tax."""

    lines: Mapping[int, int] = field(default_factory=dict)
    delivery_cents: int = 0
    tax_cents: int = 0

    @property
    def total_cents(self) -> int:
        """All of it."""
        return sum(self.lines.values()) + self.delivery_cents + self.tax_cents


def left(paid: Parts, given_back: Iterable[Parts]) -> Parts:
    """What of `paid` was not refunded yet."""
    lines, delivery, tax = dict(paid.lines), paid.delivery_cents, paid.tax_cents
    for one in given_back:
        delivery, tax = delivery - one.delivery_cents, tax - one.tax_cents
        for line_id, cents in one.lines.items():
            lines[line_id] -= cents
    return Parts(lines, delivery, tax)


def refusal(wanted: Parts, remaining: Parts) -> Refusal | None:
    """Why `wanted` can't be refunded of what is left; None where it can. Its tax is not looked at."""
    amounts = (*wanted.lines.values(), wanted.delivery_cents)
    if any(cents < 0 for cents in amounts):
        return Refusal.NEGATIVE
    if not wanted.lines.keys() <= remaining.lines.keys():
        return Refusal.NOT_OF_THIS_ORDER
    if not any(amounts):
        return Refusal.NOTHING
    more = any(cents > remaining.lines[line_id] for line_id, cents in wanted.lines.items())
    return Refusal.MORE_THAN_LEFT if more or wanted.delivery_cents > remaining.delivery_cents else None


def tax_back(wanted: Parts, remaining: Parts, tax_on: Callable[[Mapping[int, int]], int]) -> int:
    """The sales tax that goes back with these lines: what is left of it, less what the rest still owes.

    `tax_on` gives the tax of amounts by line. Never more than is left, and all of it with the last line.
    """
    rest = {line_id: cents - wanted.lines.get(line_id, 0) for line_id, cents in remaining.lines.items()}
    owed = tax_on(rest) if any(rest.values()) else 0
    return max(0, remaining.tax_cents - owed)


def proposed(paid: Parts, remaining: Parts, returned: Mapping[int, tuple[int, int]]) -> Parts:
    """What to refund for units that came back (by line: how many of how many), less what was refunded."""
    lines = {}
    for line_id, (back, units) in returned.items():
        before = paid.lines[line_id] - remaining.lines[line_id]
        lines[line_id] = max(0, share_cents(paid.lines[line_id], back, units) - before)
    return Parts(lines)


def share_cents(total_cents: int, units: int, of_units: int) -> int:
    """What some units of a line cost: rounded half up, and all of it for all of them."""
    return (2 * total_cents * units + of_units) // (2 * of_units)
