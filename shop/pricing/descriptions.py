"""Price rules and the outcome of repricing in words, for commands and pages alike."""

from collections.abc import Callable
from decimal import Decimal

from shop.pricing.plan import Repriced
from shop.pricing.rules import Rule

Money = Callable[[Decimal], str]


def describe_rule(rule: Rule | None, money: Money) -> str:
    """ "What pharmacies paid + 35%, and $2.40 spread over the quantity; 5% off from 90"."""
    if rule is None:
        return "No rule"
    if rule.fixed_price is not None:
        text = f"{money(rule.fixed_price)} per unit"
    else:
        text = f"What pharmacies paid + {percent((rule.mark_up or Decimal(0)) * 100)}"
        if rule.fee:
            text += f", and {money(rule.fee)} spread over the quantity"
    off = ", ".join(f"{percent(off)} off from {units}" for units, off in rule.breaks)
    return f"{text}; {off}" if off else text


def percent(value: Decimal) -> str:
    """ "12.5%"."""
    return f"{value.normalize():f}%"


def describe_outcome(done: Repriced) -> str:
    """ "12 prices rise, 3 fall, 4 are new" and what has no price; for a change that is only looked at."""
    parts = [_prices(done.raised, "rises", "rise")]
    parts.append(f"{done.lowered:,} {'falls' if done.lowered == 1 else 'fall'}")
    if done.new:
        parts.append(f"{done.new:,} {'is' if done.new == 1 else 'are'} new")
    if done.lost:
        parts.append(f"{done.lost:,} {'is' if done.lost == 1 else 'are'} lost")
    parts.append(f"{done.unchanged:,} {'stays' if done.unchanged == 1 else 'stay'}")
    return f"{', '.join(parts)}."


def outcome_table(done: Repriced) -> list[tuple[str, int]]:
    """Every outcome with its count, and what they sum to."""
    return [
        ("Raised", done.raised),
        ("Lowered", done.lowered),
        ("New", done.new),
        ("Unchanged", done.unchanged),
        ("No price: acquisition cost unknown", done.without_acquisition),
        ("No price: no rule", done.without_rule),
        ("No price: no pack size", done.without_quantity),
        ("Strengths priced by rule", done.total),
    ]


def _prices(count: int, one: str, many: str) -> str:
    return f"{count:,} {'price ' + one if count == 1 else 'prices ' + many}"
