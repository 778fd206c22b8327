"""Dosage forms in plain words: the directory's "TABLET, FILM COATED" taken by mouth is a tablet.

A coat of film, color or sugar changes nothing a pharmacist would ask about, so these share a word. What
changes how the medicine is released or taken (extended release, delayed release, chewable) does not.
Liquids and ointments carry where they go: drops for the eye are not drops for the ear.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from shop.substances.names import words as _words

COSMETIC = frozenset(
    {"film coated", "coated", "sugar coated", "multilayer", "gelatin coated", "liquid filled"}
)
ORAL_SOLIDS = _words("tablet capsule caplet pill lozenge pastille troche wafer pellet globule")
BY_MASS = _words(
    "cream ointment gel jelly paste salve powder crystal granules stick soap toothpaste poultice lipstick"
)
BY_VOLUME = _words(
    "solution suspension liquid syrup elixir tincture lotion shampoo emulsion concentrate oil rinse "
    "mouthwash enema douche irrigant liniment drops extract injection"
)
NO_PLURAL = (
    (BY_MASS - _words("stick soap lipstick")) | (BY_VOLUME - _words("enema douche injection")) | {"gum"}
)
WHOLE = {  # the directory's words that no rule turns into ours
    "aerosol, foam": "foam",
    "aerosol, powder": "powder aerosol",
    "aerosol, spray": "aerosol spray",
    "bar, chewable": "chewable bar",
    "capsule, coated pellets": "coated-pellet capsule",
    "capsule, delayed release pellets": "delayed-release capsule",
    "cream, augmented": "augmented cream",
    "for solution": "powder for solution",
    "for suspension": "powder for suspension",
    "gel, dentifrice": "gel toothpaste",
    "granule": "granules",
    "granule, delayed release": "delayed-release granules",
    "granule, effervescent": "effervescent granules",
    "granule, for solution": "granules for solution",
    "granule, for suspension": "granules for suspension",
    "gum, chewing": "chewing gum",
    "injectable, liposomal": "liposomal injection",
    "injection, solution": "injection",
    "injection, solution, concentrate": "concentrate for injection",
    "injection, suspension": "injectable suspension",
    "injection, suspension, extended release": "extended-release injectable suspension",
    "injection, suspension, liposomal": "liposomal injectable suspension",
    "injection, emulsion": "injectable emulsion",
    "injection, lipid complex": "lipid-complex injection",
    "injection, powder, for solution": "powder for injection",
    "injection, powder, for suspension": "powder for injectable suspension",
    "injection, powder, for suspension, extended release": "powder for extended-release injection",
    "injection, powder, lyophilized, for solution": "powder for injection",
    "injection, powder, lyophilized, for suspension": "powder for injectable suspension",
    "injection, powder, lyophilized, for liposomal suspension": "powder for liposomal injection",
    "lotion/shampoo": "lotion shampoo",
    "paste, dentifrice": "toothpaste",
    "powder, dentifrice": "powder toothpaste",
    "solution/ drops": "drops",
    "solution, concentrate": "concentrate",
    "solution, gel forming / drops": "gel-forming drops",
    "suspension/ drops": "suspension drops",
    "shampoo, suspension": "shampoo",
    "spray, suspension": "suspension spray",
}
PLACES = {  # where it goes, said before the form
    "ophthalmic": "eye",
    "conjunctival": "eye",
    "auricular (otic)": "ear",
    "nasal": "nasal",
    "vaginal": "vaginal",
    "rectal": "rectal",
    "sublingual": "sublingual",
    "buccal": "buccal",
    "dental": "dental",
    "periodontal": "dental",
    "intrathecal": "intrathecal",
    "epidural": "epidural",
    "intravitreal": "intravitreal",
    "intraocular": "intraocular",
    "respiratory (inhalation)": "inhalation",
    "urethral": "urethral",
}
_POURED = _words("syrup elixir")
PLACED_ORALLY = _words(
    "solution suspension liquid drops powder concentrate emulsion gel granules spray film strip oil "
    "paste jelly"
)
SAME_WORD = {  # a solution for the eye comes as drops, whichever way the labeler filed it
    "eye solution": "eye drops",
    "ear solution": "ear drops",
    "eye suspension": "eye suspension drops",
    "ear suspension": "ear suspension drops",
    "inhalation inhalant": "inhalant",
    "dental toothpaste": "toothpaste",
    "dental gel toothpaste": "gel toothpaste",
    "dental mouthwash": "mouthwash",
    "rectal suppository": "suppository",
}
PACKED = _words("suppository patch film foam kit insert ring swab sponge strip gum inhalant aerosol spray")
RELEASES = ("chewable", "delayed-release", "effervescent", "extended-release", "orally disintegrating")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Form:
    """`word` and `plural` as the page says them; `unit` is what a price is for: pill, mL, g or pack."""

    word: str
    plural: str
    unit: str


def known_forms() -> list[str]:
    """Every form that a person may choose, in our words and in alphabetical order; where it goes comes after.

    "Solution" given into the eye becomes "eye drops" by `plain_form`.
    """
    kinds = {f"{kind} {solid}" for kind in RELEASES for solid in ("tablet", "capsule")}
    return sorted(ORAL_SOLIDS | BY_MASS | BY_VOLUME | PACKED | kinds | set(WHOLE.values()))


def place_in(form: str) -> str:
    """Where a form in our words says that it goes ("eye" of "eye drops"); "" where it does not say."""
    first = form.partition(" ")[0]
    return first if first in PLACES.values() else ""


def form_word(text: str) -> str:
    """Our word for a form that may be the directory's or ours: "film-coated tablet" is a tablet."""
    words = _SPACES.sub(" ", text.strip().lower())
    for coat in ("film-coated ", "liquid-filled ", "sugar-coated ", "coated ", "gelatin-coated "):
        words = words.removeprefix(coat)
    return plain_form(words, "").word if "," in words or "/" in words else words


def is_poured(word: str) -> bool:
    """Whether it is a liquid for drinking, which a pharmacy pours out of its bottle by the mL."""
    made_up = "powder" in word or "granules" in word  # with water, bottle by bottle
    return not made_up and (word.startswith("oral") or _head(word) in _POURED)


@lru_cache(maxsize=4096)
def plain_form(official: str, routes: str) -> Form:
    """The form in plain words, from the directory's form and its list of routes ("ORAL; TOPICAL")."""
    word = _unplaced(_SPACES.sub(" ", official.strip().lower()))
    place = _place(word, [route.strip().lower() for route in routes.split(";") if route.strip()])
    if place and place not in word:
        word = SAME_WORD.get(f"{place} {word}", f"{place} {word}")
    return Form(word[:80].strip(), _plural(word)[:80].strip(), _unit(word))


def _unplaced(official: str) -> str:
    if official in WHOLE:
        return WHOLE[official]
    head, *rest = official.split(", ")
    rest = [part for part in rest if part not in COSMETIC]
    purpose = "".join(f" {part}" for part in rest if part.startswith("for "))
    kinds = sorted(part.replace(" ", "-") for part in rest if not part.startswith("for "))
    kinds = [kind.replace("orally-disintegrating", "orally disintegrating") for kind in kinds]
    return " ".join([*kinds, head]) + purpose or "unspecified form"


def _place(word: str, routes: list[str]) -> str:
    head = _head(word)
    if not routes:
        return ""
    if len(routes) > 1:
        named = {PLACES.get(route, "") for route in routes}
        return named.pop() if len(named) == 1 else ""
    route = routes[0]
    if route == "oral":
        return "oral" if head in PLACED_ORALLY else ""
    if route == "topical":
        return (
            "topical"
            if head in PLACED_ORALLY - {"gel", "paste", "jelly", "oil"} or head in ORAL_SOLIDS
            else ""
        )
    return PLACES.get(route, "")


def _head(word: str) -> str:
    return word.split(" for ")[0].split(" ")[-1]


def _plural(word: str) -> str:
    name, separator, purpose = word.partition(" for ")
    head = name.split(" ")[-1]
    if head in NO_PLURAL or head.endswith("s"):
        return word
    if head.endswith(("ch", "sh", "x")):
        many = f"{name}es"
    else:
        many = f"{name[:-1]}ies" if head.endswith("y") and head[-2:-1] not in "aeiou" else f"{name}s"
    return f"{many}{separator}{purpose}"


def _unit(word: str) -> str:
    head = _head(word)
    if "powder for" in word and "inject" in word:
        return "pack"
    if head in ORAL_SOLIDS:
        elsewhere = (
            "vaginal",
            "rectal",
            "urethral",
            "topical",
            "inhalation",
            "eye",
            "ear",
            "dental",
            "nasal",
        )
        return "pack" if word.startswith(elsewhere) else "pill"
    if word.endswith("for suspension") and head in BY_MASS:
        return "mL"  # priced as made up
    if head in BY_VOLUME or word.endswith(("injectable suspension", "injectable emulsion")):
        return "mL"
    return "g" if head in BY_MASS else "pack"
