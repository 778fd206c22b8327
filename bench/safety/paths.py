"""Every path of every case: what came of it is "sold", or the code of the refusal."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench.safety.cases import CASES, PATHS, SOLD, Case
from bench.safety.counter import buying_paths
from bench.safety.shelf import bring_in, listing_paths


@dataclass(frozen=True)
class Row:
    """A case with what came of it by path; what is not tried there is missing."""

    case: Case
    found: Mapping[str, str]

    @property
    def wrong(self) -> list[str]:
        """The paths on which a refused medicine got through, or one that is sold did not."""
        return [path for path, what in self.found.items() if (what == SOLD) is self.case.refused]


def try_all(app: Flask, cases: Sequence[Case] = CASES) -> list[Row]:
    """Every path of every case, in a store that is empty before, in an application context."""
    with tempfile.TemporaryDirectory(prefix="formulary-safety-") as folder:
        imported = bring_in(Path(folder), cases)
    found = [dict(buying_paths(app, number, case)) for number, case in enumerate(cases)]
    for number, listed in listing_paths(app, cases, imported).items():
        found[number] |= listed
    return [
        Row(case, {path: paths[path] for path in PATHS if path in paths and path in case.paths})
        for case, paths in zip(cases, found, strict=True)
    ]
