"""Deleted documents: gone at once, kept aside for a backup, and never brought back by a rotation."""

import os
import threading
from uuid import uuid4

import pytest

from shop.vault.files import NotInVault, Vault
from shop.vault.sealed_file import CHUNK_BYTES
from tests.unit.vault.keyrings import KEYRING, ROTATED


def test_a_deleted_document_is_gone_and_may_be_deleted_again(tmp_path):
    vault, file_id = Vault(tmp_path, KEYRING), uuid4().hex
    vault.store(file_id, b"x")
    assert vault.exists(file_id)
    assert vault.delete(file_id) is True
    assert vault.delete(file_id) is False
    assert not vault.exists(file_id)
    assert list(vault.file_ids()) == []
    with pytest.raises(NotInVault):
        vault.read(file_id)


def test_a_deleted_document_can_be_backed_up_or_put_back_until_it_is_purged(tmp_path):
    vault, file_id = Vault(tmp_path, KEYRING), uuid4().hex
    vault.store(file_id, b"x")
    sealed = (tmp_path / file_id).read_bytes()
    os.utime(tmp_path / file_id, (0, 0))
    vault.delete(file_id)
    ((listed, deleted_at),) = vault.deleted()
    assert listed == file_id
    assert deleted_at > 1_000_000_000  # when it was deleted, not when it was written
    with vault.open_sealed(file_id) as file:
        assert file.read() == sealed
    assert vault.undelete(file_id) is True
    assert vault.undelete(file_id) is False
    assert vault.read(file_id) == b"x"
    vault.delete(file_id)
    vault.purge(file_id)
    assert list(vault.deleted()) == []
    assert vault.undelete(file_id) is False
    with pytest.raises(NotInVault):
        vault.open_sealed(file_id)


def test_a_rotation_at_the_same_moment_does_not_bring_a_deleted_document_back(tmp_path):
    for _ in range(30):
        file_id = uuid4().hex
        Vault(tmp_path, KEYRING).store(file_id, b"x" * CHUNK_BYTES)
        start = threading.Barrier(2)

        def rotate(file_id=file_id, start=start):
            start.wait()
            try:
                Vault(tmp_path, ROTATED).rewrap(file_id)
            except NotInVault:
                return

        def delete(file_id=file_id, start=start):
            start.wait()
            Vault(tmp_path, ROTATED).delete(file_id)

        both = [threading.Thread(target=rotate), threading.Thread(target=delete)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert list(Vault(tmp_path, ROTATED).file_ids()) == []
    assert not list(tmp_path.glob(".*.part"))


def test_the_vault_lists_documents_and_not_unfinished_files(tmp_path):
    vault, ids = Vault(tmp_path, KEYRING), {uuid4().hex, uuid4().hex}
    for file_id in ids:
        vault.store(file_id, b"x")
    (tmp_path / f".{uuid4().hex}.0a1b2c3d.part").write_bytes(b"")
    assert set(vault.file_ids()) == ids
