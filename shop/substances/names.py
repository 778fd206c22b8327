"""Names of active substances as the directory writes them, and as the pharmacy reads them.

Water of crystallization does not make another medicine, so hydrates share a page. A salt usually does
(metoprolol tartrate and succinate, diclofenac sodium and potassium), so salts are kept apart, except in
`STATED_AS_BASE`: there labelers file one medicine under two names and state the same strengths under both.

Misspellings ("metformin hydrochoride" is no brand, "ursadiol" no substance) are a reviewed list,
`data/spellings.toml`; nothing is corrected by likeness, because a brand often resembles its substance.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

# --- Filed misspellings that join their medicine ----------------------------------------------------------

WORDS = Path(__file__).parent / "data" / "spellings.toml"
_WORD = re.compile(r"[a-z0-9]+")
_GLUED = re.compile(r"\b([a-z]{5,})(\d+(?:\.\d+)?) ?(mg|mcg|g|ml)\b")


@lru_cache(maxsize=1)
def corrections() -> dict[str, str]:
    """By misspelled word, the right one; lower case."""
    with WORDS.open("rb") as file:
        return dict(tomllib.load(file)["words"])


def spelled(text: str) -> str:
    """A lower-case text with its known misspellings put right, and a glued strength parted from the name."""
    words = corrections()
    text = _GLUED.sub(r"\1 \2 \3", text)
    return _WORD.sub(lambda word: words.get(word.group(), word.group()), text)


# --- Substances -------------------------------------------------------------------------------------------


def words(text: str) -> frozenset[str]:
    """A list of words written as one text."""
    return frozenset(text.split())


WATER = words(
    "anhydrous hemihydrate monohydrate sesquihydrate dihydrate trihydrate tetrahydrate pentahydrate "
    "hemipentahydrate hydrate"
)
LONGEST = 200
# one medicine under two names: the directory of 2019 has both, with the same strengths under either
STATED_AS_BASE = {
    "esomeprazole magnesium": "esomeprazole",
    "guanfacine hydrochloride": "guanfacine",
    "labetalol hydrochloride": "labetalol",
    "methotrexate sodium": "methotrexate",
    "montelukast sodium": "montelukast",
    "ondansetron hydrochloride": "ondansetron",
    "pioglitazone hydrochloride": "pioglitazone",
    "pitavastatin calcium": "pitavastatin",
    "tizanidine hydrochloride": "tizanidine",
}
SALTS = WATER | words(
    "acetate arginine aspartate axetil benzathine besylate bisulfate bitartrate bromide calcium chloride "
    "citrate cypionate decanoate dihydrochloride dimesylate dipotassium disodium enanthate erbumine estolate "
    "fumarate hemifumarate hemisulfate hydrobromide hydrochloride lactate lysine magnesium malate maleate "
    "meglumine mesylate napsylate nitrate oxalate pamoate phosphate polistirex potassium saccharate sodium "
    "succinate sulfate tartrate tosylate tromethamine undecanoate free base"
)
ABBREVIATED = {
    "hcl": "hydrochloride",
    "hci": "hydrochloride",  # read from a scan
    "hbr": "hydrobromide",
    "apap": "acetaminophen",
    "asa": "aspirin",
}
_SPLIT = re.compile(r"\s*;\s*(?![^()]*\))")  # not inside brackets: "SOY PROTEIN (ENZYMATIC; 2000 MW)"
_LETTER_OR_NUMBERED = re.compile(r"\b([a-z]|[a-z]{1,3}-?\d+[a-z]?)\b")


def split(text: str) -> list[str]:
    """What stands between the semicolons of a field, in its order; one in brackets parts nothing."""
    return [part for part in _SPLIT.split(text.strip()) if part]


@lru_cache(maxsize=65536)
def canonical(name: str) -> str:
    """The name two rows share when they name the same substance: lower case, no water of crystallization."""
    written = spelled(" ".join(name.lower().replace(",", " , ").split())).split()
    kept = [word for word in written if word not in WATER]
    bare = " ".join(kept or written).replace(" ,", ",").strip(" ,")
    bare = STATED_AS_BASE.get(bare, bare) or " ".join(written)
    return bare[:LONGEST].strip()


def canonical_set(names: Iterable[str]) -> list[str]:
    """The ingredient set: canonical names in alphabetical order, each once."""
    return sorted({canonical(name) for name in names if name.strip()})


def spelled_out(name: str) -> str:
    """The name without the abbreviations of prescriptions and boxes: "loperamide HCl", "APAP"."""
    return " ".join(ABBREVIATED.get(word.lower(), word) for word in name.split())


@lru_cache(maxsize=65536)
def moiety(name: str) -> str:
    """The substance without salt, ester or water: what the law schedules ("CODEINE PHOSPHATE" is codeine)."""
    written = re.sub(r"[,()]", " ", spelled_out(spelled(name.lower()))).split()
    return " ".join(word for word in written if word not in SALTS) or " ".join(written)


def readable(name: str) -> str:
    """For the page: lower case, but "vitamin A" and "F-18" keep their capitals."""
    return _LETTER_OR_NUMBERED.sub(lambda match: match.group().upper(), canonical(name))


# --- Kits -------------------------------------------------------------------------------------------------
# They name their contents in one text; every part of it counts for duplication, allergy, limits and classes.
# The directory states no substance for a kit (1,673 rows of 2019), only a generic name: "Norethindrone,
# ethinyl estradiol, and ferrous fumarate".


_BETWEEN = re.compile(r"\s*(?:[,;/+&]|\band\b|\bwith\b|\bplus\b)\s*", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_SHARE = re.compile(r"\b\d+(?:\.\d+)?\s?(?:%|mg\b|mcg\b|g\b|ml\b)", re.IGNORECASE)
_OTHER_WORDS = ABBREVIATED | {
    "ethyl alcohol": "alcohol",
    "povidone iodine": "povidone-iodine",
    "povidone-lodine": "povidone-iodine",
    "camohor": "camphor",
}
_NOT_SUBSTANCES = words(
    "kit kits usp nsaid tablet tablets capsule capsules solution cream gel lotion shampoo pack daytime "
    "nighttime sterile convenience"
)


class KnownSubstances:
    """Names a part is recognized by: whole as filed elsewhere, or without its salt."""

    def __init__(self, names: Collection[str]) -> None:
        self.whole = {canonical(name) for name in names}
        self.without_salt: dict[str, str] = {}
        for name in sorted(self.whole):
            self.without_salt.setdefault(moiety(name), name)

    def find(self, part: str) -> str | None:
        """The canonical name of one part of a kit, or None. A name without its salt stays without it."""
        name = canonical(part)
        if name in self.whole:
            return name
        return moiety(name) if moiety(name) in self.without_salt else None


def kit_parts(generic: str, known: KnownSubstances) -> tuple[str, ...]:
    """The ingredients a kit's generic name lists, in its order, each once.

    A name of which no part is known is its own one ingredient, as filed. Of one that is known in part, the
    rest stays as it was written: what nobody recognizes must not vanish.
    """
    return _kit_parts(generic, known)


@lru_cache(maxsize=4096)
def _kit_parts(generic: str, known: KnownSubstances) -> tuple[str, ...]:
    whole = known.find(_plain(generic))
    if whole:
        return (whole,)
    texts = [text for text in map(_plain, _BETWEEN.split(_BRACKETS.sub(" ", generic))) if text]
    found = [_listed(text.split(), known) for text in texts]
    if not any(found):
        return (generic,)
    named = [name for names, text in zip(found, texts, strict=True) for name in names or [text]]
    return tuple(dict.fromkeys(named))


def _listed(words: list[str], known: KnownSubstances) -> list[str]:
    """The substances of "acetaminophen phenylephrine hydrochloride"; none unless all words belong to some."""
    if not words:
        return []
    for length in range(len(words), 0, -1):
        name = known.find(" ".join(words[:length]))
        rest = words[length:]
        if name and (not rest or (more := _listed(rest, known))):
            return [name, *(more if rest else [])]
    return []


def _plain(text: str) -> str:
    """Lower case, spelled right, without strengths and without words that name no substance."""
    text = spelled(" ".join(_SHARE.sub(" ", text.lower()).split()).strip(" .-"))
    text = " ".join(_OTHER_WORDS.get(word, word) for word in text.split() if word not in _NOT_SUBSTANCES)
    return _OTHER_WORDS.get(text, text)
