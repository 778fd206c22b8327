"""`flask catalogue import-nadac`: what pharmacies paid, from weekly files and the price history."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shop.clock import now
from shop.imports.nadac.errors import SurveyRefused
from shop.imports.nadac.files import open_survey
from shop.imports.nadac.importing import Run, Stage, run
from shop.imports.nadac.report import printable, words, write_faults
from shop.imports.nadac.sorting import Advance


@click.command("import-nadac")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write faulty lines down as CSV."
)
def import_nadac(files: tuple[Path, ...], dry_run: bool, report: Path | None) -> None:
    """Read NADAC surveys, weekly .xlsx files and the .parquet history, in any order and mixture.

    All files are written, or none. The history names no units: it prices what is counted in pills, and other
    packs only where a weekly file of the same call says in which unit they are priced.
    """
    try:
        done = _import(files, dry_run)
    except SurveyRefused as refusal:
        raise click.ClickException(printable(f"{refusal.message} {refusal.todo}")) from refusal
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
