"""Commands: what is on sale, by rule or by name; the not-by-mail list; what the safety data decide."""

from collections import Counter
from collections.abc import Callable, Iterator

import click
from flask import Blueprint
from flask.cli import with_appcontext

from shop.catalogue import list_rows
from shop.catalogue.safety_answer import CLEAR
from shop.clock import business_date, now
from shop.command_options import Count
from shop.database import transaction
from shop.errors import command_refusals
from shop.listing import mail_exclusions as exclusions
from shop.listing import queries, service
from shop.listing.deciding import decide, subjects
from shop.listing.queries import ORIGINS, counts_by_code
from shop.listing.rules import REFUSALS, ListingRefusal, Rule
from shop.listing.service import Outcome
from shop.projections.cache_version import offers_changed
from shop.safety.report import ages, open_questions
from shop.web import settings

RULES = click.Choice([rule.value for rule in Rule])


def _selecting(command: Callable[..., None]) -> Callable[..., None]:
    """The arguments that `list` and `unlist` share."""
    options = (
        click.argument("slugs", nargs=-1, metavar="[SLUG]…"),
        click.option("--rule", "names", multiple=True, type=RULES, help="If repeated, all must match."),
        click.option(
            "--origin",
            type=click.Choice(ORIGINS),
            help="Only products from the NDC directory, or only those added by hand.",
        ),
        click.option("--limit", type=Count(min=1), help="At most this many, most popular first."),
        click.option("--dry-run", is_flag=True, help="Show what would change without changing anything."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("list")
@_selecting
@with_appcontext
def list_products(
    slugs: tuple[str, ...], names: tuple[str, ...], origin: str | None, limit: int | None, dry_run: bool
) -> None:
    """Put products on sale: the ones named, or all that match every --rule.

    The usual choice is --rule priced --rule oral-solid --rule mailable. Whatever the rule, a controlled
    substance and a withdrawn product are refused; what may not be mailed is listed only by name or by
    --rule everything, which is for a test installation.
    """
    if bool(slugs) == bool(names):
        raise click.UsageError("Name products, or give a --rule; not both.")
    if slugs and (origin or limit):
        raise click.UsageError("--origin and --limit require --rule.")
    if Rule.EVERYTHING in names and len(set(names)) > 1:
        raise click.UsageError("--rule everything cannot be combined with other rules.")
    _change(True, slugs, names, origin, limit, dry_run)


@click.command("unlist")
@_selecting
@with_appcontext
def unlist_products(
    slugs: tuple[str, ...], names: tuple[str, ...], origin: str | None, limit: int | None, dry_run: bool
) -> None:
    """Take products off sale: the ones named, all that match every --rule, or all from one --origin."""
    if bool(slugs) == bool(names or origin):
        raise click.UsageError("Name products, or give a --rule or an --origin; not both.")
    if slugs and limit:
        raise click.UsageError("--limit requires --rule or --origin.")
    _change(False, slugs, names, origin, limit, dry_run)


def _change(
    listed: bool,
    slugs: tuple[str, ...],
    names: tuple[str, ...],
    origin: str | None,
    limit: int | None,
    dry_run: bool,
) -> None:
    rules = {Rule(name) for name in names}
    at, loaded = now(), 0
    with command_refusals(), transaction(dry_run):
        if listed and rules:
            loaded = exclusions.load_if_empty(at)
        if slugs:
            outcome = service.set_listed(_ids(slugs), listed, None, at)
        else:
            outcome = service.set_listed_by_rules(rules, listed, None, at, origin=origin, limit=limit)
    if loaded:
        click.echo(f"The not-by-mail list was empty: {loaded} entries were loaded first.")
    _report(outcome, listed, bool(rules), dry_run)


def _ids(slugs: tuple[str, ...]) -> list[int]:
    found = queries.ids_of_slugs(slugs)
    missing = [slug for slug in slugs if slug not in found]
    if missing:
        raise click.ClickException(
            f"No such product: {', '.join(missing[:5])}{' and others' if missing[5:] else ''}. "
            "Nothing was changed. Use the last part of the product’s address."
        )
    return list(found.values())


def _report(outcome: Outcome, listed: bool, by_rule: bool, dry_run: bool) -> None:
    state = "on sale" if listed else "off sale"
    rows = [
        (f"{'Would be put' if dry_run else 'Put'} {state}", len(outcome.changed)),
        (f"Already {state}", outcome.already),
    ]
    if outcome.postponed:
        rows.append(("Left out by --limit", outcome.postponed))
    kept = "Refused: " if listed else "Doesn’t match the rule: " if by_rule else ""
    rows += [(f"{kept}{_lower(REFUSALS[reason])}", count) for reason, count in outcome.reasons()]
    click.echo("\n".join(table(rows, "Products considered")))
    if listed and ListingRefusal.STRENGTH_TO_CHECK in outcome.refused.values():
        click.echo("Review implausible strengths at /admin/catalogue?state=to-check, then list by hand.")
    if dry_run:
        click.echo("Dry run: nothing was changed.")
    elif not outcome.changed:
        click.echo("Nothing changed.")


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


@click.group("exclusions")
def mail_exclusions() -> None:
    """The not-by-mail list; admins edit it at /admin/not-by-mail."""


@mail_exclusions.command("load")
@with_appcontext
def load_exclusions() -> None:
    """Add the entries that ship with the store to the list, and mark the products they match."""
    with transaction():
        added = exclusions.load(now())
    click.echo(f"{added} entries were added." if added else "All of them are already on the list.")
    click.echo("\n".join(_counted()))


@mail_exclusions.command("list")
@with_appcontext
def show_exclusions() -> None:
    """Print the list with the number of products that each entry matches."""
    lines = _counted()
    click.echo("\n".join(lines) if lines else "The list is empty. Load it: flask catalogue exclusions load")


def _counted() -> list[str]:
    counts = exclusions.products_by_entry()
    return [
        f"{counts.get(row.id, 0):>7,}  {row.ingredient or 'any substance'}"
        f"{f', {row.form}' if row.form else ''}: {row.reason} ({row.source})"
        for row in exclusions.entries()
    ]


def table(rows: list[tuple[str, int]], total: str) -> list[str]:
    """Rows of words and a count, right-aligned, and their sum: "  Listed now        12"."""
    rows = [*rows, (total, sum(count for _, count in rows))]
    wide = max(len(words) for words, _ in rows)
    digits = max(len(f"{count:,}") for _, count in rows)
    lines = [f"  {words:<{wide}}  {count:>{digits},}" for words, count in rows]
    lines.insert(-1, f"  {'-' * (wide + 2 + digits)}")
    return lines


# --- `flask safety report` and `flask safety apply` -------------------------------------------------------

SHOWN = 20
blueprint = Blueprint("safety_commands", __name__, cli_group="safety")
blueprint.cli.help = "What the safety data decide."


@blueprint.cli.command("report")
def report() -> None:
    """Show what the safety data contain, which entries are over a year old, and what no entry decides."""
    for line in lines():
        click.echo(line)


@blueprint.cli.command("apply")
def apply() -> None:
    """Apply the current safety data to every product: run it after an update or an edited entry.

    Lists are rebuilt too, because limits decide which quantities and lowest prices they show.
    """
    with transaction():
        changed = decide(None, now())
        list_rows.refresh(None, settings().market)
        offers_changed(now())
    click.echo(f"{changed:,} products changed." if changed else "Every product agrees with the safety data.")


def lines() -> Iterator[str]:
    """The report, a line each."""
    yield f"{'File':<22}{'version':<12}{'reviewed':<12}{'entries':>8}{'over a year old':>17}"
    for age in ages(business_date(now())):
        data = age.data
        yield (
            f"{data.file:<22}{data.version:<12}{data.reviewed.isoformat():<12}"
            f"{len(data.entries):>8,}{len(age.old):>17,}"
        )
        for entry in age.old[:SHOWN]:
            yield f"  last reviewed {entry.reviewed}: {entry.name}"
    yield ""
    yield from table(_decided(), "Products in the catalog")
    yield ""
    yield from _open()


def _decided() -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for code, count in counts_by_code().items():
        counts[_words(code)] += count
    return counts.most_common()


def _words(code: str | None) -> str:
    if code is None:
        return "Not decided yet, not sold: flask safety apply"
    return "Nothing against them" if code == CLEAR else f"Refused: {code.replace('_', ' ')}"


def _open() -> Iterator[str]:
    found = open_questions(subjects())
    if not found:
        yield "Nothing in the catalog has a sign of a controlled substance that no entry decides."
        return
    yield "Signs of controlled substances that no entry decides (such products are refused):"
    for sign, names in found.items():
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        yield f"  {sign}: {', '.join(names[:SHOWN])}{more}"
