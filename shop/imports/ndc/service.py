"""The import as a whole: read and judge both files, compare, write everything in one transaction or nothing.

Reading takes most of the time and no lock. The comparison is made once without a lock, to say what would
happen, and made again inside the transaction that writes only if somebody added or removed rows in between:
others wait for that transaction.
"""

import gc
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import list_rows
from shop.catalogue.models import Pack, Product, Variant
from shop.catalogue.releases import joins
from shop.database import db, transaction
from shop.errors import DomainError
from shop.imports.ndc import existing
from shop.imports.ndc.admission import Refused, Sink
from shop.imports.ndc.gathering import Advance, Directory, empty, gather
from shop.imports.ndc.merging import carry_out, refresh_statistics
from shop.imports.ndc.planning import Plan, plan
from shop.listing.deciding import decide
from shop.projections.cache_version import catalogue_changed

USUAL_LOSS, FEW_ALONE = 0.2, 20
FEW = {"packs": 100, "strengths": 50, "medicines": 25}
"""Of these so many may go whatever the share: small stores change a lot."""


class TooMuchWithdrawn(DomainError):
    """A file missing this large a share of the previous file's rows is probably truncated."""

    code = "too_much_withdrawn"


class NotTogether(DomainError):
    """Two files of which one lacks so much of the other that they are of two days, or cut off."""

    code = "files_do_not_belong_together"


@dataclass(frozen=True)
class Import:
    """What the operator asked for."""

    products: Path
    packages: Path
    include: Collection[str] = ()
    dry_run: bool = False
    accept_withdrawals: bool = False


@dataclass(frozen=True)
class Outcome:
    """What the files said and what was done about it; `written` is False when nothing was."""

    directory: Directory
    plan: Plan
    written: bool


def run(asked: Import, market: str, at: datetime, advance: Advance, sink: Sink | None = None) -> Outcome:
    """Import the directory. Opens its own transaction, at the end and only where something changes.

    Raises:
        WrongFile: a file is not what it should be; nothing was written.
        NotTogether: over a fifth of the packages or strengths lack their part in the other file.
        TooMuchWithdrawn: over a fifth of its packs, strengths or medicines would go; nothing was written.
    """
    with _few_collections():
        joined, stated = joins(), existing.stated_sizes()
        db.session.rollback()
        directory = gather(asked.products, asked.packages, asked.include, advance, sink, joined, stated)
        advance("Comparing", 0)
        foreseen = plan(directory)
        db.session.rollback()
        if foreseen.withdrawn_packs and not directory.packages.rows:
            raise empty(asked.packages)
        if not asked.accept_withdrawals:
            _check_together(asked, directory)
            _check_loss(foreseen)
        if asked.dry_run or foreseen.is_empty:
            return Outcome(directory, foreseen, False)
        advance("Writing", 0)
        with transaction():
            if existing.fingerprint() != foreseen.fingerprint:
                foreseen = plan(directory)
            _write(foreseen, directory, market, at)
        return Outcome(directory, foreseen, True)


def _write(done: Plan, directory: Directory, market: str, at: datetime) -> None:
    carry_out(done, at)
    decide(done.changed_products, at)
    refresh_statistics(Product.__table__, Variant.__table__, Pack.__table__)  # type: ignore[arg-type]
    listed = {product.id for product in done.known.products.values() if product.listed}
    list_rows.refresh(done.touched & listed, market)
    catalogue_changed(at)
    audit.record(
        Event.DIRECTORY_IMPORTED,
        at=at,
        subject=("catalogue", "directory"),
        rows=directory.products.rows,
        packages=directory.packages.rows,
        added=len(done.new_pages),
        packs_added=len(done.new_packs),
        packs_withdrawn=len(done.withdrawn_packs),
        withdrawn=len(done.withdrawn_products),
    )


def _check_together(asked: Import, directory: Directory) -> None:
    """In the files of one day hardly a package lacks its product, or a product its packages."""
    alone = directory.packages.refused[Refused.NO_PRODUCT]
    for count, of, said in (
        (alone, directory.packages.rows, f"packages are of products that {asked.products.name} lacks"),
        (directory.bare, directory.strengths, f"strengths have no package in {asked.packages.name}"),
    ):
        if directory.packages.rows and count > FEW_ALONE and count > of * USUAL_LOSS:
            raise NotTogether(
                f"{count:,} of {of:,} {said}. Nothing was written.",
                "One of the files may be cut off, or of another day. "
                "If that is right, run the command again with --accept-withdrawals.",
            )


def _check_loss(foreseen: Plan) -> None:
    losses = {
        "packs": (len(foreseen.withdrawn_packs), foreseen.directory_packs),
        "strengths": (foreseen.lost_strengths, foreseen.directory_strengths),
        "medicines": (len(foreseen.withdrawn_products), foreseen.directory_products),
    }
    for what, (lost, had) in losses.items():
        if lost > FEW[what] and lost > had * USUAL_LOSS:
            raise TooMuchWithdrawn(
                f"These files lack {lost:,} of the directory’s {had:,} {what}. Nothing was written.",
                "The download may be cut off, or a spreadsheet may have saved it. "
                "If that is right, run the command again with --accept-withdrawals.",
            )


@contextmanager
def _few_collections() -> Iterator[None]:
    """Millions of rows live until the end: looking for garbage among them again and again costs seconds."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
