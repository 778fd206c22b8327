"""The vault gives back exactly what was stored, or nothing."""

import io
import stat
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.vault.files import Vault
from shop.vault.sealed_file import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES
from shop.vault.sealing import KeyNotHeld, Keyring, VaultDamaged
from tests.unit.vault.keyrings import KEYRING, NEW, OLD, ONLY_NEW, ROTATED

SEALED_CHUNK = CHUNK_BYTES + TAG_BYTES

sizes = st.sampled_from([0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES + 7])
fractions = st.floats(min_value=0, max_value=1, exclude_max=True)
deliberate = settings(max_examples=60, deadline=None)


def contents_of(size: int) -> bytes:
    return (b"0123456789abcdef" * (size // 16 + 1))[:size]


@contextmanager
def vault_holding(contents: bytes, keyring: Keyring = KEYRING):
    """(vault, file id, path of the file) in a folder that goes away."""
    with TemporaryDirectory() as folder:
        vault, file_id = Vault(Path(folder) / "vault", keyring), uuid4().hex
        vault.store(file_id, contents)
        yield vault, file_id, vault.folder / file_id


@given(st.binary(max_size=300) | sizes.map(contents_of))
@deliberate
def test_what_is_stored_comes_back_byte_for_byte(contents):
    with vault_holding(contents) as (vault, file_id, path):
        assert vault.read(file_id) == contents
        assert all(len(chunk) <= CHUNK_BYTES for chunk in vault.open_chunks(file_id))
        assert path.stat().st_size >= HEADER_BYTES + len(contents) + TAG_BYTES


def test_the_receipt_states_size_and_digest_of_the_document_itself(tmp_path):
    stored = Vault(tmp_path, KEYRING).store(uuid4().hex, b"abc")
    assert (stored.size, stored.sha256) == (
        3,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    )


def test_a_stream_that_gives_a_little_at_a_time_is_stored_whole(tmp_path):
    class Dribbling(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1000))

    vault, file_id, contents = Vault(tmp_path, KEYRING), uuid4().hex, contents_of(CHUNK_BYTES + 5)
    vault.store(file_id, Dribbling(contents))
    assert vault.read(file_id) == contents
    assert (tmp_path / file_id).stat().st_size == HEADER_BYTES + len(contents) + 2 * TAG_BYTES


def test_nothing_readable_reaches_the_disk(tmp_path):
    vault, file_id = Vault(tmp_path, KEYRING), uuid4().hex
    vault.store(file_id, b"Ada Example, baclofen 10 mg " * 50)
    assert b"baclofen" not in (tmp_path / file_id).read_bytes()
    assert OLD not in (tmp_path / file_id).read_bytes()


def test_the_same_document_stored_twice_looks_different(tmp_path):
    vault, one, two = Vault(tmp_path, KEYRING), uuid4().hex, uuid4().hex
    vault.store(one, b"same" * 30)
    vault.store(two, b"same" * 30)
    assert (tmp_path / one).read_bytes()[HEADER_BYTES:] != (tmp_path / two).read_bytes()[HEADER_BYTES:]


@given(sizes, fractions, st.integers(0, 7))
@deliberate
def test_one_flipped_bit_anywhere_is_found_out(size, where, bit):
    with vault_holding(contents_of(size)) as (vault, file_id, path):
        raw = bytearray(path.read_bytes())
        raw[int(where * len(raw))] ^= 1 << bit
        path.write_bytes(raw)
        with pytest.raises(VaultDamaged):
            vault.read(file_id)


def test_one_flipped_bit_at_each_place_of_header_and_first_bytes_is_found_out():
    with vault_holding(b"short") as (vault, file_id, path):
        raw = path.read_bytes()
        for place in range(len(raw)):
            path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
            with pytest.raises(VaultDamaged):
                vault.read(file_id)


@given(sizes, fractions)
@deliberate
def test_a_file_cut_short_anywhere_is_found_out(size, where):
    with vault_holding(contents_of(size)) as (vault, file_id, path):
        raw = path.read_bytes()
        path.write_bytes(raw[: int(where * len(raw))])
        with pytest.raises(VaultDamaged):
            vault.read(file_id)


@pytest.mark.parametrize("whole_chunks", [1, 2])
def test_a_file_cut_exactly_between_chunks_is_found_out(whole_chunks):
    with vault_holding(contents_of(3 * CHUNK_BYTES)) as (vault, file_id, path):
        path.write_bytes(path.read_bytes()[: HEADER_BYTES + whole_chunks * SEALED_CHUNK])
        with pytest.raises(VaultDamaged):
            vault.read(file_id)


@given(sizes, st.binary(min_size=1, max_size=40))
@deliberate
def test_bytes_added_at_the_end_are_found_out(size, extra):
    with vault_holding(contents_of(size)) as (vault, file_id, path):
        path.write_bytes(path.read_bytes() + extra)
        with pytest.raises(VaultDamaged):
            vault.read(file_id)


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 2, 1), (0, 0, 2), (0, 2), (0, 1, 1, 2)])
def test_chunks_moved_repeated_or_left_out_are_found_out(order):
    with vault_holding(contents_of(3 * CHUNK_BYTES)) as (vault, file_id, path):
        raw = path.read_bytes()
        chunks = [raw[HEADER_BYTES + n * SEALED_CHUNK :][:SEALED_CHUNK] for n in range(3)]
        path.write_bytes(raw[:HEADER_BYTES] + b"".join(chunks[n] for n in order))
        with pytest.raises(VaultDamaged):
            vault.read(file_id)


@pytest.mark.parametrize("part", [slice(None), slice(0, HEADER_BYTES), slice(HEADER_BYTES, None)])
def test_another_documents_file_header_or_contents_do_not_open(tmp_path, part):
    vault, mine, theirs = Vault(tmp_path, KEYRING), uuid4().hex, uuid4().hex
    vault.store(mine, b"my own")
    vault.store(theirs, b"theirs")
    raw = bytearray((tmp_path / mine).read_bytes())
    raw[part] = (tmp_path / theirs).read_bytes()[part]
    (tmp_path / mine).write_bytes(raw)
    with pytest.raises(VaultDamaged):
        vault.read(mine)


@given(sizes)
@deliberate
def test_rotation_changes_the_header_and_no_contents(size):
    with vault_holding(contents_of(size)) as (vault, file_id, path):
        before = path.read_bytes()
        assert Vault(vault.folder, ROTATED).rewrap(file_id) is True
        assert path.read_bytes()[HEADER_BYTES:] == before[HEADER_BYTES:]
        assert path.read_bytes()[:HEADER_BYTES] != before[:HEADER_BYTES]
        assert Vault(vault.folder, ONLY_NEW).read(file_id) == contents_of(size)
        with pytest.raises(KeyNotHeld, match="2027"):
            vault.read(file_id)


def test_a_second_rotation_leaves_the_file_alone():
    with vault_holding(b"x") as (vault, file_id, path):
        rotated = Vault(vault.folder, ROTATED)
        rotated.rewrap(file_id)
        raw = path.read_bytes()
        assert rotated.rewrap(file_id) is False
        assert path.read_bytes() == raw


def test_a_damaged_file_is_not_rewrapped():
    with vault_holding(b"x") as (vault, file_id, path):
        raw = bytearray(path.read_bytes())
        raw[HEADER_BYTES - 1] ^= 1
        path.write_bytes(raw)
        with pytest.raises(VaultDamaged):
            Vault(vault.folder, ROTATED).rewrap(file_id)
        assert path.read_bytes() == raw


def test_a_key_of_the_same_id_but_other_bytes_does_not_open():
    with vault_holding(b"x") as (vault, file_id, _), pytest.raises(VaultDamaged):
        Vault(vault.folder, Keyring("2026", {"2026": NEW})).read(file_id)


def test_files_are_for_the_owner_alone(tmp_path):
    folder, file_id = tmp_path / "a" / "vault", uuid4().hex
    folder.mkdir(parents=True, mode=0o755)
    Vault(folder, KEYRING).store(file_id, b"x")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / file_id).stat().st_mode) == 0o600


def test_a_failing_stream_leaves_no_file_behind(tmp_path):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the connection went away")

    with pytest.raises(OSError, match="went away"):
        Vault(tmp_path, KEYRING).store(uuid4().hex, Broken())
    assert list(tmp_path.iterdir()) == []


def test_an_id_is_used_once(tmp_path):
    vault, file_id = Vault(tmp_path, KEYRING), uuid4().hex
    vault.store(file_id, b"first")
    with pytest.raises(FileExistsError):
        vault.store(file_id, b"second")
    assert vault.read(file_id) == b"first"


@pytest.mark.parametrize(
    "file_id",
    ["", "../" + "a" * 29, "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 31 + "\0", "a-" * 16, None],
)
def test_an_id_that_is_not_a_uuids_hex_reaches_no_path(tmp_path, file_id):
    vault = Vault(tmp_path / "vault", KEYRING)
    for action in (
        vault.read,
        vault.exists,
        vault.delete,
        vault.rewrap,
        lambda name: vault.store(name, b"x"),
    ):
        with pytest.raises(ValueError, match=r"\b32\b"):
            action(file_id)
    assert list(tmp_path.rglob("*")) == [tmp_path / "vault"]


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    vault, file_id = Vault(tmp_path / "vault", KEYRING), uuid4().hex
    (tmp_path / "outside").write_bytes(b"not ours")
    (tmp_path / "vault" / file_id).symlink_to(tmp_path / "outside")
    with pytest.raises(ValueError, match="folder"):
        vault.read(file_id)
    with pytest.raises(ValueError, match="folder"):
        vault.delete(file_id)
    assert (tmp_path / "outside").read_bytes() == b"not ours"
