"""What the pricing commands share: reading amounts, dry runs, and the report of what changed."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import click

from shop import money
from shop.database import transaction
from shop.errors import DomainError
from shop.pricing.plan import Repriced, describe_outcome, outcome_table
from shop.web import settings


def formatted(value: Decimal) -> str:
    """A price per unit as the store's locale writes it."""
    return money.format_unit_price(value, settings().currency, settings().locale)


def report(done: Repriced, dry_run: bool) -> None:
    """The closing report of whatever made prices."""
    if not done.total:
        click.echo("No strength is priced by rule; nothing changed.")
        return
    width = max(len(words) for words, _ in outcome_table(done))
    for words, count in outcome_table(done):
        click.echo(f"{words:<{width}}  {count:>9,}")
    if done.below_cost:
        click.echo(f"{done.below_cost:,} are priced below what pharmacies paid.")
    click.echo(describe_outcome(done) + (" Dry run: nothing was changed." if dry_run else ""))


class _DryRun(Exception):
    """Rolls the transaction back."""


def change_prices(write: Callable[[], Repriced], dry_run: bool) -> None:
    """Write prices in one transaction, or, for a dry run, roll it back; report what changed."""
    done = []
    try:
        with transaction():
            done.append(write())
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.message} {refusal.todo}") from refusal
    report(done[0], dry_run)


def refusing(ask: Callable[[], int]) -> int:
    """What `ask` returns; a refusal ends the command with its sentence."""
    try:
        return ask()
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.message} {refusal.todo}") from refusal


def amount_of(text: str, name: str) -> Decimal:
    """A price per unit as the store's locale writes it; `name` is the option it was typed for."""
    try:
        return money.parse_price(text, settings().currency, settings().locale)
    except money.PriceUnreadable as error:
        raise click.BadParameter(str(error), param_hint=name) from error


def number_of(text: str, name: str) -> Decimal:
    """A number, such as a percentage: "12.5%"."""
    try:
        return Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation as error:
        raise click.BadParameter(f"“{text}” is not a number.", param_hint=name) from error


def pair_of(text: str) -> tuple[int, str]:
    """Units and the text behind the equals sign: "90=5"."""
    units, _, value = text.partition("=")
    if not (units.isascii() and units.isdecimal() and len(units) < 7 and value):
        raise click.BadParameter(f"“{text}” is not in the form 90=5.")
    return int(units), value
