"""`flask catalogue import-nadac`: what pharmacies paid, from weekly files and the price history.

Its report says where the lines went, and what became of prices.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shop.catalogue.models import Variant
from shop.clock import now
from shop.database import db
from shop.errors import command_refusals, printable
from shop.imports.nadac.consensus import Advance, Outcome, Tally
from shop.imports.nadac.files import open_survey
from shop.imports.nadac.service import Difference, Run, Stage, run
from shop.money import format_unit_price
from shop.pricing.list_file import harmless
from shop.pricing.plan import Repriced
from shop.web import settings


@click.command("import-nadac")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write unusable lines to this CSV file."
)
def import_nadac(files: tuple[Path, ...], dry_run: bool, report: Path | None) -> None:
    """Import NADAC surveys as CMS publishes them (.csv, .xlsx) and the .parquet price history, in any order.

    A .csv may be compressed (.gz, .zip). All files are imported, or none. The history states no units, so it
    prices only what is counted in pills, and other packages if a weekly file of the same run states theirs.
    """
    with command_refusals():
        done = _import(files, dry_run)
    for line in words(done, dry_run):
        click.echo(line)
    if report is not None:
        try:
            count = write_faults(done.tallies, report)
        except OSError as trouble:
            raise click.ClickException(
                f"The import is done, but {report} cannot be written: {trouble.strerror}."
            ) from trouble
        click.echo(f"{report}: {count:,} lines.")


def _import(files: tuple[Path, ...], dry_run: bool) -> Run:
    opened = [open_survey(path) for path in dict.fromkeys(files)]
    with _stages() as stage:
        return run(opened, now(), dry=dry_run, stage=stage)


@contextmanager
def _stages() -> Iterator[Stage]:
    """A progress bar a stage, on a terminal; nothing where the output is kept."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:

        def stage(name: str, total: int) -> Advance:
            for task in progress.tasks:
                progress.update(task.id, completed=task.total)
            mine = progress.add_task(name, total=total)
            return lambda rows: progress.advance(mine, rows)

        yield stage
        for task in progress.tasks:
            progress.update(task.id, completed=task.total)


FAULTS_SHOWN = 10
LARGEST_SHOWN = 5


def words(run: Run, dry: bool) -> Iterator[str]:
    """The report, line by line."""
    for tally in run.tallies:
        yield from _of_file(tally)
    yield from _of_difference(run.difference)
    if run.repriced is not None:
        yield _of_prices(run.repriced)
    if not run.difference:
        yield "Nothing changed."
    elif dry:
        yield "Dry run: nothing was written."


def write_faults(tallies: Sequence[Tally], path: Path) -> int:
    """Every line that could not be used as it stands, as CSV with file, line and reason; how many."""
    rows = [(tally.name, line, reason) for tally in tallies for line, reason in tally.faults]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "line", "reason"))
        writer.writerows((harmless(name), line, reason) for name, line, reason in rows)
    return len(rows)


def _of_file(tally: Tally) -> Iterator[str]:
    yield f"{printable(tally.name)}: {tally.total:,} lines"
    for outcome in Outcome:
        if count := tally.outcomes[outcome]:
            yield f"{count:>11,}  {outcome.value}"
    for line, reason in tally.faults[:FAULTS_SHOWN]:
        yield f"  line {line}: {reason}"
    if (more := len(tally.faults) - FAULTS_SHOWN) > 0:
        yield f"  and {more:,} more; --report FILE writes all of them to a file"


def _of_difference(found: Difference) -> Iterator[str]:
    yield (
        f"Periods: {len(found.added):,} added, {len(found.changed):,} changed, "
        f"{len(found.removed):,} removed, {found.unchanged:,} as before."
    )
    if not found:
        return
    pairs = found.latest.values()
    new = sum(before is None for before, _ in pairs)
    higher = sum(before is not None and after > before for before, after in pairs)
    lower = sum(before is not None and after < before for before, after in pairs)
    yield (
        f"What pharmacies pay now: {new:,} strengths have a first price, {higher:,} a higher and {lower:,} "
        f"a lower one; of {len(pairs) - new - higher - lower:,} only earlier periods differ."
    )
    yield from _largest(found)


def _largest(found: Difference) -> Iterator[str]:
    """The strengths whose latest price moved most: where a mistake of a survey would show."""
    moved = [
        (key, before, after) for key, (before, after) in found.latest.items() if before not in (None, after)
    ]
    moved.sort(key=lambda one: (-_factor(one[1], one[2]), one[0]))
    shown = moved[:LARGEST_SHOWN]
    question = (
        select(Variant).options(joinedload(Variant.product)).where(Variant.id.in_([key for key, *_ in shown]))
    )
    labels = {variant.id: variant.label for variant in db.session.scalars(question)}
    config = settings()
    for key, before, after in shown:
        was, now = (format_unit_price(price, config.currency, config.locale) for price in (before, after))
        yield f"  {printable(labels[key])}: {was} → {now}"


def _factor(before: Decimal | None, after: Decimal) -> Decimal:
    assert before is not None
    return max(before / after, after / before)


def _of_prices(done: Repriced) -> str:
    return (
        f"Prices made by rule: {done.changed:,} of {done.total:,} change "
        f"({done.raised:,} rise, {done.lowered:,} fall, {done.new:,} are new, {done.lost:,} are lost)."
    ) + _of_outdated(done)


def _of_outdated(done: Repriced) -> str:
    if not done.outdated:
        return ""
    return (
        f" {done.outdated:,} stay as they are: what pharmacies paid for these is known from over a year ago. "
        "To make prices from it anyway, set PRICE_FROM_OLD_COSTS=1."
    )
