"""Hold every pair of ingredient and use in the map against the labels at hand.

    python -m bench.finding.labels [FOLDER]     the folder with openFDA label records (../shared/data)

A pair is seen where a label of the ingredient has one of the use's words in its section on uses. It prints
the pairs that labels at hand do not say, and those of which no label is at hand; the file names both under
`unseen`, or under `monograph` where a rule says it.
"""

import json
import re
import sys
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.servers import ROOT
from shop.catalogue.uses import PLUS, dataset, named_in
from shop.safety.dataset import Entry
from shop.substances.names import canonical, moiety

LABELS = ROOT.parent / "shared" / "data"
_SECTIONS = ("indications_and_usage", "purpose")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else LABELS
    said = texts(folder)
    pairs = [(entry, name) for entry in dataset().entries for name in sorted(named_in(entry))]
    judged = [(entry, name, seen(entry, name, said)) for entry, name in pairs]
    for state, title in ((False, "a label is at hand and does not say so"), (None, "no label at hand")):
        print(f"{title}:")
        for entry, name in ((entry, name) for entry, name, found in judged if found is state):
            under = next((one for one in ("unseen", "monograph") if name in entry.texts(one)), "nothing")
            mark = "" if under == "unseen" else f"  (under {under})"
            print(f"  {entry.name}: {name}{mark}")
    print(f"{len(pairs)} pairs, {sum(found is True for *_, found in judged)} of them in a label at hand.")


def seen(entry: Entry, name: str, said: dict[frozenset[str], list[str]]) -> bool | None:
    """Whether a label says so; None where there is none of the ingredient."""
    wanted = [tuple(part.split()) for part in name.split(PLUS)]
    labels = [
        text
        for names, some in said.items()
        if all(any(tuple(written.split()[: len(one)]) == one for written in names) for one in wanted)
        for text in some
    ]
    words = re.compile("|".join(map(re.escape, entry.texts("label"))), re.IGNORECASE)
    return any(words.search(text) for text in labels) if labels else None


def texts(folder: Path) -> dict[frozenset[str], list[str]]:
    """By the names of the substances, with and without salt, what labels say their medicine is for."""
    found: dict[frozenset[str], list[str]] = defaultdict(list)
    for record in _records(folder):
        sections = record.get("sections") or record
        told = [sections.get(name) or "" for name in _SECTIONS]
        text = " ".join(part if isinstance(part, str) else " ".join(part) for part in told)
        facts = record.get("openfda") or record.get("openfda_meta") or {}
        names = [str(one).lower() for one in facts.get("substance_name") or facts.get("generic_name") or ()]
        if text.strip() and names:
            found[frozenset({*map(canonical, names), *map(moiety, names)})].append(text)
    return found


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.rglob("*.tar.*z")):
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.name.endswith(".json") else None
                if file:
                    yield from _of(json.loads(file.read()))
    for path in sorted((folder / "labels_recent").rglob("*.json")):
        yield from _of(json.loads(path.read_text("utf-8")))


def _of(record: Any) -> Iterator[dict[str, Any]]:
    if isinstance(record, dict):
        yield from record.get("results") or [record]


if __name__ == "__main__":
    main()
