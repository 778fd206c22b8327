"""Which pages look alike: marks of 256 bits, compared turned four ways, found again by bands. Pure.

A mark is a difference hash, made by `render.mark_of` where pages are encoded anew: a bit for each cell of a
16 x 16 grid, 1 where the cell is darker than the four around it. So a page turned by 90° has its grid turned.

Two prescriptions on one printed form look much alike, and no hash of a whole page tells every two of them
apart: the figures stand in docs/prescriptions.md. A pharmacist judges what these rules find.
"""

from collections.abc import Iterable, Sequence

SIDE = 16
BITS = SIDE * SIDE
DIGITS = BITS // 4
MOST_APART = 10
"""Bits in which two marks of one page differ at most when it is encoded anew, scaled or brighter."""
NEARLY_SAME = 3
"""At most so many: the same picture, whatever was read in it."""
BANDS = 16
LEAST_SHARED = BANDS - MOST_APART
"""Each differing bit is in one band, so marks that are alike share at least so many of them."""


def is_mark(text: object) -> bool:
    """Whether something is a mark: 64 hexadecimal digits in lower case."""
    return isinstance(text, str) and len(text) == DIGITS and all(sign in "0123456789abcdef" for sign in text)


def apart(one: str, other: str) -> int:
    """In how many bits two marks differ, turned as they differ least; 0 to 256."""
    return min(_differing(turned, other) for turned in turns(one))


def turns(mark: str) -> tuple[str, str, str, str]:
    """The marks of the page as it is, and turned by 90°, 180° and 270°."""
    found = [mark]
    for _ in range(3):
        found.append(_quarter(found[-1]))
    return found[0], found[1], found[2], found[3]


def bands(mark: str) -> list[int]:
    """The 16 bits of each band of a mark. A band runs over the page along a diagonal, so none is a margin."""
    bits = _bits(mark)
    return [
        int("".join(bits[row * SIDE + (band - row) % SIDE] for row in range(SIDE)), 2)
        for band in range(BANDS)
    ]


def nearest(mark: str, others: Iterable[tuple[str, int]]) -> dict[int, int]:
    """Of (mark, name) pairs, the names that look like `mark`, each with the least bits between them."""
    found: dict[int, int] = {}
    for other, name in others:
        bits = apart(mark, other)
        if bits <= MOST_APART:
            found[name] = min(bits, found.get(name, BITS))
    return found


def _differing(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _quarter(mark: str) -> str:
    bits = _bits(mark)
    return _mark(bits[(SIDE - 1 - column) * SIDE + row] for row in range(SIDE) for column in range(SIDE))


def _bits(mark: str) -> str:
    return f"{int(mark, 16):0{BITS}b}"


def _mark(bits: Iterable[str] | Sequence[str]) -> str:
    return f"{int(''.join(bits), 2):0{DIGITS}x}"
