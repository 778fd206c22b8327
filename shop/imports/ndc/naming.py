"""How categories are called, and whether a trade name makes a page a brand's.

A trade name that says no more than the ingredients, form, strength and how it is taken ("Baclofen Tablets
USP", "Children's Ibuprofen") is no brand.

Categories come from pharmacologic classes: "HMG-CoA Reductase Inhibitor [EPC]" is filed under "Statins". Only
established classes (EPC) count, and names say the class, not what it is good for; classes that
`data/classes.toml` does not name keep their own words, in sentence case.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from shop.catalogue.sale_units import read_packaging
from shop.substances.identity import mark_in
from shop.substances.names import SALTS, canonical, moiety, spelled, words
from shop.substances.strengths import amount

BRAND_LENGTH = 120
CLASS_NAMES = Path(__file__).parent / "data" / "classes.toml"
CATEGORY_LENGTH = 120
_CLASS = re.compile(r"([^,\[\]][^\[\]]*?) \[EPC\]")
_ACRONYM = re.compile(r"[A-Z0-9]{2,}|.*\d.*|[A-Z]\b")
_KEPT_WHOLE = frozenset({"mTOR", "GLP-1", "T", "B", "C", "D", "E", "K", "A"})
_WORD = re.compile(r"[a-z0-9]+")
_NUMBERED = re.compile(r"\d+(mg|mcg|g|ml|hr|hour|units?|meq)?")
_SHORT_NAMES = {
    "hctz": "hydrochlorothiazide",
    "apap": "acetaminophen",
    "asa": "aspirin",
    "hcl": "hydrochloride",
    "tmp": "trimethoprim",
    "smz": "sulfamethoxazole",
    "smx": "sulfamethoxazole",
    "pse": "pseudoephedrine",
    "dm": "dextromethorphan",
    "na": "sodium",
}

DESCRIBING = SALTS | words(
    "and with in of for plus usp nf tablet tablets tab tabs capsule capsules caps caplet caplets softgel "
    "softgels solution suspension cream ointment gel lotion injection syrup elixir drops spray powder patch "
    "oral topical ophthalmic otic nasal extended release delayed er xr xl sr dr ec la cr odt orally "
    "disintegrating chewable coated film enteric effervescent immediate hr hour hours mg mcg g ml meq unit "
    "units strength regular extra maximum original adult adults children childrens child infant infants "
    "junior jr s low dose dye sugar free alcohol flavor flavored cherry grape orange berry mint unflavored "
    "otc rx only hcl hbr intrathecal intravenous intramuscular subcutaneous vaginal rectal sublingual buccal "
    "eye ear"
)


def brand_of(trade_name: str, suffix: str, known: Iterable[str]) -> str | None:
    """The brand, or None when the trade name only repeats what is `known` (generic name, substances)."""
    said = _plain_words(trade_name)
    generic = {word for text in known for word in _plain_words(text)}
    if not {word for word in said if not _NUMBERED.fullmatch(word)} - generic - DESCRIBING:
        return None
    name = _proper(" ".join(trade_name.split()))
    addition = " ".join(suffix.split())
    if addition.isalpha() and len(addition) <= len("XXXX") and addition.lower() not in said:
        name = f"{name} {addition.upper()}"
    return name[:BRAND_LENGTH].strip()


def forget() -> None:
    """Give back what reading a file remembered: what comes next needs the memory."""
    for remembered in (_plain_words, amount, canonical, moiety, mark_in, read_packaging):
        remembered.cache_clear()


@lru_cache(maxsize=65536)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(
        _SHORT_NAMES.get(word, word) for word in _WORD.findall(spelled(text.lower().replace("'", "")))
    )


def _proper(name: str) -> str:
    if name.isupper() and len(name) > len("XXX"):
        return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda word: word.group().capitalize(), name)
    return name[:1].upper() + name[1:]


@lru_cache(maxsize=16384)
def categories_of(classes: str) -> tuple[str, ...]:
    """Names of categories for one row's field of classes, in alphabetical order, each once."""
    names: set[str] = set()
    for found in _CLASS.finditer(classes):
        names.update(_named(found[1].strip(" ,;")))
    return tuple(sorted(names))


@lru_cache(maxsize=16384)
def established(classes: str) -> tuple[str, ...]:
    """The established classes (EPC) of one row's field, in the directory's words, each once."""
    return tuple(sorted({found[1].strip(" ,;") for found in _CLASS.finditer(classes)}))


@lru_cache(maxsize=2048)
def _named(term: str) -> tuple[str, ...]:
    known = class_names().get(term.lower())
    return known if known is not None else (_cleaned(term),)


@lru_cache(maxsize=1)
def class_names() -> dict[str, tuple[str, ...]]:
    with CLASS_NAMES.open("rb") as file:
        return {term.lower(): tuple(names) for term, names in tomllib.load(file)["classes"].items()}


def _cleaned(term: str) -> str:
    first, *rest = term.split() or ["Other"]
    text = " ".join([first, *(_lowered(word) for word in rest)])
    text = text[:1].upper() + text[1:]
    last = text.rsplit(" ", 1)[-1]
    if last.isalpha() and not last.endswith(("s", "therapy", "acid", "salt", "mimetic")):
        text = f"{text[:-1]}ies" if last.endswith("y") and last[-2:-1] not in "aeiou" else f"{text}s"
    return text[:CATEGORY_LENGTH]


def _lowered(word: str) -> str:
    return word if word in _KEPT_WHOLE or _ACRONYM.fullmatch(word) else word.lower()
