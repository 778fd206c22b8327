"""`flask catalogue import-spl`: what labels state of the appearances of pills, with a closing report."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from shop.appearance.rules import Outcome
from shop.clock import now
from shop.database import transaction
from shop.errors import printable
from shop.imports.labels.applying import Line, apply_appearances
from shop.imports.labels.spl_xml import LabelRefused, read_tree
from shop.imports.labels.statements import Statement, statements
from shop.web import settings


@click.command("import-spl")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change without changing anything.")
@click.option("--replace", is_flag=True, help="Let a label replace another manufacturer's appearance.")
def import_spl(files: tuple[Path, ...], dry_run: bool, replace: bool) -> None:
    """Import the appearances that Structured Product Labels (HL7 XML) state.

    Products are matched by the labeler and product segments of their NDC. A file that can’t be read is
    refused; the others are imported.
    """
    read: list[tuple[str, Statement]] = []
    refused = {}
    for path in dict.fromkeys(files):
        try:
            read += [(path.name, stated) for stated in statements(read_tree(path))]
        except LabelRefused as refusal:
            refused[str(path)] = refusal.message
    lines = _applied(read, replace, dry_run) if read else []
    for words in _report(lines):
        click.echo(words)
    for name, reason in refused.items():
        click.echo(f"{printable(name)}: refused. {printable(reason)}", err=True)
    click.echo(_sum(lines, len(refused), dry_run))
    if refused:
        raise click.ClickException(f"{len(refused)} of {len(set(files))} files were refused.")


def _applied(read: Sequence[tuple[str, Statement]], replace: bool, dry_run: bool) -> list[Line]:
    with transaction(dry_run):
        return apply_appearances(read, replace, settings().market, now())


def _report(lines: Iterable[Line]) -> Iterable[str]:
    file = ""
    for line in lines:
        if line.file != file:
            file = line.file
            yield f"{printable(file)}:"
        assert line.outcome is not None
        name = f"{line.stated.ndc or 'no code':<12} {line.stated.name}"
        yield printable(f"  {name}: {'; '.join((line.outcome.value, *line.notes))}")


def _sum(lines: Sequence[Line], refused: int, dry_run: bool) -> str:
    counts = Counter(line.outcome for line in lines)
    parts = [f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]]
    done = f"{len(lines)} products stated: {', '.join(parts)}." if lines else "No product was stated."
    if refused:
        done += f" {refused} {'file' if refused == 1 else 'files'} refused."
    if dry_run:
        return f"{done} Nothing was written."
    return done if counts[Outcome.APPLIED] else f"{done} Nothing changed."
