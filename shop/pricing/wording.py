"""Prices and rules in the store’s own currency and locale, for screens and commands alike."""

from decimal import Decimal

from shop.money import format_unit_price
from shop.pricing.plan import describe_rule
from shop.pricing.rules import Rule
from shop.web import settings


def price_in_words(value: Decimal) -> str:
    """A price per unit as the store’s locale writes it, which is how it is read back."""
    return format_unit_price(value, settings().currency, settings().locale)


def rule_in_words(rule: Rule | None) -> str:
    """A rule, or that there is none, as `plan.describe_rule` says it."""
    return describe_rule(rule, settings().currency, settings().locale)
