"""What a medicine looks like: the attributes on record, the words for them, and the drawing they make.

Standard library only. An attribute that is None is not on record, and both the words and the drawing say so;
a picture never claims more than the record. Shapes, colors, size, score and imprint are the fields of
Structured Product Labeling (FDA SPL: SPLSHAPE, SPLCOLOR, SPLSIZE, SPLSCORE, SPLIMPRINT).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from shop.appearance.outlines import SHAPES, Picture
from shop.appearance.pictures import PACKAGES, capsule, package, tablet
from shop.appearance.rules import SHAPE_ADJECTIVES, color_class, kind_of, shape_of, two_colors

KEPT_DRAWINGS = 4096  # a hundred thousand products share a few thousand appearances
MOST_PIECES = 4  # SPL knows no more in practice, and no face has room for more
_COMPARE = "Compare it with what is in your bottle, and ask us if it looks different."


@dataclass(frozen=True)
class Appearance:
    """The appearance of one medicine as recorded; None where the record is silent.

    `size_mm` is the longest side. `imprint` is "" where the record says there is none.
    `color2` is a capsule's body where its cap has another color. `pieces` are those a scored tablet is made
    to break into, `product` is whose it is: other makers' pills of the strength may look different.
    """

    form: str = ""
    shape: str | None = None
    color: str | None = None
    color2: str | None = None
    size_mm: float | None = None
    scored: bool | None = None
    imprint: str | None = None
    pieces: int | None = None
    product: str | None = None


@dataclass(frozen=True)
class Drawing:
    """All a template needs: `classes` for the svg, `label` its text alternative, `caption` for a plate."""

    shape: str
    classes: str
    label: str
    caption: str
    imprint: str | None
    dims: str | None
    row: Picture
    plate: Picture


def describe(appearance: Appearance) -> str:
    """The text alternative: "Round, white tablet, 10 mm, scored, imprint WPI 2265"; gaps come last."""
    kind = kind_of(appearance.form)
    noun = appearance.form.lower().strip() or "pill"
    if kind in PACKAGES:
        return f"{kind.capitalize()} of {noun}" if kind != "pack" else f"Pack, {noun}"
    shape = shape_of(appearance.shape)
    adjectives = [SHAPE_ADJECTIVES.get(shape, f"{shape}-shaped")] if shape and kind == "tablet" else []
    adjectives += [_colors(appearance)] if appearance.color else []
    facts = ", ".join([f"{', '.join(adjectives)} {noun}".strip(), *_further_facts(appearance, kind)])
    gaps = _gaps(appearance, kind)
    return facts[:1].upper() + facts[1:] + (f"; {gaps} not on record" if gaps else "")


def draw(appearance: Appearance) -> Drawing:
    """The drawing for a row and for a plate, with the words and classes that go with it."""
    kind = kind_of(appearance.form)
    shape = _outline(appearance) if kind == "tablet" else kind
    imprint, dims = _imprint(appearance), _millimeters(appearance.size_mm)
    row, plate = (_picture(kind, shape, appearance, plate) for plate in (False, True))
    classes, caption = _classes(appearance, kind), _caption(appearance, kind)
    return Drawing(shape, classes, describe(appearance), caption, imprint, dims, row, plate)


def drawing(appearance: Mapping[str, Any] | None, form: str) -> Drawing:
    """The drawing of a variant from its `appearance` column (None: nothing is on record) and its form."""
    known = appearance or {}
    size = known.get("size_mm")
    return _drawn(
        Appearance(
            form=form,
            shape=known.get("shape"),
            color=known.get("color"),
            color2=known.get("color2"),
            size_mm=None if size is None else float(size),
            scored=known.get("scored"),
            imprint=known.get("imprint"),
            pieces=known.get("pieces"),
            product=known.get("product"),
        )
    )


_drawn = lru_cache(maxsize=KEPT_DRAWINGS)(draw)


def _picture(kind: str, shape: str, appearance: Appearance, plate: bool) -> Picture:
    if kind in PACKAGES:
        return package(kind)
    imprint, dims = appearance.imprint, _millimeters(appearance.size_mm)
    if kind == "capsule":
        return capsule(imprint, dims, plate)
    return tablet(shape, imprint, _pieces(appearance), dims, plate)


def _caption(appearance: Appearance, kind: str) -> str:
    label = describe(appearance)
    if kind in PACKAGES:
        return f"{label}. The drawing shows a generic package."
    remarks = [f"{label}."]
    if "unknown" in _classes(appearance, kind):
        remarks.append("Drawn in a neutral shade.")
    if kind == "tablet" and ";" in (appearance.imprint or ""):
        remarks.append("The parts of the imprint may be on different sides.")
    if appearance.product:
        remarks.append(f"This is {appearance.product}; other manufacturers’ may look different.")
    return " ".join([*remarks, _COMPARE])


def _classes(appearance: Appearance, kind: str) -> str:
    """In a neutral shade unless both the shape and the color are on record and among those we draw."""
    if kind in PACKAGES:
        return "pill package"
    first, second = (color_class(color) for color in two_colors(appearance.color, appearance.color2))
    if first is None or (kind == "tablet" and shape_of(appearance.shape) not in SHAPES):
        return "pill unknown"
    return f"pill pill-{first} half-{second or first}"


def _pieces(appearance: Appearance) -> int:
    return min(max(appearance.pieces or 2, 2), MOST_PIECES) if appearance.scored else 1


def _outline(appearance: Appearance) -> str:
    shape = shape_of(appearance.shape)
    return shape if shape in SHAPES else "round"


def _colors(appearance: Appearance) -> str:
    first, second = two_colors(appearance.color, appearance.color2)
    words = first if second is None or second.lower() == first.lower() else f"{first} and {second}"
    return words.lower().replace("grey", "gray")


def _imprint(appearance: Appearance) -> str | None:
    if appearance.imprint is None:
        return None
    return " ".join(re.split(r"[;,\s]+", appearance.imprint.strip())).strip()


def _millimeters(size: float | None) -> str | None:
    return None if size is None else f"{size:g} mm"


def _further_facts(appearance: Appearance, kind: str) -> list[str]:
    facts = [_millimeters(appearance.size_mm) or ""]
    if kind == "tablet" and appearance.scored is not None:
        pieces = _pieces(appearance)
        facts.append(f"scored in {pieces}" if pieces > 2 else "scored" if appearance.scored else "not scored")
    imprint = _imprint(appearance)
    if imprint is not None:
        facts.append(f"imprint {imprint}" if imprint else "no imprint")
    return [fact for fact in facts if fact]


def _gaps(appearance: Appearance, kind: str) -> str:
    """What the record is silent about, as a list with its verb: "size and imprint are"."""
    known = {
        "shape": shape_of(appearance.shape) or kind == "capsule",
        "color": appearance.color,
        "size": appearance.size_mm is not None,
        "score": appearance.scored is not None or kind == "capsule",
        "imprint": appearance.imprint is not None,
    }
    gaps = [name for name, is_known in known.items() if not is_known]
    if len(gaps) < 2:
        return "".join(f"{gap} is" for gap in gaps)
    return f"{', '.join(gaps[:-1])} and {gaps[-1]} are"
