"""National Drug Codes: labeler, product and package, printed in one of three ways and compared as 11 digits.

Source: FDA, NDC Directory: 4-4-2, 5-3-2 and 5-4-1. The billing format pads the
short part with a zero (5-4-2).
"""

import re

_PRINTED = re.compile(r"(\d{4})-(\d{4})-(\d{2})|(\d{5})-(\d{3})-(\d{2})|(\d{5})-(\d{4})-(\d{1,2})", re.ASCII)
_PRODUCT = re.compile(r"\d{4}-\d{4}|\d{5}-\d{3,4}", re.ASCII)
_ELEVEN = re.compile(r"\d{11}", re.ASCII)
_TEN = re.compile(r"\d{10}", re.ASCII)


_STORE = re.compile(r"STORE-\d{1,10}-\d{1,3}", re.ASCII)


class UnreadableCode(ValueError):
    """A code that cannot be read in one way only; the message is a sentence for the user."""


def eleven_digits(printed: str) -> str:
    """ "0527-1330-01", "16714-071-04" or "60505-0183-0" as 11 digits; 5-4-2 and 11 digits are themselves.

    Ten digits without hyphens are refused: they can be read in three ways, each another medicine.
    """
    text = printed.strip()
    if found := _PRINTED.fullmatch(text):
        labeler, product, package = (part for part in found.groups() if part is not None)
        return f"{labeler:0>5}{product:0>4}{package:0>2}"
    if _ELEVEN.fullmatch(text):
        return text
    if _TEN.fullmatch(text):
        raise UnreadableCode("ten digits can be read in three ways; write the code with its hyphens")
    raise UnreadableCode("not a drug code; it is printed as 4-4-2, 5-3-2 or 5-4-1 digits")


def is_package_code(printed: str) -> bool:
    """Whether it is one of the three printed ways, ten digits in three parts."""
    return bool(_PRINTED.fullmatch(printed)) and len(printed) == len("0000-0000-00")


def is_product_code(printed: str) -> bool:
    """Whether it is labeler and product of one of the three ways: 4-4, 5-3 or 5-4."""
    return bool(_PRODUCT.fullmatch(printed))


def store_code(variant_id: int, number: int) -> str:
    """What a pack without an NDC is known by: the strength and a count of its packs, "STORE-12-1"."""
    return f"STORE-{variant_id}-{number}"


def is_store_code(text: str) -> bool:
    """Whether it is a code of the store's own rather than an NDC."""
    return bool(_STORE.fullmatch(text))


def pack_key(text: str) -> str:
    """What a pack is stored under by its NDC, or by the store's own code. Raises UnreadableCode."""
    own = text.strip().upper()
    return own if is_store_code(own) else eleven_digits(text)
