"""Files of a request wait in memory and, beyond that, encrypted."""

import io
import random

import pytest

from shop.spool import CHUNK_BYTES, SealedSpool

SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 3 * CHUNK_BYTES + 7]


def filled(data: bytes, step: int = 10_000) -> SealedSpool:
    spool = SealedSpool()
    for start in range(0, len(data), step):
        spool.write(data[start : start + step])
    spool.seek(0)
    return spool


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("step", [999, 200_000])
def test_what_is_written_is_read_again(size, step):
    data = random.Random(size).randbytes(size)
    spool = filled(data, step)
    assert spool.read() == data
    assert (spool.read(), spool.tell()) == (b"", size)


def test_it_is_read_in_any_order_and_any_portion():
    data = random.Random(1).randbytes(3 * CHUNK_BYTES + 100)
    spool, plain = filled(data), io.BytesIO(data)
    for place, portion in [(CHUNK_BYTES - 5, 10), (0, 70_000), (len(data) - 3, 99), (2 * CHUNK_BYTES, 1)]:
        assert spool.seek(place) == plain.seek(place)
        assert spool.read(portion) == plain.read(portion)
        assert spool.tell() == plain.tell()
    assert spool.seek(0, io.SEEK_END) == len(data)


def test_nothing_that_was_sent_is_on_the_disk_in_plain_text():
    line = b"Ada Specimen, baclofen 10 mg\n"
    spool = filled(line * 20_000)
    file = spool._file
    file.seek(0)
    on_disk = file.read()
    assert len(on_disk) > 500_000
    assert b"Ada" not in on_disk
    assert b"baclofen" not in on_disk


def test_a_file_that_was_changed_on_the_disk_is_not_read():
    spool = filled(bytes(3 * CHUNK_BYTES))
    spool._file.seek(100)
    spool._file.write(b"x")
    with pytest.raises(Exception):  # noqa: B017, PT011  (cryptography's InvalidTag has no text)
        spool.read()
    spool.close()
    assert spool._file.closed
