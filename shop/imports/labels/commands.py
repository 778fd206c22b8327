"""`flask catalogue import-spl`: giving the strengths of the catalogue the appearances that labels state."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from shop.appearance.finding import set_appearance
from shop.appearance.rules import Outcome, decide, edition, same_appearance
from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Pack, Variant
from shop.clock import business_date, now
from shop.database import db, portions, transaction
from shop.errors import printable
from shop.imports.labels.spl_xml import LabelRefused, read_tree
from shop.imports.labels.statements import Statement, statements
from shop.web import settings

MOST_CODES = 200  # in one question, which says a range for each


@dataclass
class Line:
    """One product of one file, and what became of the appearance it states; `notes` in the report's words."""

    file: str
    stated: Statement
    outcome: Outcome | None = None
    notes: tuple[str, ...] = ()

    def ends(self, outcome: Outcome, *notes: str) -> None:
        """Say what became of it, once."""
        self.outcome, self.notes = outcome, (*notes, *self.stated.notes)


def apply_appearances(
    read: Sequence[tuple[str, Statement]], replace: bool, market: str, at: datetime
) -> list[Line]:
    """Apply what labels state, given as (file, statement); says for each what became of it.

    `replace` lets a label change the picture of a strength that shows another maker's product.
    """
    lines = [Line(file, stated) for file, stated in read]
    for line in lines:
        _without_appearance(line)
    _one_label_for_each_code(lines)
    here = _variants({line.stated.key for line in lines if line.stated.key})
    _one_strength_for_each_code(lines, here)
    changed = _give(lines, here, replace, at)
    list_rows.refresh({variant.product_id for variant in changed}, market)
    if changed:
        audit.record(
            Event.APPEARANCES_IMPORTED,
            at=at,
            subject=("catalogue", "looks"),
            strengths=len(changed),
            labels=len({line.file for line in lines if line.outcome is Outcome.APPLIED}),
        )
    return lines


def _open(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.outcome is None]


def _without_appearance(line: Line) -> None:
    if line.stated.problem:
        line.ends(Outcome.CONTRADICTORY, line.stated.problem)
    elif line.stated.appearance is None:
        line.ends(Outcome.NOT_STATED)
    elif not line.stated.key:
        line.ends(Outcome.NOT_HERE, "it has no product code of its own")


def _one_label_for_each_code(lines: Sequence[Line]) -> None:
    """Of several labels for a code the newest counts; two of the same day that differ count for nothing."""
    by_code: dict[str, list[Line]] = defaultdict(list)
    for line in _open(lines):
        by_code[line.stated.key].append(line)
    for same in by_code.values():
        newest = max(edition(line.stated.appearance or {}) for line in same)
        latest = [line for line in same if edition(line.stated.appearance or {}) == newest]
        agree = all(
            same_appearance(line.stated.appearance or {}, latest[0].stated.appearance or {})
            for line in latest
        )
        for line in same:
            if line not in latest:
                line.ends(Outcome.OLDER, "a newer label is among these files")
            elif not agree:
                line.ends(Outcome.CONTRADICTORY, "the same edition states two appearances")
            elif line is not latest[0]:
                line.ends(Outcome.UNCHANGED, "stated twice")


def _variants(keys: set[str]) -> dict[str, list[Variant]]:
    """The strengths under which packs of each product code stand."""
    found: dict[str, dict[int, Variant]] = defaultdict(dict)
    for some in portions(keys, MOST_CODES):
        ranges = [and_(Pack.ndc11 >= f"{key}00", Pack.ndc11 <= f"{key}99") for key in some]
        rows = db.session.execute(
            select(Pack.ndc11, Variant)
            .join(Variant, Variant.id == Pack.variant_id)
            .where(or_(*ranges))
            .options(joinedload(Variant.product))
        )
        for code, variant in rows:
            found[code[:9]][variant.id] = variant
    return {key: list(variants.values()) for key, variants in found.items()}


def _one_strength_for_each_code(lines: Sequence[Line], here: dict[str, list[Variant]]) -> None:
    for line in _open(lines):
        found = here.get(line.stated.key, [])
        if not found:
            line.ends(Outcome.NOT_HERE)
        elif len(found) > 1:
            line.ends(Outcome.CONTRADICTORY, f"its packages belong to {len(found)} strengths")


def _give(
    lines: Sequence[Line], here: dict[str, list[Variant]], replace: bool, at: datetime
) -> list[Variant]:
    """Decide strength by strength; returns the strengths whose appearance changed."""
    by_variant: dict[int, list[Line]] = defaultdict(list)
    for line in _open(lines):
        by_variant[here[line.stated.key][0].id].append(line)
    changed = []
    for same in by_variant.values():
        variant = here[same[0].stated.key][0]
        speaker = _speaker(same, variant)
        if speaker is None or speaker.stated.appearance is None:
            continue
        speaker.ends(decide(variant.appearance, speaker.stated.appearance, replace))
        if speaker.outcome is Outcome.APPLIED and set_appearance(variant, speaker.stated.appearance, at):
            changed.append(variant)
    return changed


def _speaker(same: Sequence[Line], variant: Variant) -> Line | None:
    """Whose label counts for this strength: the maker's on record, or any of several who agree.

    Among makers who do not, and of whom none is on record, nobody is chosen.
    """
    appearances = [line.stated.appearance or {} for line in same]
    recorded = (variant.appearance or {}).get("product_ndc")
    theirs = next((line for line in same if line.stated.ndc == recorded), None)
    if theirs is None and not all(same_appearance(appearance, appearances[0]) for appearance in appearances):
        for line in same:
            line.ends(Outcome.CONTRADICTORY, "these files show this strength in several appearances")
        return None
    speaker = theirs or same[0]
    for line, appearance in zip(same, appearances, strict=True):
        if line is not speaker:
            alike = same_appearance(appearance, speaker.stated.appearance or {})
            line.ends(Outcome.UNCHANGED if alike else Outcome.ANOTHERS)
    return speaker


# --- The command, with a closing report -------------------------------------------------------------------


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
    refused, today = {}, business_date(now())
    for path in dict.fromkeys(files):
        try:
            read += [(path.name, stated) for stated in statements(read_tree(path), today)]
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
