"""Pictures of medicines: tablets, capsules, bottles, tubes and packs, put together from their outlines. Pure.

Takes what is known as plain values and decides where each mark and each word of an imprint goes. Which
attributes a medicine has, and the words that describe it, are in `attributes.py`.
"""

import re
from dataclasses import replace

from shop.appearance.outlines import PLATE, ROW, SHAPES, Mark, Picture, Scale, Shape, face, n

ROW_WIDTH, ROW_HEIGHT, PLATE_WIDTH = 62, 44, 184

_BOTTLE = (
    Mark("face", "M21 18a6 6 0 0 1 3-5.2V10h14v2.8a6 6 0 0 1 3 5.2V37a3 3 0 0 1-3 3H24a3 3 0 0 1-3-3z"),
    Mark("edge", "M22.5 4h17v6h-17z"),
    Mark("paper", "M21 21.500h20v12H21z"),
    Mark("score", "M24.5 25.500h13M24.5 29.500h8"),
)
_TUBE = (
    Mark("face", "M9 9.500l33 3v19l-33 3z"),
    Mark("edge", "M42 16.500h8v11h-8z"),
    Mark("score", "M12.5 9.800v24.400M19 18h16M19 22h10"),
)
_PACK = (
    Mark("face", "M12 14h32v22H12z"),
    Mark("edge", "M12 14l6-6h32l-6 6zM44 14l6-6v22l-6 6z"),
    Mark("score", "M17 22h18M17 27h11"),
)
PACKAGES = {"bottle": _BOTTLE, "tube": _TUBE, "pack": _PACK}


def tablet(shape_name: str, imprint: str | None, pieces: int, size: str | None, plate: bool) -> Picture:
    """A tablet, at row size from above; on a plate also from the side, with its size between the two.

    `imprint` and `size` are None when not on record, which the plate says in their place. `pieces` are those
    its score parts it into, 1 without one; among more than two there is no room for an imprint.
    """
    scored = pieces > 1
    shape = SHAPES[shape_name]
    scale = PLATE if plate else ROW
    half = scale.wide if shape.wide else scale.compact
    cx = (PLATE_WIDTH if plate else ROW_WIDTH) / 2
    cy = 1.5 + shape.top * half if plate else _row_middle(shape, half, scale)
    marks = [
        Mark("edge", face(shape, half, cx, cy, scale.depth)),
        Mark("face", face(shape, half, cx, cy)),
    ]
    if plate:
        marks.append(Mark("rim", face(shape, half, cx, cy, inset=5)))
    if scored:
        marks.append(_score(shape, half, cx, cy, pieces))
    if pieces <= 2:
        marks += imprint_marks(shape, half, (cx, cy), imprint, scored, plate)
    if not plate:
        return Picture(ROW_WIDTH, ROW_HEIGHT, tuple(marks))
    below = cy + shape.bottom * half + scale.depth + 14
    marks += _dimension(cx, below, shape.side * half, size)
    marks += _side_view(cx, below + 16, shape.side * half, scored and not shape.wide)
    return Picture(PLATE_WIDTH, round(below + 16 + 36 + 4), tuple(marks))


def capsule(imprint: str | None, size: str | None, plate: bool) -> Picture:
    """A hard capsule lying: the cap at the left, a hair wider than the body it slides over."""
    if plate:
        marks = _capsule_marks(92, 34, 88, 32, imprint, True)
        marks += _dimension(92, 88, 88, size)
        circle = SHAPES["round"]
        marks += [Mark("face", face(circle, 32, 92, 138)), Mark("rim", face(circle, 26, 92, 138))]
        return Picture(PLATE_WIDTH, 174, tuple(marks))
    return Picture(ROW_WIDTH, ROW_HEIGHT, tuple(_capsule_marks(31, 22, 28, 12, imprint, False)))


def package(kind: str) -> Picture:
    """A bottle, tube or pack for what is not a pill, one drawing for both sizes."""
    return Picture(ROW_WIDTH, ROW_HEIGHT, PACKAGES[kind])


def _row_middle(shape: Shape, half: float, scale: Scale) -> float:
    return (ROW_HEIGHT - scale.depth) / 2 + (shape.top - shape.bottom) / 2 * half


def _score(shape: Shape, half: float, cx: float, cy: float, pieces: int) -> Mark:
    """Where it breaks: a line between neighboring pieces, a cross for four on a short tablet.

    Lines stand upright on a long tablet and lie on the others.
    """
    levels, ways = [0.0], [False, True]
    if pieces != 4 or shape.wide:
        end = shape.side if shape.wide else min(shape.top, shape.bottom)
        levels = [end * (2 * k / pieces - 1) for k in range(1, pieces)]
        ways = [shape.wide]
    path = ""
    for upright in ways:
        for level in levels:
            first, last = (half * end for end in shape.span(level, upright))
            if upright:
                path += f"M{n(cx + level * half)} {n(cy + first)}V{n(cy + last)}"
            else:
                path += f"M{n(cx + first)} {n(cy + level * half)}H{n(cx + last)}"
    return Mark("score", path)


def _dimension(cx: float, y: float, reach: float, size: str | None) -> list[Mark]:
    gap = 24
    left, right = cx - reach, cx + reach
    d = (
        f"M{n(left)} {n(y - 4)}v8M{n(right)} {n(y - 4)}v8"
        f"M{n(left)} {n(y)}H{n(cx - gap)}M{n(cx + gap)} {n(y)}H{n(right)}"
    )
    return [Mark("dim", d), Mark("label off", text=size or "size ?", x=cx, y=y + 4)]


def _side_view(cx: float, top: float, reach: float, scored: bool) -> list[Mark]:
    left, width = cx - reach, 2 * reach
    body = (
        f"M{n(left)} {n(top + 11)}C{n(left + 8)} {n(top + 2)} {n(cx - reach * 0.5)} {n(top)} {n(cx)} {n(top)}"
        f"S{n(cx + reach - 8)} {n(top + 2)} {n(cx + reach)} {n(top + 11)}v14"
        f"C{n(cx + reach - 8)} {n(top + 34)} {n(cx + reach * 0.5)} {n(top + 36)} {n(cx)} {n(top + 36)}"
        f"S{n(left + 8)} {n(top + 34)} {n(left)} {n(top + 25)}z"
    )
    rims = f"M{n(left)} {n(top + 11)}h{n(width)}M{n(left)} {n(top + 25)}h{n(width)}"
    marks = [Mark("face", body), Mark("rim", rims)]
    return [*marks, Mark("score", f"M{n(cx - 4)} {n(top)}l4 5l4-5")] if scored else marks


def _capsule_marks(
    cx: float, cy: float, reach: float, radius: float, imprint: str | None, plate: bool
) -> list[Mark]:
    inner = radius * 0.94
    seam = cx + reach * 0.08
    left, right = cx - reach + radius, cx + reach - inner
    cap = f"M{n(seam)} {n(cy - radius)}H{n(left)}a{n(radius)} {n(radius)} 0 0 0 0 {n(2 * radius)}H{n(seam)}z"
    body = f"M{n(seam)} {n(cy - inner)}H{n(right)}a{n(inner)} {n(inner)} 0 0 1 0 {n(2 * inner)}H{n(seam)}z"
    light, gap = cy - radius * 0.58, radius * 0.3
    shine = f"M{n(left)} {n(light)}H{n(seam - gap)}M{n(seam + gap)} {n(light)}H{n(right)}"
    marks = [Mark("half", body), Mark("face", cap), Mark("shine", shine)]
    if imprint is None:
        return marks + (not_on_record((left - radius + seam) / 2 + 4, cy + 3) if plate else [])
    level, inward = cy + radius * 0.14, radius * 0.12
    places = [((cx - reach + seam) / 2 + inward, level), ((seam + cx + reach) / 2 - inward, level)]
    room = (seam - cx + reach - radius * 0.5) * 0.95
    words = word_marks(lines_of(imprint, 2), places, room, radius * 0.9, plate)
    return [*marks, *words[:1], *(replace(word, css="imprint on-half") for word in words[1:])]


# --- Where the words of an imprint go, and how large they can be ------------------------------------------

_EM = 9
"""Size of the words in the stylesheet; a mark enlarges or shrinks it."""
_LETTER = 0.66 * _EM
"""Width allowed for one capital or digit."""
_SMALLEST, _LARGEST = 0.62, 2.6


def imprint_marks(
    shape: Shape, half: float, center: tuple[float, float], imprint: str | None, scored: bool, plate: bool
) -> list[Mark]:
    """The imprint around `center`, on both sides of a score; on a plate it says when none is on record."""
    cx, cy = center
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
    """The words shown in place of an imprint."""
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
