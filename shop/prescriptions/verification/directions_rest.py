"""What directions say beside dose and frequency: route, manner, what it is for; which words are left over.

Pure. Codes stand for phrases that can be printed in another language; a free text never is.
"""

import re
from dataclasses import dataclass

ROUTES = {
    "mouth": r"(?:by )?mouth|po|p o|orally|oral|by oral route|per os",
    "tongue": r"(?:under the tongue(?: and allow to dissolve)?|sublingual(?:ly)?|sl)(?: sublingual)?",
    "inhaled": r"(?:by |via )?(?:inhalation(?: route)?|nebuli[sz](?:er|ation))|inh|inhaled?"
    r"|using (?:an )?inhaler",
    "each eye": r"(?:in|into|to) (?:both|each) eyes?|ou",
    "each ear": r"(?:in|into|to) (?:both|each) ears?",
    "each nostril": r"(?:in|into|to|by|in to)? ?(?:both|each) nostrils?(?: route)?",
    "skin": r"topically|to (?:the )?skin|on (?:the )?skin",
    "under the skin": r"sub ?q|sc|subcutaneous(?:ly)?|under the skin",
    "rectum": r"rectally|per rectum",
    "vagina": r"vaginally",
}
MANNERS = {
    "with_food": r"with (?:food|meals?|food or milk|milk|a snack)(?: or milk)?|after (?:food|eating)",
    "with_water": r"with (?:a full glass of |a glass of |\d+ ?(?:oz|ounces) of )?water",
    "empty_stomach": r"on an empty stomach|without food",
    "whole": r"(?:swallow(?:ed)? whole )?do not (?:crush|chew|split)"
    r"(?:(?: or |/| )(?:crush|chew|split|break))*|swallow(?:ed)? whole",
    "shake": r"shake (?:well|before use)",
    "rinse": r"rinse mouth (?:with water )?after use",
}
_VERB = re.compile(r"^(?:take take|take|tk|give|t)\b")
_VERB_OF_ROUTE = re.compile(r"^(?:use|instill|put|place|spray)\b")
_NOTHING = re.compile(r"\b(?:and|by|the|of|each|total|a|x|at|int|-|=)\b|[-–:=/+,*]")
_FOR = re.compile(r"^(?:(?:prn|int|for|if|relief of|treatment of|to treat) )+")
_TELLING = re.compile(r"[a-z]+(?:[ /-]+[a-z]+){0,5}")
_NO_USE = re.compile(
    r"\b(?:not|no|stop|until|unless|may|must|do|dont|instr|inform|patient|ok|if|day|week|month|home|school|eye|ear"
    r"|only|use|int|with|for|\w+for|\w*instr\w*|\w*prn\w*|tabs?|caps?|tablets?|capsules?|mg|total|dispense|refill|replaces|add|take|supply|as)\b"
)


@dataclass(frozen=True)
class Rest:
    """`route` is a key of ROUTES or "", `manner` keys of MANNERS; `indication` the directions' own words.

    `words` are those that nothing explains: whoever reads the directions must read them.
    """

    route: str = ""
    manner: tuple[str, ...] = ()
    indication: str = ""
    words: str = ""


NOTHING = Rest()


def rest_of(text: str, beside: str, as_needed: bool) -> Rest:
    """What is left of plain directions once doses, frequencies and durations are taken out.

    `beside` is what else was taken out before ("with a full glass of water", "30 minutes before").
    """
    manner = [code for code, words in MANNERS.items() if re.search(rf"\b(?:{words})\b", f"{text} {beside}")]
    routes = [code for code, words in ROUTES.items() if re.search(rf"\b(?:{words})\b", text)]
    for words in (*MANNERS.values(), *sorted(ROUTES.values(), key=len, reverse=True)):
        text = re.sub(rf"\b(?:{words})\b", " ", text)
    left = " ".join(text.split())
    if re.search(r"\d", re.sub(r"\d+ ?(?:oz|ounces)", "", beside)):
        left = f"{left} {beside}"
    route = routes[0] if len(routes) == 1 else ""
    if len(routes) > 1:
        special = [one for one in routes if one in ("tongue", "inhaled")]
        if len(special) == 1 and {*routes} == {"mouth", *special}:
            route = special[0]
        else:
            left = f"{left} {' '.join(routes)}"
    left = " ".join(_VERB.sub(" ", " ".join(left.split())).split())
    if route not in ("", "mouth"):
        left = " ".join(_VERB_OF_ROUTE.sub(" ", left).split())
    use = _indication(left, as_needed)
    words = "" if use else " ".join(_NOTHING.sub(" ", left).split())
    return Rest(route, tuple(manner), use, words)


def _indication(left: str, as_needed: bool) -> str:
    """What it is for, where the words left over say nothing else."""
    words = " ".join(left.split())
    if not as_needed and not words.startswith("for "):
        return ""
    use = " ".join(_FOR.sub("", words.strip("- ")).split())
    return use if _TELLING.fullmatch(use) and not _NO_USE.search(use) and len(use) <= 60 else ""
