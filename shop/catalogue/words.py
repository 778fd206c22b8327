"""How the catalogue says things in a list's few letters. Pure."""

from collections.abc import Sequence

MOST_LETTERS = 160


def strengths_in_words(strengths: Sequence[str], most: int = 5) -> str:
    """ "10, 20, 25 mg" where the unit is shared; beyond `most`, how many there are."""
    if len(strengths) > most:
        return f"{len(strengths)} strengths, {_short(strengths[0])} to {_short(strengths[-1])}"
    parts = [strength.split(" ") for strength in strengths]
    if all(len(part) == 2 and part[1] == parts[0][1] for part in parts):
        return _short(f"{', '.join(part[0] for part in parts)} {parts[0][1]}", MOST_LETTERS)
    return _short(", ".join(strengths), MOST_LETTERS)


def _short(text: str, most: int = 60) -> str:
    """Sunscreens have a dozen ingredients, and so a dozen strengths in one."""
    return text if len(text) <= most else text[: most - 1].rstrip(" ,/") + "…"
