"""What must be true of the vault: every file and sealed text opens; and which of its files are swept."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Column, Table, Text, select, type_coerce

from shop.database import Base, db
from shop.maintenance.checks import Result, result, verifies
from shop.maintenance.sweeping import (
    DELETED_FOR,
    UNFINISHED_FOR,
    UNNAMED_FOR,
    Litter,
    finds_litter,
    older_than,
)
from shop.maintenance.vault_files import all_named, named
from shop.vault.current import SealedText, current_vault
from shop.vault.files import Vault
from shop.vault.sealing import VaultDamaged

DOCUMENTS = "vault: every document that a row names opens"
TEXTS = "vault: every sealed text opens"


@verifies(DOCUMENTS)
def documents() -> Result:
    """Each file is there, opens with a key that is held, and is whole to its last byte."""
    file_ids = sorted(all_named(db.session.connection()))
    db.session.rollback()
    return result(len(file_ids), _unreadable(current_vault(), file_ids))


def _unreadable(vault: Vault, file_ids: list[str]) -> Iterator[str]:
    for file_id in file_ids:
        try:
            for _chunk in vault.open_chunks(file_id):
                pass
        except VaultDamaged as damage:
            yield f"document {file_id}: {damage.code}"


@verifies(TEXTS)
def texts() -> Result:
    """Each sealed column of each row opens with a key that is held."""
    tables = [(table, _sealed(table)) for table in Base.metadata.sorted_tables]
    checked, problems = 0, []
    for table, columns in tables:
        for column in columns:
            count, bad = _unopened(table, column)
            checked += count
            problems += bad
    return result(checked, problems)


def _sealed(table: Table) -> list[Column[str]]:
    return [column for column in table.columns if isinstance(column.type, SealedText)]


def _unopened(table: Table, column: Column[str]) -> tuple[int, list[str]]:
    """How many were opened, and which did not; each value alone, so that one does not hide the others."""
    opens = column.type.result_processor(db.engine.dialect, None)
    rows = db.session.execute(
        select(table.c.id, type_coerce(column, Text))
        .where(column.is_not(None))
        .execution_options(yield_per=500)
    )
    count, bad = 0, []
    for row_id, sealed in rows:
        count += 1
        try:
            opens(sealed) if opens else None
        except VaultDamaged as damage:
            bad.append(f"{column} of {row_id}: {damage.code}")
    return count, bad


@finds_litter
def vault_litter(at: datetime) -> Iterator[Litter]:
    """Files that no row names, deleted ones whose time is over, and what a killed process did not finish.

    A deleted file that a row names after all goes back: nothing here may lose a document.
    """
    vault = current_vault()
    for path in vault.unfinished():
        if older_than(path, UNFINISHED_FOR, at):
            yield Litter("vault_part", path, partial(path.unlink, missing_ok=True))
    unnamed_since = (at - UNNAMED_FOR).timestamp()
    old = {file_id for file_id, stored_at in vault.stored() if stored_at < unnamed_since}
    for file_id in sorted(old - named(old)):
        path = vault.folder / file_id
        yield Litter("vault_orphan", path, partial(vault.delete, file_id))
    deleted_since = (at - DELETED_FOR).timestamp()
    gone = {file_id for file_id, deleted_at in vault.deleted() if deleted_at < deleted_since}
    missed = named(gone)
    for file_id in sorted(gone):
        path = vault.folder / "deleted" / file_id
        if file_id in missed:
            yield Litter("vault_put_back", path, partial(vault.undelete, file_id))
        else:
            yield Litter("vault_deleted", path, partial(vault.purge, file_id))
