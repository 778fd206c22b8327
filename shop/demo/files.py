"""The demonstration's data files: what they say, and a fingerprint that tells when they change."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def fingerprint() -> str:
    """A hash of every data file, names included: quick, because nothing is parsed."""
    digest = hashlib.sha256()
    for path in [FOLDER / "catalogue.toml", *_monograph_paths()]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def catalogue() -> dict[str, Any]:
    """Categories, medicines with variants and packs, and the sources of their facts."""
    return _read(FOLDER / "catalogue.toml")


def monographs() -> list[dict[str, Any]]:
    """The monograph documents, by slug."""
    return [_read(path) for path in _monograph_paths()]


def _monograph_paths() -> list[Path]:
    return sorted((FOLDER / "monographs").glob("*.toml"))


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)
