"""Where the store sends: the states it is licensed in, and the sales tax on what goes there.

Rates are those of `data/states_served.toml`. Its states and their invented licenses are the demonstration's;
a pharmacy's own are the setting PHARMACY_LICENSES, so that an upgrade leaves them alone. All of it is of the
United States; a store of another market has no such list. Pure, but for which store is running: `served`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cache

from flask import current_app, has_app_context

from shop.safety.dataset import DATA, Dataset, Entry, SafetyDataRefused, fields, read
from shop.us_states import COUNTRY as COUNTRY
from shop.us_states import NAMES

_BY_NAME = {name.casefold(): code for code, name in NAMES.items()}
PERCENT = Decimal(100)
_STATES = fields("state", required={"license": str, "tax_prescription": str, "tax_over_the_counter": str})
MOST_PERCENT = Decimal(20)  # no state asks half of it: a slip of the decimal point is refused


@dataclass(frozen=True)
class Served:
    """A state the store is licensed in; rates are percent of a line's total."""

    state: str
    license: str
    tax_prescription: Decimal
    tax_over_the_counter: Decimal
    source: str

    @property
    def name(self) -> str:
        return NAMES[self.state]

    def rate(self, prescription: bool) -> Decimal:
        return self.tax_prescription if prescription else self.tax_over_the_counter


@dataclass(frozen=True)
class Taxable:
    """A line of an order: what it comes to, and whether it is dispensed on a prescription."""

    cents: int
    prescription: bool


def served() -> dict[str, Served]:
    """The states that the running store serves, by code; outside of one, the demonstration's."""
    return served_under(current_app.extensions["settings"].licenses if has_app_context() else ())


@cache
def served_under(licenses: tuple[tuple[str, str], ...]) -> dict[str, Served]:
    """The states served under these (state, license), by code; under none, the demonstration's.

    Raises SafetyDataRefused for a state whose sales tax is not known.
    """
    known = _demonstrated()
    if unknown := [state for state, _ in licenses if state not in known]:
        raise SafetyDataRefused(
            f"states_served.toml has no sales tax of {', '.join(unknown)}, which PHARMACY_LICENSES names."
        )
    return {state: replace(known[state], license=number) for state, number in licenses} or known


@cache
def _demonstrated() -> dict[str, Served]:
    return {one.state: one for one in map(_served, datasets()[0].entries)}


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated in its form."""
    return (read(DATA / "states_served.toml", _STATES),)


def state_code(text: str) -> str | None:
    """The postal code of a state written as a code or a name, in any case, or None: " ny" and "New York"."""
    plain = " ".join(text.split()).strip(".")
    return plain.upper() if plain.upper() in NAMES else _BY_NAME.get(plain.casefold())


def is_served(state: str) -> bool:
    """Whether the store sends to this state, written as a code or a name."""
    return state_code(state) in served()


def sales_tax_cents(state: str | None, lines: Iterable[Taxable]) -> int:
    """Sales tax of an order sent to `state`, in cents: exact over all lines, rounded half up once.

    None and a state without rates owe nothing, since nothing is sent there. One whose license has ended has
    its rates still: earlier orders are refunded. Delivery is not taxed.
    """
    there = _demonstrated().get(state_code(state or "") or "")
    if there is None:
        return 0
    exact = sum((line.cents * there.rate(line.prescription) for line in lines), Decimal(0)) / PERCENT
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _served(entry: Entry) -> Served:
    state = entry.text("state")
    if state not in NAMES:
        raise SafetyDataRefused(f"states_served.toml: “{state}” isn’t a state.")
    rates = (_percent(entry, "tax_prescription"), _percent(entry, "tax_over_the_counter"))
    return Served(state, entry.text("license"), *rates, entry.source)


def _percent(entry: Entry, name: str) -> Decimal:
    try:
        rate = Decimal(entry.text(name))
    except InvalidOperation as error:
        raise SafetyDataRefused(f"states_served.toml: {entry.name} needs {name} in percent.") from error
    if not rate.is_finite() or not 0 <= rate <= MOST_PERCENT:
        raise SafetyDataRefused(f"states_served.toml: {name} of {entry.name} is not a rate: {rate}.")
    return rate
