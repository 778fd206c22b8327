"""Commands: the price list out to a CSV file, and back in with a list of what it changes."""

import csv
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError, printable
from shop.pricing import price_list, service
from shop.pricing.list_file import COLUMNS, MOST_BYTES, NoPriceList, breaks_text, delimiter
from shop.pricing.plan import price_in_words
from shop.pricing.price_list import Entry, PriceList
from shop.pricing.records import PriceRecord
from shop.web import settings

MOST_SHOWN = 40


@click.group("prices")
def prices() -> None:
    """Export and import the price list as a CSV file."""


@prices.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8-sig", lazy=True, atomic=True))
@with_appcontext
def export_prices(file: Any) -> None:
    """Write every strength and its price to FILE ("-" for standard output), as spreadsheets open it."""
    config, count = settings(), 0
    with file as out:
        writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter(config.locale))
        writer.writeheader()
        for line in price_list.lines(config.currency, config.locale):
            writer.writerow(line)
            count += 1
    click.echo(f"Wrote {count:,} strengths.", err=True)


@prices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option("--skip-refused", is_flag=True, help="Import the valid lines even if others are refused.")
@with_appcontext
def import_prices(file: Path, dry_run: bool, skip_refused: bool) -> None:
    """Set prices from FILE. Columns: variant or ndc, price, and optionally breaks and basis.

    Strengths that aren’t in the file keep their prices. If any line is refused, nothing is written.
    """
    try:
        if dry_run:
            _say(_read(file), True)
            return
        with transaction():
            found = _read(file)
            if not found.refused or skip_refused:
                wanted = {entry.variant_id: entry.after for entry in found.differing}
                if wanted:
                    service.set_prices(wanted, None, now())
    except (NoPriceList, DomainError) as refusal:
        raise click.ClickException(str(refusal)) from refusal
    if found.refused and not skip_refused:
        _say_refused(found)
        raise click.ClickException("Nothing was changed. Fix these lines, or skip them with --skip-refused.")
    _say(found, False)


def _read(file: Path) -> PriceList:
    config = settings()
    with file.open("rb") as source:
        return price_list.read(source.read(MOST_BYTES + 1), config.currency, config.locale)


def _say(found: PriceList, dry_run: bool) -> None:
    differing = found.differing
    for entry in differing[:MOST_SHOWN]:
        click.echo(f"{entry.name}: {_price(entry.before)} → {_price(entry.after)}")
    if len(differing) > MOST_SHOWN:
        click.echo(f"… and {len(differing) - MOST_SHOWN:,} more.")
    _say_refused(found)
    click.echo(_sum(found))
    if found.unread:
        names = ", ".join(f"“{printable(name[:40])}”" for name in found.unread[:MOST_SHOWN])
        click.echo(f"Not read: the columns {names}.")
    if dry_run:
        click.echo("Dry run: nothing was changed.")
        if found.refused:
            raise click.exceptions.Exit(1)


def _sum(found: PriceList) -> str:
    raised, lowered, other = 0, 0, 0
    for entry in found.differing:
        way = _way(entry)
        raised, lowered, other = raised + (way > 0), lowered + (way < 0), other + (way == 0)
    same = len(found.entries) - len(found.differing)
    return (
        f"{len(found.entries) + len(found.refused):,} lines: {raised:,} raised, {lowered:,} lowered, "
        f"{other:,} changed otherwise, {same:,} unchanged, {len(found.refused):,} refused."
    )


def _way(entry: Entry) -> int:
    before, after = entry.before.price, entry.after.price
    return 0 if before is None or after is None else (after > before) - (after < before)


def _say_refused(found: PriceList) -> None:
    for number, sentence in found.refused:
        click.echo(f"Line {number}: {sentence}", err=True)


def _price(record: PriceRecord) -> str:
    if record.by_rule and record.price is None:
        return "by rule"
    text = "no price" if record.price is None else price_in_words(record.price)
    lower = breaks_text(record.breaks, settings().currency, settings().locale)
    return f"{text}{f' ({lower})' if lower else ''}{' by rule' if record.by_rule else ''}"
