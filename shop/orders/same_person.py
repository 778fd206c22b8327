"""When two orders are for the same person: name and address as a post office would read them. Pure.

Case, accents, punctuation, spaces and the usual abbreviations say nothing: "Ada Spécimen, 12 EXAMPLE ST
Apt 4" is "Ada B. Specimen, 12 Example Street #4". It may take two namesakes at one address for one person,
never one person for two by a mere spelling.
"""

import re

from shop.addresses import PostalAddress
from shop.names import bare_letters

_WORD = re.compile(r"[^\W_]+")
_UNIT = re.compile(
    r"\b(apt|apartment|unit|ste|suite|rm|room|fl|floor|no|num|number)\.?\s*#?\s*(?=\d|[a-z]\b)|#\s*"
)
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "dr",
        "prof",
        "rev",
        "sir",
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "md",
        "do",
        "phd",
        "rn",
        "pharmd",
        "esq",
    ]
)
_ALIKE = {  # USPS Publication 28, appendices B and C: the abbreviation for each
    **dict.fromkeys(("street", "str", "strt"), "st"),
    **dict.fromkeys(("avenue", "aven", "av"), "ave"),
    **dict.fromkeys(("road",), "rd"),
    **dict.fromkeys(("boulevard", "boul"), "blvd"),
    **dict.fromkeys(("drive", "driv", "drv"), "dr"),
    **dict.fromkeys(("lane",), "ln"),
    **dict.fromkeys(("court",), "ct"),
    **dict.fromkeys(("circle", "circ"), "cir"),
    **dict.fromkeys(("place",), "pl"),
    **dict.fromkeys(("square", "sqr"), "sq"),
    **dict.fromkeys(("terrace", "terr"), "ter"),
    **dict.fromkeys(("parkway", "pkway"), "pkwy"),
    **dict.fromkeys(("highway", "hiway"), "hwy"),
    **dict.fromkeys(("trail",), "trl"),
    **dict.fromkeys(("alley",), "aly"),
    **dict.fromkeys(("heights",), "hts"),
    **dict.fromkeys(("route",), "rte"),
    **dict.fromkeys(("saint",), "st"),
    **dict.fromkeys(("mount",), "mt"),
    **dict.fromkeys(("fort",), "ft"),
    **dict.fromkeys(("north",), "n"),
    **dict.fromkeys(("south",), "s"),
    **dict.fromkeys(("east",), "e"),
    **dict.fromkeys(("west",), "w"),
    **dict.fromkeys(("northeast",), "ne"),
    **dict.fromkeys(("northwest",), "nw"),
    **dict.fromkeys(("southeast",), "se"),
    **dict.fromkeys(("southwest",), "sw"),
    **dict.fromkeys(("first",), "1st"),
    **dict.fromkeys(("second",), "2nd"),
    **dict.fromkeys(("third",), "3rd"),
    **dict.fromkeys(("fourth",), "4th"),
    **dict.fromkeys(("fifth",), "5th"),
}


def plain_person(address: PostalAddress) -> str:
    """One text for everything that is the same person at the same address; another for anybody else.

    First and last name, the words of street and unit in any order, and the postal code (five digits of a ZIP
    code). City and state follow from that code, and so do not count.
    """
    return f"{_name(address.recipient)}|{_street(address)}|{_code(address)}"


def _name(recipient: str) -> str:
    words = _WORD.findall(bare_letters(recipient))
    said = [word for word in words if len(word) > 1 and word not in _TITLES] or words
    return " ".join(sorted({said[0], said[-1]})) if said else ""


def _street(address: PostalAddress) -> str:
    plain = _UNIT.sub(" ", bare_letters(f"{address.line1} {address.line2}"))
    return " ".join(sorted(_ALIKE.get(word, word) for word in _WORD.findall(plain)))


def _code(address: PostalAddress) -> str:
    code = "".join(_WORD.findall(bare_letters(address.postal_code)))
    return f"{address.country.casefold()} {code[:5] if address.country == 'US' else code}"
