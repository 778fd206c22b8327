"""What a page is called, and whether a labeler's trade name makes it a brand's page.

A trade name that says no more than the ingredients, form, strength and how it is taken ("Baclofen Tablets
USP", "Children's Ibuprofen") is no brand.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from shop.substances.names import SALTS, readable

NAME_LENGTH = 200
SLUG_LENGTH = 160
BRAND_LENGTH = 120
NAMED_IN_FULL = 4
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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DESCRIBING = SALTS | _words(
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


def generic_name(ingredients: Sequence[str]) -> str:
    """ "Sulfamethoxazole and trimethoprim"; more than four: "Avobenzone, homosalate and 3 more"."""
    names = [readable(name) for name in ingredients] or ["ingredients not stated"]
    if len(names) > NAMED_IN_FULL:
        names = [*names[:2], f"{len(names) - 2} more"]
    text = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if len(text) > NAME_LENGTH:
        text = text[: NAME_LENGTH - 1].rstrip() + "…"
    return text[:1].upper() + text[1:]


def slug_of(text: str, length: int = SLUG_LENGTH) -> str:
    """Lower-case ASCII words joined by hyphens, cut at a word."""
    words = _WORD.findall(text.lower())
    while len(words) > 1 and len("-".join(words)) > length:
        words.pop()
    return "-".join(words)[:length] or "medicine"


@lru_cache(maxsize=65536)
def _plain_words(text: str) -> frozenset[str]:
    return frozenset(_SHORT_NAMES.get(word, word) for word in _WORD.findall(text.lower().replace("'", "")))


def _proper(name: str) -> str:
    if name.isupper() and len(name) > len("XXX"):
        return re.sub(r"[A-Za-z]+('[A-Za-z]+)?", lambda word: word.group().capitalize(), name)
    return name[:1].upper() + name[1:]
