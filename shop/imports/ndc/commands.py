"""`flask catalogue import-ndc PRODUCT PACKAGE` and `join-release`, with the report the operator reads."""

import csv
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
from rich.table import Table

from shop.catalogue import releases
from shop.clock import now
from shop.database import transaction
from shop.errors import command_refusals
from shop.imports.ndc.admission import Sink, Tally
from shop.imports.ndc.files import PACKAGE_COLUMNS, PRODUCT_COLUMNS, WrongFile, count_lines
from shop.imports.ndc.gathering import Directory
from shop.imports.ndc.planning import Plan
from shop.imports.ndc.service import Import, Outcome, run
from shop.pricing.list_file import harmless
from shop.substances.strengths import doubt
from shop.web import settings

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-ndc")
@click.argument("product", type=EXISTING)
@click.argument("package", type=EXISTING, required=False)
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(["homeopathic", "unapproved"]),
    help="Also import these, which are excluded by default.",
)
@click.option(
    "--report",
    "report_to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write every refused row to this CSV file.",
)
@click.option("--accept-withdrawals", is_flag=True, help="Continue even if the files lack many packages.")
@with_appcontext
def import_ndc(
    product: Path,
    package: Path | None,
    dry_run: bool,
    include: tuple[str, ...],
    report_to: Path | None,
    accept_withdrawals: bool,
) -> None:
    """Update the catalog from the FDA's NDC directory.

    PRODUCT is the ZIP file as downloaded, which holds both files, or product.txt, and PACKAGE is package.txt;
    each also as .gz. Imported products are not on sale until they are listed.
    """
    asked = Import(product, package or product, include, dry_run, accept_withdrawals)
    console = Console()
    with command_refusals(), refusals_file(report_to) as sink, _progress(asked) as advance:
        outcome = run(asked, settings().market, now(), advance, sink)
    show(console, outcome, dry_run)


@click.command("join-release")
@click.argument("slug")
@click.argument("into")
@with_appcontext
def join_release(slug: str, into: str) -> None:
    """Declare the extended release SLUG the same medicine as INTO. The next import merges their pages."""
    with command_refusals(), transaction():
        joined, kept = releases.join(slug, into, now())
    click.echo(f"{joined} will become {kept} with the next import.")


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
        products = count_lines(asked.products, PRODUCT_COLUMNS, PACKAGE_COLUMNS)
        totals |= dict.fromkeys(("Reading products", "Judging products"), products)
        totals["Reading packages"] = count_lines(asked.packages, PACKAGE_COLUMNS, PRODUCT_COLUMNS)

        def advance(step: str, rows: int) -> None:
            if step not in steps:
                steps[step] = bar.add_task(step, total=totals.get(step))
            bar.advance(steps[step], rows)  # type: ignore[arg-type]

        yield advance


# --- The report: where every row went, and what changed in the catalogue ----------------------------------

COLUMNS = ("file", "line", "code", "reason", "detail")
SHOWN = 20
SHOWN_DOUBTS = 5


def show(console: Console, outcome: Outcome, dry_run: bool) -> None:
    """Print the tables and a closing sentence."""
    directory, plan = outcome.directory, outcome.plan
    for tally in (directory.products, directory.packages):
        console.print(_rows_table(tally))
        for line, reason in tally.malformed:
            console.print(f"  {tally.file}, line {line:,}: {reason}", highlight=False, markup=False)
    _conflicts(console, directory)
    _doubts(console, directory)
    console.print(_changes_table(plan, dry_run))
    for product in plan.withdrawn_products[:SHOWN]:
        console.print(f"  no longer in the directory: {plan.known.product_slugs[product.id]}", markup=False)
    if plan.left_packs:
        console.print(
            f"{plan.left_packs:,} packs were left as they are: a line about their product cannot be read."
        )
    console.print(closing(outcome, dry_run), highlight=False, markup=False, soft_wrap=True)


def closing(outcome: Outcome, dry_run: bool) -> str:
    """The last sentence: what was done."""
    if outcome.plan.is_empty:
        return "The catalog already matches these files. Nothing was changed."
    if dry_run:
        return "Dry run: nothing was changed."
    return (
        f"The directory was imported: {len(outcome.plan.product_ids):,} pages with "
        f"{len(outcome.directory.packs):,} packs. Nothing is on sale until it is listed."
    )


@contextmanager
def refusals_file(path: Path | None) -> Iterator[Sink | None]:
    """A sink that writes every refused row to a CSV file; None without a path."""
    if path is None:
        yield None
        return
    try:
        file = path.open("w", newline="", encoding="utf-8")
    except OSError as trouble:
        raise WrongFile(
            f"The report cannot be written to {path}: {trouble.strerror}.", "Give another path."
        ) from trouble
    with file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        yield lambda row: writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])


def _rows_table(tally: Tally) -> Table:
    table = Table(title=f"{tally.file.capitalize()}: {tally.rows:,} lines", title_justify="left")
    table.add_column("result")
    table.add_column("lines", justify="right")
    table.add_row("imported", f"{tally.taken_in:,}")
    for reason, count in tally.refused.most_common():
        table.add_row(reason.value, f"{count:,}")
    table.add_section()
    table.add_row("total", f"{tally.rows:,}")
    return table


def _conflicts(console: Console, directory: Directory) -> None:
    conflicts = directory.conflicts
    if conflicts.by_substance:
        console.print(
            f"Conflicts: {conflicts.by_substance.total():,} rows state no schedule although they contain a "
            "controlled substance; they count as controlled:"
        )
        listed = ", ".join(f"{name} {count:,}" for name, count in conflicts.by_substance.most_common())
        console.print(f"  {listed}", highlight=False)
    for parts in conflicts.unexplained:
        console.print(
            f"  flagged, but nothing in it is controlled: {', '.join(sorted(parts))}", highlight=False
        )


def _doubts(console: Console, directory: Directory) -> None:
    """Strengths that cannot be right: how many, and the first few."""
    doubted = [
        (why, strength)
        for page in directory.pages.values()
        for strength in page.strengths.values()
        if (why := doubt(strength.text, page.sale_unit))
    ]
    if not doubted:
        return
    products = len({strength.page.identity for _why, strength in doubted})
    console.print(
        f"Implausible strengths (as listed by the FDA): {len(doubted):,} of {products:,} products. They are "
        "imported, but not sold at a rule’s price. Review them at /admin/catalogue?state=to-check:"
    )
    for why, strength in doubted[:SHOWN_DOUBTS]:
        page = strength.page
        console.print(f"  {page.name} {page.form.word} {strength.text}: {why.value}", markup=False)
    if len(doubted) > SHOWN_DOUBTS:
        console.print(f"  and {len(doubted) - SHOWN_DOUBTS:,} more", highlight=False)


def _changes_table(plan: Plan, dry_run: bool) -> Table:
    title = "What would change" if dry_run else "What changed"
    table = Table(
        "", "added", "changed", "withdrawn", title=f"{title} in the catalogue", title_justify="left"
    )
    changed_packs = plan.changed_packs.keys() | plan.moved_packs.keys()
    changed_products = plan.changed_products.keys() | {product for product, _name in plan.new_links}
    for name, *counts in (
        ("products", len(plan.new_pages), len(changed_products), len(plan.withdrawn_products)),
        ("strengths", len(plan.new_strengths), 0, 0),
        ("packs", len(plan.new_packs), len(changed_packs), len(plan.withdrawn_packs)),
        ("ingredients", len(plan.new_ingredients), len(plan.now_controlled), 0),
        ("categories", len(plan.new_categories), 0, 0),
    ):
        table.add_row(name, *(f"{count:,}" for count in counts))
    if plan.moved_packs:
        table.caption = f"{len(plan.moved_packs):,} packs moved to another strength: check their stock."
    return table
