"""The form of one encrypted file: how it is written, and how tampering is found out.

Owns bytes only; folders, names and deletion are the vault's (`vault.py`).

A file is a header and chunks. A fresh key encrypts the chunks; the header holds that key, itself encrypted by
the key-encryption key whose id stands beside it, so changing that key rewrites headers and no contents.
Every part is bound to the file's id, its place and whether it is the last: what was cut short, reordered,
altered or put under another document's id does not open.

    header   "FVLT1" · key id, 32 bytes padded with zeros · nonce 12 · wrapped file key 48
    chunk    up to 64 KiB of the document, encrypted (AES-256-GCM), and its tag of 16 bytes
"""

import secrets
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shop.vault.sealing import KEY_BYTES, NONCE_BYTES, Keyring, VaultDamaged

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
KEY_ID_BYTES = 32
MAGIC = b"FVLT1"
KEY_STARTS = len(MAGIC) + KEY_ID_BYTES
HEADER_BYTES = KEY_STARTS + NONCE_BYTES + KEY_BYTES + TAG_BYTES


def new_header(keyring: Keyring, file_id: str, file_key: bytes) -> bytes:
    """The header that gives `file_key` to whoever holds the primary key."""
    key_id, nonce = keyring.primary_id, secrets.token_bytes(NONCE_BYTES)
    wrapped = AESGCM(keyring.key(key_id)).encrypt(nonce, file_key, _owner(file_id, key_id))
    return MAGIC + key_id.encode().ljust(KEY_ID_BYTES, b"\0") + nonce + wrapped


def key_id_in(header: bytes) -> str:
    """The id of the key-encryption key that a header was made with."""
    return header[len(MAGIC) : KEY_STARTS].rstrip(b"\0").decode("ascii", "replace")


def file_key_in(header: bytes, keyring: Keyring, file_id: str) -> bytes:
    """The file's own key. Raises VaultDamaged, or KeyNotHeld when the keyring lacks the one it needs."""
    if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
        raise VaultDamaged()
    key_id, wrapped = key_id_in(header), header[KEY_STARTS:]
    key = keyring.key(key_id)
    return _opened(key, wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _owner(file_id, key_id))


def encrypted(chunks: Iterable[bytes], file_id: str, file_key: bytes) -> Iterator[bytes]:
    """Encrypt a document that comes in chunks as `in_chunks` cuts it; `file_key` must be new."""
    for number, chunk, last in _numbered(chunks):
        yield AESGCM(file_key).encrypt(_nonce(number), chunk, _place(file_id, number, last))


def decrypted(file: BinaryIO, file_id: str, file_key: bytes) -> Iterator[bytes]:
    """Decrypt what follows the header, then close the file. VaultDamaged at the first wrong chunk."""
    with file:
        for number, sealed, last in _numbered(in_chunks(file, CHUNK_BYTES + TAG_BYTES)):
            yield _opened(file_key, _nonce(number), sealed, _place(file_id, number, last))


def in_chunks(source: BinaryIO, size: int = CHUNK_BYTES) -> Iterator[bytes]:
    """Blocks of exactly `size` bytes, the last one shorter; an empty source is one empty block."""
    block = _filled(source, size)
    yield block
    while len(block) == size and (block := _filled(source, size)):
        yield block


def _filled(source: BinaryIO, size: int) -> bytes:
    """`size` bytes, fewer only at the end: a pipe's or socket's `read` may return less at a time."""
    block = source.read(size)
    while block and len(block) < size and (more := source.read(size - len(block))):
        block += more
    return block


def _numbered(blocks: Iterable[bytes]) -> Iterator[tuple[int, bytes, bool]]:
    """(number, block, whether it is the last)"""
    number, iterator = 0, iter(blocks)
    block = next(iterator)
    for following in iterator:
        yield number, block, False
        number, block = number + 1, following
    yield number, block, True


def _opened(key: bytes, nonce: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(nonce, sealed, bound_to)
    except (InvalidTag, ValueError):
        raise VaultDamaged() from None


def _nonce(number: int) -> bytes:
    """The chunk's number: it never repeats under one key, because every file has a key of its own."""
    return number.to_bytes(NONCE_BYTES, "big")


def _place(file_id: str, number: int, last: bool) -> bytes:
    return b"formulary chunk\0" + file_id.encode() + number.to_bytes(8, "big") + bytes([last])


def _owner(file_id: str, key_id: str) -> bytes:
    return b"formulary file key\0" + file_id.encode() + key_id.encode()
