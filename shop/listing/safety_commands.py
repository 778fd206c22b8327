"""`flask safety report` and `flask safety apply`."""

from collections import Counter
from collections.abc import Iterator

import click
from flask import Blueprint

from shop.catalogue import list_rows
from shop.catalogue.safety_answer import CLEAR
from shop.clock import business_date, now
from shop.database import transaction
from shop.listing.commands import table
from shop.listing.deciding import decide, subjects
from shop.listing.queries import counts_by_code
from shop.projections.cache_version import offers_changed
from shop.safety.report import ages, open_questions
from shop.web import settings

SHOWN = 20
blueprint = Blueprint("safety_commands", __name__, cli_group="safety")


@blueprint.cli.command("report")
def report() -> None:
    """Say what the safety data hold, which entries are older than a year, and what no entry decides."""
    for line in lines():
        click.echo(line)


@blueprint.cli.command("apply")
def apply() -> None:
    """Bring every product to what the safety data say: after a new release, or after an entry changed.

    Lists are derived anew too, because limits decide which quantities and lowest prices they show.
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
