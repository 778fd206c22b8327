"""Where a request's files are kept while the form is read: never in plain text on a disk.

Werkzeug writes a file of more than 500 kB to a temporary file as it is. Here each piece of 64 KiB is
encrypted before it is written, under a key that lives only in this object. So an upload takes little memory,
and what a crash or a stolen disk leaves behind cannot be read. Flask's limits decide how large a body may be.
"""

import io
import tempfile
from typing import IO, Any, cast

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Request as FlaskRequest

CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16  # what AES-GCM adds
NONCE_BYTES = 12


class SealedSpool(io.BufferedIOBase):
    """Bytes that are written once, in order, and then read; what fits into one chunk stays in memory."""

    def __init__(self) -> None:
        self._cipher = AESGCM(AESGCM.generate_key(bit_length=256))
        self._file: IO[bytes] | None = None
        self._chunks = 0
        self._tail = bytearray()
        self._place = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Append, wherever the place of reading is."""
        self._tail += data
        while len(self._tail) >= CHUNK_BYTES:
            self._seal(bytes(self._tail[:CHUNK_BYTES]))
            del self._tail[:CHUNK_BYTES]
        self._place = self._size()
        return len(data)

    def read(self, size: int | None = -1) -> bytes:
        end = self._size()
        if size is not None and size >= 0:
            end = min(end, self._place + size)
        found = bytearray()
        while self._place < end:
            number, offset = divmod(self._place, CHUNK_BYTES)
            piece = self._open(number)[offset : offset + end - self._place]
            found += piece
            self._place += len(piece)
        return bytes(found)

    def read1(self, size: int = -1) -> bytes:
        return self.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size()}[whence]
        self._place = max(0, min(start + offset, self._size()))
        return self._place

    def tell(self) -> int:
        return self._place

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _size(self) -> int:
        return self._chunks * CHUNK_BYTES + len(self._tail)

    def _seal(self, chunk: bytes) -> None:
        if self._file is None:
            # it has no name, so it is gone with this process
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by `close`)
        self._file.seek(0, io.SEEK_END)
        self._file.write(self._cipher.encrypt(_nonce(self._chunks), chunk, None))
        self._chunks += 1

    def _open(self, number: int) -> bytes:
        if number >= self._chunks:
            return bytes(self._tail)
        assert self._file is not None
        self._file.seek(number * (CHUNK_BYTES + TAG_BYTES))
        return self._cipher.decrypt(_nonce(number), self._file.read(CHUNK_BYTES + TAG_BYTES), None)


def _nonce(number: int) -> bytes:
    """A chunk's number: each is used once under its key."""
    return number.to_bytes(NONCE_BYTES, "big")


class Request(FlaskRequest):
    """Flask's request with files spooled as above."""

    def _get_file_stream(
        self, total_content_length: int | None, content_type: str | None, filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:  # fmt: skip
        return cast(IO[bytes], SealedSpool())
