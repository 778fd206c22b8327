"""The folder of backups: each whole or not there, none twice, as many as are wanted."""

import fcntl
import os

import pytest

from shop.backup import creating
from shop.backup import manifest as manifests
from shop.database import db
from shop.vault.current import current_vault
from shop.vault.files import Vault
from shop.vault.sealing import Keyring
from tests.integration.maintenance.history import send_document


def backups(tmp_path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "backups").iterdir() if path.name != ".lock")


def test_a_document_that_did_not_change_takes_no_space_in_the_next_backup(store, people, create):
    first = create()
    send_document(people[0])
    db.session.remove()
    second = create()
    shared = {path.name for path in (first / "vault").iterdir()}
    for path in (second / "vault").iterdir():
        assert (path.stat().st_nlink == 2) == (path.name in shared)
    assert manifests.read(first).files.items() >= {
        (name, stored) for name, stored in manifests.read(second).files.items() if name[6:] in shared
    }


def test_a_damaged_copy_in_the_backup_before_is_not_taken_over(store, flask, create):
    first = create()
    victim = next((first / "vault").iterdir())
    status = victim.stat()
    content = bytearray(victim.read_bytes())
    content[-1] ^= 1
    victim.write_bytes(content)
    os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
    second = create()
    assert flask("backup", "verify", first).exit_code == 1
    assert flask("backup", "verify", second).exit_code == 0


def test_documents_that_got_a_new_key_are_copied_anew(store, create):
    create()
    vault = current_vault()
    both = Keyring("k2", {"k2": b"2" * 32, **vault.keyring.keys})
    file_id = next(vault.file_ids())
    assert Vault(vault.folder, both).rewrap(file_id)
    second = create()
    assert (second / "vault" / file_id).read_bytes() == (vault.folder / file_id).read_bytes()
    assert manifests.read(second).key_ids == sorted({"k2", vault.keyring.primary_id})


def test_a_backup_before_that_cannot_be_read_does_not_stop_the_next(store, flask, create):
    first = create()
    (first / manifests.NAME).write_text("{")
    assert flask("backup", "verify", create()).exit_code == 0


def test_only_so_many_are_kept(store, create, tmp_path):
    names = [create().name for _ in range(3)]
    assert backups(tmp_path) == sorted(names)
    last = create("--keep", 2)
    assert backups(tmp_path) == sorted([names[-1], last.name])


def test_a_backup_that_fails_leaves_nothing_and_the_older_ones(store, flask, create, tmp_path, monkeypatch):
    made = create()

    def fail(*_):
        raise OSError(28, "No space left on device", "vault")

    monkeypatch.setattr(manifests, "copy", fail)
    (next((made / "vault").iterdir())).unlink()  # so that one has to be copied
    outcome = flask("backup", "create", "--to", tmp_path / "backups", "--keep", 1)
    assert outcome.exit_code == 2
    assert backups(tmp_path) == [made.name]


def test_what_a_killed_backup_left_goes_with_the_next(store, create, tmp_path):
    left = tmp_path / "backups" / "2026-01-01T000000Z.partial"
    left.mkdir(parents=True)
    (left / "database.sqlite3").write_bytes(b"half")
    made = create()
    assert backups(tmp_path) == [made.name]


def test_two_backups_into_one_folder_do_not_meet(store, flask, create, tmp_path):
    create()
    with (tmp_path / "backups" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert flask("backup", "create", "--to", tmp_path / "backups").exit_code == 2
    create()


def test_a_disk_without_room_is_refused_before_anything_is_written(store, flask, tmp_path, monkeypatch):
    monkeypatch.setattr(creating, "SPARE_BYTES", 1 << 60)
    outcome = flask("backup", "create", "--to", tmp_path / "backups")
    assert outcome.exit_code == 2
    assert backups(tmp_path) == []


@pytest.mark.parametrize("options", [("--keep", "0"), ("--keep", "some")])
def test_a_number_that_is_none_is_refused(store, flask, tmp_path, options):
    assert flask("backup", "create", "--to", tmp_path / "backups", *options).exit_code == 2
