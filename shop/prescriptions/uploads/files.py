"""Sent files on their way into the vault: written before the transaction that names them, gone if it fails.

So a row never names a missing file, and no file outlives its row for long.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO
from uuid import uuid4

from shop.vault.current import current_vault

LONGEST_FILENAME = 120


@dataclass(frozen=True)
class SentFile:
    """A file that passed the first look (`uploads.check`); `use_id` is what it is charged to."""

    filename: str
    size_bytes: int
    stream: BinaryIO
    use_id: int


@dataclass(frozen=True)
class KeptFile:
    """The same, in the vault as `file_id`."""

    filename: str
    size_bytes: int
    file_id: str
    use_id: int


@contextmanager
def keep_files(files: Iterable[SentFile]) -> Iterator[list[KeptFile]]:
    """Put the files into the vault as they were sent; if what is done with them fails, they are gone again.

    Enter this first and the transaction inside: `with keep_files(files) as inside, transaction(): …`.
    """
    with store_contents(_from_its_beginning(file) for file in files) as file_ids:
        yield [
            KeptFile(file.filename[-LONGEST_FILENAME:], file.size_bytes, file_id, file.use_id)
            for file, file_id in zip(files, file_ids, strict=True)
        ]


def _from_its_beginning(file: SentFile) -> BinaryIO:
    file.stream.seek(0)
    return file.stream


@contextmanager
def store_contents(contents: Iterable[bytes | BinaryIO]) -> Iterator[list[str]]:
    """Write contents into the vault and give their ids; they are gone again when the block fails."""
    vault, written = current_vault(), []
    try:
        for content in contents:
            written.append(uuid4().hex)
            vault.store(written[-1], content)
        yield written
    except BaseException:
        for file_id in written:
            vault.delete(file_id)
        raise
