"""The five characteristics by which a label states an appearance, read into the fields of an appearance.

SPL (HL7 v3, FDA): SPLSHAPE and SPLCOLOR are codes, SPLSIZE is the longest side in mm, SPLSCORE the number of
pieces a tablet is made to break into (1: not scored), SPLIMPRINT its letters with ";" between the parts.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shop.appearance.terms import COLOR_CODES, NCI_THESAURUS, SHAPE_CODES
from shop.imports.labels.spl_xml import Node

LARGEST_MM = 100
MOST_IMPRINT = 60


@dataclass(frozen=True)
class Stated:
    """Empty when no appearance is stated, or several (`problem`). `notes` tell what was not understood."""

    appearance: dict[str, Any]
    problem: str
    notes: tuple[str, ...]


def read_characteristics(characteristics: list[Node]) -> Stated:
    """The appearance in the `characteristic` elements of one product."""
    notes: list[str] = []
    shapes = _coded(_values(characteristics, "SPLSHAPE"), SHAPE_CODES, "shape", notes)
    colors = _coded(_values(characteristics, "SPLCOLOR"), COLOR_CODES, "color", notes)
    sizes = _sizes(_values(characteristics, "SPLSIZE"), notes)
    scores = _scores(_values(characteristics, "SPLSCORE"), notes)
    imprints = _imprints(_values(characteristics, "SPLIMPRINT"), notes)
    counts = {"shapes": len(shapes), "sizes": len(sizes), "scores": len(scores), "imprints": len(imprints)}
    problems = [f"{count} {what}" for what, count in counts.items() if count > 1]
    if problems:
        return Stated({}, f"states {' and '.join(problems)} for one product", tuple(notes))
    if len(colors) > 2:
        notes.append(f"{len(colors)} colors stated, two kept")
    return Stated(_appearance(shapes, colors, sizes, scores, imprints), "", tuple(dict.fromkeys(notes)))


def _appearance(
    shapes: list[str], colors: list[str], sizes: list[str], scores: list[int], imprints: list[str]
) -> dict[str, Any]:
    """The fields of an appearance for what is stated; a score of 1 is a tablet in one piece: not scored."""
    appearance: dict[str, Any] = {}
    appearance |= {"shape": shapes[0]} if shapes else {}
    appearance |= {"colour": colors[0]} if colors else {}
    appearance |= {"colour2": colors[1]} if len(colors) > 1 else {}
    appearance |= {"size_mm": sizes[0]} if sizes else {}
    appearance |= {"scored": scores[0] > 1, "pieces": scores[0]} if scores else {}
    appearance |= {"imprint": imprints[0]} if imprints else {}
    return appearance


def _values(characteristics: list[Node], name: str) -> list[Node]:
    return [
        value
        for characteristic in characteristics
        for code in characteristic.all("code")
        if code.attributes.get("code") == name
        for value in characteristic.all("value")
        if "nullFlavor" not in value.attributes
    ]


def _coded(values: list[Node], known: dict[str, str], what: str, notes: list[str]) -> list[str]:
    """Our words for coded values, each once, in the label's order."""
    words: list[str] = []
    for value in values:
        code = value.attributes.get("code", "")
        if value.attributes.get("codeSystem") == NCI_THESAURUS and code in known:
            words.append(known[code])
        else:
            notes.append(f"{what} code {code[:20] or 'missing'} is not one of SPL’s")
    return list(dict.fromkeys(words))


def _sizes(values: list[Node], notes: list[str]) -> list[str]:
    sizes: list[str] = []
    for value in values:
        text = value.attributes.get("value", "")
        size = Decimal(text) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,2})?", text) else Decimal(0)
        if value.attributes.get("unit") == "mm" and 0 < size <= LARGEST_MM:
            sizes.append(f"{size.normalize():f}")
        else:
            notes.append("a size that is not a number of millimeters")
    return list(dict.fromkeys(sizes))


def _scores(values: list[Node], notes: list[str]) -> list[int]:
    scores: list[int] = []
    for value in values:
        text = value.attributes.get("value", "")
        if re.fullmatch(r"[1-9]", text):
            scores.append(int(text))
        else:
            notes.append("a score that is not a number of pieces")
    return list(dict.fromkeys(scores))


def _imprints(values: list[Node], notes: list[str]) -> list[str]:
    imprints: list[str] = []
    for value in values:
        text = " ".join(value.text.split())
        if 0 < len(text) <= MOST_IMPRINT:
            imprints.append(text)
        elif text:
            notes.append("an imprint longer than any tablet has room for")
    return list(dict.fromkeys(imprints))
