"""Where the words of an imprint go on a tablet or capsule, and how large they can be. Pure."""

import re

from shop.appearance.outlines import SHAPES, Mark, Shape, face

_EM = 9
"""Size of the words in the stylesheet; a mark enlarges or shrinks it."""
_LETTER = 0.66 * _EM
"""Width allowed for one capital or digit."""
_SMALLEST, _LARGEST = 0.62, 2.6


def imprint_marks(
    shape: Shape, half: float, centre: tuple[float, float], imprint: str | None, scored: bool, plate: bool
) -> list[Mark]:
    """The imprint around `centre`, on both sides of a score; on a plate it says when none is on record."""
    cx, cy = centre
    if imprint is None:
        return _imprint_unknown(shape, half, cx, cy) if plate and not scored else []
    lines = lines_of(imprint, 2 if scored or not shape.wide else 1)
    room = shape.room * half
    if shape.wide:
        places = [(cx - room / 2, cy), (cx + room / 2, cy)] if scored else [(cx, cy)]
        width = room * 0.84 if scored else 2 * room
        return word_marks(lines, places, width, shape.top * half * 1.1, plate)
    gap = half * 0.34
    places = [(cx, cy - gap), (cx, cy + gap)] if scored or len(lines) == 2 else [(cx, cy)]
    width = 2 * room * (0.84 if len(places) == 2 else 1)
    return word_marks(lines, places, width, gap * 1.5 if len(places) == 2 else half, plate)


def _imprint_unknown(shape: Shape, half: float, cx: float, cy: float) -> list[Mark]:
    ring = min(shape.room * half * 0.98, half * 0.62) if not shape.wide else 0
    marks = [Mark("blank", face(SHAPES["round"], ring, cx, cy))] if ring else []
    return [*marks, *not_on_record(cx, cy)]


def not_on_record(cx: float, cy: float) -> list[Mark]:
    """The words that stand where an imprint would."""
    return [
        Mark("label on-face", text="imprint", x=cx, y=cy - 3),
        Mark("label on-face", text="not on record", x=cx, y=cy + 11),
    ]


def word_marks(
    lines: list[str], places: list[tuple[float, float]], width: float, height: float, plate: bool
) -> list[Mark]:
    """Words of one size that fits them all, left out of a row when they would be too small to read."""
    longest = max((len(line) for line in lines), default=0)
    if not longest:
        return []
    scale = min(width / (longest * _LETTER), height / _EM, _LARGEST if plate else 1.1)
    if scale < _SMALLEST:
        return []
    return [
        Mark("imprint", text=line, x=x, y=y + 0.36 * _EM * scale, scale=scale)
        for line, (x, y) in zip(lines, places, strict=False)
    ]


def lines_of(imprint: str, most: int) -> list[str]:
    """The imprint in at most two lines: broken between its parts, or its words where it has but one part.

    Of the breaks the one after which both lines are most alike, and then the latest.
    """
    parts = [" ".join(part.split()) for part in re.split(r"[;,]", imprint) if part.strip()]
    if most == 1 or len(parts) == 1:
        parts = " ".join(parts).split()
    if most == 1 or len(parts) < 2:
        return [" ".join(parts)]
    breaks = [(" ".join(parts[:k]), " ".join(parts[k:])) for k in range(len(parts) - 1, 0, -1)]
    return list(min(breaks, key=lambda pair: max(map(len, pair))))
