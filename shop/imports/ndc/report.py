"""What the operator reads at the end: where every row went, and what changed in the catalogue."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from shop.imports.ndc.admission import Sink, Tally
from shop.imports.ndc.files import WrongFile
from shop.imports.ndc.gathering import Directory
from shop.imports.ndc.planning import Plan
from shop.imports.ndc.service import Outcome
from shop.substances.implausible import doubt

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
        yield writer.writerow


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
