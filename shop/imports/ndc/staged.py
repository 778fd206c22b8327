"""A package of the directory on its way beneath a strength."""

from dataclasses import dataclass

from shop.imports.ndc.pages import Strength


@dataclass(slots=True)
class StagedPack:
    """A package to stand beneath a strength. `size` counts what the page sells; None where nobody knows."""

    strength: Strength
    ndc: str
    ndc11: str
    labeler: str
    description: str
    size: int | None = None
