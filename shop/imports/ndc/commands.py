"""`flask catalogue import-ndc PRODUCT PACKAGE`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from shop.catalogue import releases
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError
from shop.imports.ndc import report
from shop.imports.ndc.files import count_lines
from shop.imports.ndc.service import Import, run
from shop.web import settings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-ndc")
@click.argument("product", type=EXISTING)
@click.argument("package", type=EXISTING)
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(["homeopathic", "unapproved"]),
    help="Import what is excluded by default.",
)
@click.option(
    "--report",
    "report_to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every refused row here.",
)
@click.option("--accept-withdrawals", is_flag=True, help="Continue even if the files lack many packages.")
@with_appcontext
def import_ndc(
    product: Path,
    package: Path,
    dry_run: bool,
    include: tuple[str, ...],
    report_to: Path | None,
    accept_withdrawals: bool,
) -> None:
    """Bring the catalogue up to the FDA's NDC directory: PRODUCT and PACKAGE are its two text files, or .gz.

    Imported products are not on sale until they are listed.
    """
    asked = Import(product, package, include, dry_run, accept_withdrawals)
    console = Console()
    try:
        with report.refusals_file(report_to) as sink, _progress(asked) as advance:
            outcome = run(asked, settings().market, now(), advance, sink)
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.message} {refusal.todo}".strip()) from refusal
    report.show(console, outcome, dry_run)


@click.command("join-release")
@click.argument("slug")
@click.argument("into")
@with_appcontext
def join_release(slug: str, into: str) -> None:
    """Say that the extended release SLUG is the same medicine as INTO. The next import joins their pages."""
    try:
        with transaction():
            joined, kept = releases.join(slug, into, now())
    except DomainError as refusal:
        raise click.ClickException(f"{refusal.message} {refusal.todo}".strip()) from refusal
    click.echo(f"{joined} is {kept} from the next import on.")


@contextmanager
def _progress(asked: Import) -> Iterator[Callable[[str, int], None]]:
    """A bar for each step; on standard error, so that the report can be redirected."""
    totals: dict[str, int | None] = {}
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        steps: dict[str, int] = {}
        counted = {asked.products: count_lines(asked.products), asked.packages: count_lines(asked.packages)}
        totals |= dict.fromkeys(("Reading products", "Judging products"), counted[asked.products])
        totals["Reading packages"] = counted[asked.packages]

        def advance(step: str, rows: int) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step, total=totals.get(step))
            bar.advance(steps[step], rows)  # type: ignore[arg-type]

        yield advance
