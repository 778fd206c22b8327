"""Whether a ZIP code lies in a state: by its first three digits, `data/zip_prefixes.toml`. Pure."""

from functools import cache

from shop.safety.dataset import DATA, Dataset, SafetyDataRefused, fields, read
from shop.safety.states_served import state_code
from shop.us_states import NAMES

_NAME = "zip_prefixes.toml"
_PREFIXES = fields("state", required={"prefixes": list})


def zip_fits(state: str, zip_code: str) -> bool:
    """Whether a ZIP code ("94103", "94103-1234") belongs to a state, written as a code or a name."""
    prefix = zip_code.strip()[:3]
    return prefix.isascii() and prefix in prefixes().get(state_code(state) or "", frozenset())


@cache
def prefixes() -> dict[str, frozenset[str]]:
    """Three-digit prefixes by state code. Raises SafetyDataRefused."""
    found = {
        entry.text("state"): frozenset(one for said in entry.texts("prefixes") for one in _range(said))
        for entry in datasets()[0].entries
    }
    if set(found) != set(NAMES):
        raise SafetyDataRefused(f"{_NAME}: not every state has prefixes, or one isn’t a state.")
    return found


@cache
def datasets() -> tuple[Dataset, ...]:
    """The file of this room part, validated in its form."""
    return (read(DATA / _NAME, _PREFIXES),)


def _range(said: str) -> list[str]:
    first, _dash, last = said.partition("-")
    ends = (first, last or first)
    if not all(len(end) == 3 and end.isascii() and end.isdecimal() for end in ends) or ends[0] > ends[1]:
        raise SafetyDataRefused(f"{_NAME}: “{said}” is neither a prefix nor a range of prefixes.")
    return [f"{number:03d}" for number in range(int(ends[0]), int(ends[1]) + 1)]
