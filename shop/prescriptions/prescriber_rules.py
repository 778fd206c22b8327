"""Who a prescriber is: names that mean the same person, and what identifies them in a market. Pure."""

from enum import StrEnum

from shop.names import plain_words

LONGEST_NAME = 120
LONGEST_LICENSE = 60
LONGEST_ADDRESS = 300
LONGEST_PHONE = 40
_TITLES = "aprn bch bs crna dds dmd dnp do dpm dr facp fnp mb mbbch mbbs md msn np od pa pac phd prof rn"
TITLES = frozenset(_TITLES.split())
"""What stands beside a name and is none: two ways to write one prescriber differ in it."""


class Identifier(StrEnum):
    """What identifies a prescriber: the NPI, or a register and the number in it."""

    NPI = "npi"
    LICENSE = "license"


def identifier_of(market: str) -> Identifier:
    """The National Provider Identifier in the United States (45 CFR 162.404); elsewhere register and number.

    Which registers a market has is general knowledge of its pharmacists: the text is kept as it is stated.
    """
    return Identifier.NPI if market == "US" else Identifier.LICENSE


def search_name(name: str) -> str:
    """A name as it is searched: its words in order, without case, accents and punctuation."""
    return " ".join(plain_words(name))[:LONGEST_NAME].rstrip()


def same_prescriber(one: str, other: str) -> bool:
    """Whether two names are one prescriber's: the same words in any order, titles apart."""
    return _bare(one) == _bare(other)


def _bare(name: str) -> list[str]:
    words = sorted(plain_words(name.replace(".", "")))  # "M.D." is one word
    return [word for word in words if word not in TITLES] or words


def plain_license(text: str | None) -> str:
    """Register and number as they are kept: "gmc  1234567" is "GMC 1234567"."""
    return " ".join((text or "").split()).upper()


def valid_license(text: str) -> bool:
    """Whether a plain license names a register, in letters, and a number in it, in digits."""
    known = any(sign.isalpha() for sign in text) and any(sign.isascii() and sign.isdigit() for sign in text)
    return known and len(text) <= LONGEST_LICENSE and text.isprintable()
