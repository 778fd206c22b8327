"""Commands: rules and prices from the command line. Price lists as files are in `list_commands`."""

from collections.abc import Callable
from decimal import Decimal

import click
from flask.cli import with_appcontext

from shop import money, numbers
from shop.clock import business_date, now
from shop.database import transaction
from shop.errors import command_refusals
from shop.pricing import queries, service
from shop.pricing.list_file import breaks_text
from shop.pricing.plan import (
    Repriced,
    describe_outcome,
    outcome_table,
    preview,
    price_in_words,
    rule_in_words,
)
from shop.pricing.queries import product_id_of, unpriced_ids, variant_ids_of, variant_of
from shop.pricing.rules import Breaks, Rule
from shop.web import settings


@click.command("reprice")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@with_appcontext
def reprice(dry_run: bool) -> None:
    """Recompute all rule-based prices from the latest acquisition costs."""
    if dry_run:
        report(preview(queries.rules(), None, business_date(now())), dry_run)
    else:
        with transaction():
            at = now()
            done = service.reprice(None, at)
            service.record_repricing(done, None, at)
        report(done, dry_run)
    if unpriced := queries.counts().unpriced:
        click.echo(
            f"{unpriced:,} strengths have neither a price nor a rule. To price them by rule: "
            "flask catalogue price by-rule --unpriced"
        )


@click.group("price")
def price() -> None:
    """Price rules and fixed prices."""


@price.command("show")
@click.argument("slug", required=False)
@with_appcontext
def show(slug: str | None) -> None:
    """Show the rules; with a medicine's SLUG, its rule and the price of each strength."""
    found = queries.rules()
    if slug is None:
        click.echo(f"Store: {rule_in_words(found.store)}.")
        for product, rule in queries.products_with_rules():
            click.echo(f"{product.slug}: {rule_in_words(rule)}.")
        return
    with command_refusals():
        product_id = product_id_of(slug)
    own = product_id in found.by_product
    rule_words = rule_in_words(found.of(product_id))
    click.echo(f"{slug}: {rule_words}{'' if own else ' (the store’s rule)'}.")
    for one in queries.strengths(business_date(now()), [product_id], only_by_rule=False):
        cost = "not known" if one.acquisition is None else price_in_words(one.acquisition)
        if one.outdated_on:
            cost += f" as of {one.outdated_on.isoformat()}, over a year ago"
        price_text = "no price" if one.price is None else price_in_words(one.price)
        lower = breaks_text(one.breaks, settings().currency, settings().locale)
        click.echo(
            f"  {one.slug}: {price_text}{f' ({lower})' if lower else ''}, "
            f"{'by rule' if one.by_rule else 'fixed'}; acquisition {cost}"
        )


@price.command("rule")
@click.option("--product", "slug", help="For this medicine only; otherwise the store's rule.")
@click.option("--markup", "--mark-up", "mark_up", help="Percent added to the acquisition cost, such as 35.")
@click.option("--fee", default="0", help="Fee per order line, spread over its quantity, such as 2.40.")
@click.option("--fixed", help="A fixed unit price instead of a markup, such as 0.51.")
@click.option(
    "--off",
    "breaks",
    multiple=True,
    metavar="UNITS=PERCENT",
    help="Percent off from UNITS on: 90=5.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@with_appcontext
def rule(
    slug: str | None, mark_up: str | None, fee: str, fixed: str | None, breaks: tuple[str, ...], dry_run: bool
) -> None:
    """Set a price rule and reprice: acquisition × (1 + markup) + fee / quantity, or a fixed price."""
    wanted = Rule(
        None if mark_up is None else number_of(mark_up, "--markup") / 100,
        amount_of(fee, "--fee"),
        None if fixed is None else amount_of(fixed, "--fixed"),
        tuple(sorted((units, number_of(off, "--off")) for units, off in map(pair_of, breaks))),
    )
    product_id = product_named(slug)
    change_prices(lambda: service.set_rule(product_id, wanted, None, now()), dry_run)


@price.command("no-rule")
@click.option("--product", "slug", help="This medicine's rule; otherwise the store's.")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@with_appcontext
def no_rule(slug: str | None, dry_run: bool) -> None:
    """Remove a price rule. A medicine without one of its own follows the store's."""
    product_id = product_named(slug)
    change_prices(lambda: service.remove_rule(product_id, None, now()), dry_run)


@price.command("set")
@click.argument("variant")
@click.argument("amount", metavar="PRICE")
@click.option("--from", "breaks", multiple=True, metavar="UNITS=PRICE", help="A lower price from UNITS on.")
@with_appcontext
def set_price(variant: str, amount: str, breaks: tuple[str, ...]) -> None:
    """Set a fixed unit price for VARIANT (its slug or an NDC)."""
    lower: Breaks = tuple(sorted((units, amount_of(text, "--from")) for units, text in map(pair_of, breaks)))
    wanted = amount_of(amount, "PRICE")

    with command_refusals(), transaction():
        changed = service.set_fixed_price(variant_of(variant), wanted, lower, None, now())
    click.echo("The price is set." if changed else "That was already the price; nothing changed.")


@price.command("by-rule")
@click.argument("variants", nargs=-1, metavar="[VARIANT]…")
@click.option("--product", "slug", help="All strengths of this medicine.")
@click.option("--unpriced", is_flag=True, help="All strengths without a price.")
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@with_appcontext
def by_rule(variants: tuple[str, ...], slug: str | None, unpriced: bool, dry_run: bool) -> None:
    """Let price rules set the prices of these strengths from now on."""
    if bool(variants) + bool(slug) + unpriced != 1:
        raise click.UsageError("Give strengths, --product, or --unpriced.")

    def write() -> Repriced:
        ids = variant_ids_of(slug) if slug else unpriced_ids() if unpriced else map(variant_of, variants)
        return service.price_by_rule(list(ids), None, now())

    change_prices(write, dry_run)


# --- What the commands share ------------------------------------------------------------------------------


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


def change_prices(write: Callable[[], Repriced], dry_run: bool) -> None:
    """Write prices in one transaction, or, for a dry run, take it back; report what changed."""
    with command_refusals(), transaction(dry_run):
        done = write()
    report(done, dry_run)


def product_named(slug: str | None) -> int | None:
    """The medicine's id; None for none. A slug that is none ends the command."""
    with command_refusals():
        return None if slug is None else product_id_of(slug)


def amount_of(text: str, name: str) -> Decimal:
    """A price per unit as the store's locale writes it; `name` is the option it was typed for."""
    try:
        return money.parse_price(text, settings().currency, settings().locale)
    except money.PriceUnreadable as error:
        raise click.BadParameter(str(error), param_hint=name) from error


def number_of(text: str, name: str) -> Decimal:
    """A number, such as a percentage: "12.5%"."""
    found = numbers.percent(text, settings().locale)
    if found is None:
        raise click.BadParameter(f"“{text}” is not a number.", param_hint=name)
    return found


def pair_of(text: str) -> tuple[int, str]:
    """Units and the text behind the equals sign: "90=5"."""
    units, _, value = text.partition("=")
    least = numbers.digits(units, 6)
    if least is None or not value:
        raise click.BadParameter(f"“{text}” is not in the form 90=5.")
    return least, value
