"""Reading the XML of a label that may be anybody's: within limits, without entities, refused in a sentence.

A label is text and a few hundred coded facts. Its narrative (`text`) is not kept, so a label of megabytes
becomes a small tree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, XMLParser

from shop.errors import DomainError

MOST_BYTES = 20 * 1024 * 1024
DEEPEST = 100  # the labels at hand go down to 24
MOST_ELEMENTS = 100_000
_HL7 = "{urn:hl7-org:v3}"
_CHUNK = 64 * 1024


class LabelRefused(DomainError):
    """A file that is no label we can read; the sentence says why."""

    status = 400
    code = "label_refused"


@dataclass(frozen=True)
class Node:
    """An element of HL7's namespace, its name without it."""

    tag: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, without that of its children, trimmed."""
        return "".join(self.pieces).strip()

    def all(self, *path: str) -> list["Node"]:
        """Descendants reached by these names, one a generation: `all("subjectOf", "characteristic")`."""
        nodes = [self]
        for name in path:
            nodes = [child for node in nodes for child in node.children if child.tag == name]
        return nodes

    def first(self, *path: str) -> "Node | None":
        return next(iter(self.all(*path)), None)

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += reversed(node.children)


def read_tree(path: Path) -> Node:
    """The document element of the label in `path`. Raises LabelRefused."""
    tree = _Tree()
    parser = XMLParser(target=tree, forbid_dtd=True)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise LabelRefused(f"The file is larger than {MOST_BYTES // 1024 // 1024} MB.")
        with path.open("rb") as file:
            _feed(parser, file)
    except OSError as trouble:
        raise LabelRefused(f"The file cannot be read: {trouble.strerror}.") from trouble
    except ParseError as trouble:
        raise LabelRefused(f"The file is not well-formed XML: {trouble}.") from trouble
    except DefusedXmlException as trouble:
        raise LabelRefused("The file declares a document type or entities, which no label does.") from trouble
    except (LookupError, ValueError) as trouble:
        raise LabelRefused("The file is in an encoding that cannot be read.") from trouble
    assert tree.root is not None  # a document without an element is not well-formed
    return tree.root


def _feed(parser: Any, file: Any) -> None:
    chunk = file.read(_CHUNK)
    if not chunk:
        raise LabelRefused("The file is empty.")
    if chunk.startswith(b"PK\x03\x04"):
        raise LabelRefused("This is a ZIP archive: unpack it and use the .xml file in it.")
    while chunk:
        parser.feed(chunk)
        chunk = file.read(_CHUNK)
    parser.close()


class _Tree:
    """What the parser tells of the document, as nodes; keeps to the limits."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._depth = 0
        self._count = 0
        self._left_out_from = 0  # the depth of the narrative we are in, 0 for none

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += not self._left_out_from
        if self._depth > DEEPEST or self._count > MOST_ELEMENTS:
            raise LabelRefused("The file is nested deeper, or has more elements, than any label.")
        if self._depth == 1 and tag != f"{_HL7}document":
            raise LabelRefused("The file is not an HL7 label: its first element is not an HL7 v3 “document”.")
        if self._left_out_from:
            return
        if tag == f"{_HL7}text":
            self._left_out_from = self._depth
            return
        node = Node(tag.removeprefix(_HL7), dict(attributes))
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, tag: str) -> None:
        if not self._left_out_from:
            self._open.pop()
        elif self._left_out_from == self._depth:
            self._left_out_from = 0
        self._depth -= 1

    def data(self, text: str) -> None:
        if self._open and not self._left_out_from:
            self._open[-1].pieces.append(text)

    def close(self) -> None:
        return None
