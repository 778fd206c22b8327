"""What a Structured Product Label (HL7 v3, FDA) states of the appearance of its products: read, not judged.

Each product, and each part of a kit, states shape, colors, size, score and imprint as characteristics of
its own: SPLSHAPE and SPLCOLOR are codes, SPLSIZE is the longest side in mm, SPLSCORE the number of pieces a
tablet is made to break into (1: not scored), SPLIMPRINT its letters with ";" between the parts. Pure: from
the tree of a document to statements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shop.appearance.rules import COLOR_CODES, NCI_THESAURUS, SHAPE_CODES
from shop.imports.labels.spl_xml import LabelRefused, Node

# --- The five characteristics -----------------------------------------------------------------------------

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
    appearance |= {"color": colors[0]} if colors else {}
    appearance |= {"color2": colors[1]} if len(colors) > 1 else {}
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


# --- The statements of a label ----------------------------------------------------------------------------

NDC_CODES = "2.16.840.1.113883.6.69"
_PRODUCT_NDC = re.compile(r"(\d{4,5})-(\d{3,4})")


@dataclass(frozen=True)
class Statement:
    """What a label states of one product. `appearance` is None when it states none, or several (`problem`).

    `ndc` is the product's code as printed (labeler-product), "" for a part of a kit that has none.
    `appearance` has the fields of `Variant.appearance`. `notes` say what was stated and not understood.
    """

    ndc: str
    name: str
    appearance: dict[str, Any] | None
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Labeler and product as the first nine of a package code's eleven digits."""
        return product_key(self.ndc)


def product_key(ndc: str) -> str:
    """ "0071-0155" → "000710155"; "" for what is no product's code."""
    found = _PRODUCT_NDC.fullmatch(ndc)
    return found[1].zfill(5) + found[2].zfill(4) if found else ""


def statements(document: Node, today: date) -> list[Statement]:
    """Every product of the label, in order. Raises LabelRefused when it does not say which label it is, or is
    not in force yet: one dated years ahead by a slip would hide every newer label until then.
    """
    edition = _edition(document, today)
    found: list[Statement] = []
    for node in document.walk():
        for inner in node.all("manufacturedProduct") + node.all("manufacturedMedicine"):
            if node.tag == "manufacturedProduct":
                found += _product(node, inner, edition)
    return found


def _edition(document: Node, today: date) -> dict[str, Any]:
    set_id, version = document.first("setId"), document.first("versionNumber")
    stated = document.first("effectiveTime")
    root = set_id.attributes.get("root", "") if set_id else ""
    number = version.attributes.get("value", "") if version else ""
    day = _day(stated.attributes.get("value", "")) if stated else None
    if not re.fullmatch(r"[0-9A-Fa-f-]{36}", root) or not re.fullmatch(r"[0-9]{1,6}", number) or day is None:
        raise LabelRefused("The label does not state its set id, its version and its effective date.")
    if day > today:
        raise LabelRefused(f"The label is dated {day.isoformat()}, in the future: import it on that day.")
    return {"set_id": root.lower(), "version": int(number), "effective_on": day.isoformat()}


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date() if text[:8].isdecimal() else None  # noqa: DTZ007
    except ValueError:
        return None


def _product(outer: Node, inner: Node, edition: dict[str, Any]) -> Iterator[Statement]:
    ndc, name = _ndc(inner), _name(inner)
    parts = inner.all("part")
    yield _statement(ndc, name, _characteristics(outer, inner), edition, is_kit=bool(parts))
    for part in parts:
        for kind in ("partProduct", "partMedicine"):
            for content in part.all(kind):
                label = _name(content) or f"part of {name}"
                yield _statement(_ndc(content), label, _characteristics(part, content), edition)


def _ndc(product: Node) -> str:
    code = product.first("code")
    if code is None or code.attributes.get("codeSystem") != NDC_CODES:
        return ""
    return code.attributes.get("code", "").strip()[:20]


def _name(product: Node) -> str:
    name = product.first("name")
    return " ".join(name.text.split())[:200] if name else ""


def _characteristics(*holders: Node) -> list[Node]:
    return [node for holder in holders for node in holder.all("subjectOf", "characteristic")]


def _statement(
    ndc: str, name: str, characteristics: list[Node], edition: dict[str, Any], is_kit: bool = False
) -> Statement:
    stated = read_characteristics(characteristics)
    notes = ("a kit: each part has an appearance of its own", *stated.notes) if is_kit else stated.notes
    if stated.problem or not stated.appearance:
        return Statement(ndc, name, None, stated.problem, notes)
    source = f"SPL set {edition['set_id']}, version {edition['version']}, effective {edition['effective_on']}"
    whole = stated.appearance | {"product": name, "product_ndc": ndc, "source": source, "label": edition}
    return Statement(ndc, name, whole, notes=notes)
