"""A backup holds the store of one moment, and a store restored from it adds up."""

import stat
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from shop.backup import manifest as manifests
from shop.config import ROOT
from shop.database import db, transaction
from shop.environment import database_url
from shop.prescriptions.uploads import documents
from shop.vault.current import current_vault
from shop.vault.files import Vault
from tests.integration.maintenance.history import send_document
from tests.migrating import downgrade, upgrade


def rows(url: str, table: str) -> list:
    engine = create_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{table}" ORDER BY id'))]
    finally:
        engine.dispose()


def test_a_restored_store_has_every_row_and_document_and_adds_up(store, flask, create, empty_place):
    made = create()
    options, instance, url = empty_place()
    outcome = flask("backup", "restore", made, *options)
    assert outcome.exit_code == 0, outcome.output
    for table in ("order", "order_line", "lot", "stock_hold", "prescription", "audit_record", "job"):
        assert rows(url, table) == rows(store.extensions["settings"].database_url, table), table
    here = current_vault()
    there = Vault(instance / "vault", here.keyring)
    assert set(there.file_ids()) == set(here.file_ids())
    assert all(there.read(file_id) == here.read(file_id) for file_id in here.file_ids())
    for name in ("vault.key", "secret.key"):
        assert stat.S_IMODE((instance / name).stat().st_mode) == 0o600


def test_a_backup_can_be_verified_without_a_place_of_its_own(store, flask, create, postgresql_server):
    made = create()
    before = databases(postgresql_server)
    outcome = flask("backup", "verify", made)
    assert outcome.exit_code == 0, outcome.output
    assert databases(postgresql_server) == before
    lot = "UPDATE lot SET on_hand = on_hand + 1"
    with transaction() as session:
        session.execute(text(lot))
    outcome = flask("backup", "verify", create())
    assert outcome.exit_code == 1
    assert "FAILED  stock" in outcome.output


def databases(server: str) -> set[str]:
    engine = create_engine(database_url(server))
    with engine.connect() as connection:
        names = set(connection.scalars(text("SELECT datname FROM pg_database")))
    engine.dispose()
    return names


def test_the_backup_of_an_older_release_is_migrated_when_it_is_restored(store, flask, create, empty_place):
    script = ScriptDirectory(str(ROOT / "migrations"))
    head = script.get_revision(script.get_current_head())
    db.session.remove()
    downgrade(revision=head.down_revision)
    try:
        made = create()
    finally:
        upgrade()
    assert manifests.read(made).revision == head.down_revision
    options, _instance, url = empty_place()
    outcome = flask("backup", "restore", made, *options)
    assert outcome.exit_code == 0, outcome.output
    engine = create_engine(database_url(url))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == head.revision
    engine.dispose()


def test_the_keys_are_kept_apart_once_for_each_set_of_keys(store, create, tmp_path):
    settings = store.extensions["settings"]
    keys = tmp_path / "keys"
    made = create("--keys-to", keys)
    create("--keys-to", keys)
    (kept,) = keys.iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert settings.vault_keys in kept.read_text()
    secrets = (settings.secret_key.encode(), settings.vault_keys.partition(":")[2].encode())
    for path in made.rglob("*"):
        assert path.is_dir() or not any(secret in path.read_bytes() for secret in secrets)


def test_the_documents_of_a_store_with_lost_keys_are_restored_with_the_kept_ones(
    store, flask, create, tmp_path, empty_place, monkeypatch
):
    made = create("--keys-to", tmp_path / "keys")
    other = current_vault().keyring.parse("new:" + "B" * 43 + "=")
    from dataclasses import replace

    settings = replace(store.extensions["settings"], vault_keys="new:" + "B" * 43 + "=")
    monkeypatch.setitem(store.extensions, "settings", settings)
    assert other.primary_id == "new"
    options, instance, _url = empty_place()
    refused = flask("backup", "restore", made, *options)
    assert refused.exit_code == 2
    assert "k1" in refused.output
    assert not instance.exists()
    assert flask("backup", "restore", made, *options, "--keys-from", tmp_path / "keys").exit_code == 0


@pytest.mark.parametrize("keys", ["backups", "backups/keys", "."])
def test_keys_do_not_go_where_the_backups_are(store, flask, tmp_path, keys):
    outcome = flask("backup", "create", "--to", tmp_path / "backups", "--keys-to", tmp_path / keys)
    assert outcome.exit_code == 2
    assert not list(tmp_path.glob("backups/*Z*"))
    assert not list(tmp_path.rglob("*.env"))


def test_a_document_deleted_after_the_database_was_copied_is_in_the_backup(
    store, people, create, monkeypatch
):
    """The moment between the two copies, held open: a row of the copy must never name a missing file."""
    from shop.backup import creating

    reference = send_document(people[0])
    page = db.session.scalars(
        db.select(documents.DocumentPage).join(documents.PrescriptionDocument).filter_by(reference=reference)
    ).one()
    db.session.remove()
    original = creating.databases.Moment.write

    def write(moment, path, progress):
        original(moment, path, progress)
        current_vault().delete(page.file_id)

    monkeypatch.setattr(creating.databases.Moment, "write", write)
    made = create()
    assert page.file_id in manifests.read(made).documents
    assert manifests.read(made).missing == []


def test_a_document_that_is_lost_is_named_and_the_rest_is_backed_up(store, flask, tmp_path):
    vault = current_vault()
    lost = next(vault.file_ids())
    vault.delete(lost)
    vault.purge(lost)
    outcome = flask("backup", "create", "--to", tmp_path / "backups")
    assert outcome.exit_code == 1
    assert lost in outcome.output
    (made,) = (tmp_path / "backups").glob("*Z*")
    assert manifests.read(made).missing == [lost]
    assert flask("backup", "verify", made).exit_code == 1


def test_an_empty_database_is_not_backed_up(context, flask, tmp_path):
    db.session.remove()
    downgrade(revision="base")
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    try:
        assert flask("backup", "create", "--to", tmp_path / "backups").exit_code == 2
    finally:
        upgrade()
    assert not list(Path(tmp_path / "backups").glob("*Z*"))
