"""Whether a labeler's trade name makes a page a brand's, and what its address is.

A trade name that says no more than the ingredients, form, strength and how it is taken ("Baclofen Tablets
USP", "Children's Ibuprofen") is no brand.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from shop.substances.names import SALTS, words
from shop.substances.spelling import spelled

SLUG_LENGTH = 160
BRAND_LENGTH = 120
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


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word."""
    found = _WORD.findall(text.lower())
    while len(found) > 1 and len("-".join(found)) > length:
        found.pop()
    return "-".join(found)[:length] or "medicine"


def forget() -> None:
    """Give back what reading a directory remembered: comparing it with the catalogue needs the memory."""
    _plain_words.cache_clear()


@lru_cache(maxsize=65536)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(
        _SHORT_NAMES.get(word, word) for word in _WORD.findall(spelled(text.lower().replace("'", "")))
    )


def _proper(name: str) -> str:
    if name.isupper() and len(name) > len("XXX"):
        return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda word: word.group().capitalize(), name)
    return name[:1].upper() + name[1:]
