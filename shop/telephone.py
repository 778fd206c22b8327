"""Telephone numbers: read as people type and paste them, kept in one form, and written for people. Pure.

Kept is the number with its country and extension, "+15555550142;ext=12" (E.164, the extension as RFC 3966 has
it): 28 characters at most. Numbering plans are those of the library `phonenumbers`. A number is refused for
its length only: which ranges are in use changes faster than a store is upgraded.
"""

import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

LONGEST_TYPED = 64


def telephone(text: str, country: str) -> str | None:
    """The number in its one form; None for what is none. `country` (ISO 3166 alpha-2) is whose numbers are
    typed without a country code.

    Digits of any script, extensions ("x12", "ext. 12", "#12") and signs that nobody sees are understood. A
    number without its area code is none.
    """
    number = _read(text, country)
    return None if number is None else _kept(number)


def written(kept: str, country: str) -> str:
    """A number for people: as its country writes it, with the country code where that is not `country`'s.

    What an earlier release kept as typed is read first; what can't be read stays as it is.
    """
    number = _read(kept, country)
    if number is None:
        return kept
    at_home = number.country_code == phonenumbers.country_code_for_region(country)
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def _kept(number: PhoneNumber) -> str:
    plain = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{plain};ext={number.extension}" if number.extension else plain


def _read(text: str, country: str) -> PhoneNumber | None:
    shown = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cc"))
    if len(shown) > LONGEST_TYPED or any(sign.isalpha() for sign in _without_extension(shown)):
        return None  # the library would dial letters: "1-800-PILLS" is a word that a customer can spell out
    try:
        number = phonenumbers.parse(shown, country)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if possible else None


def _without_extension(shown: str) -> str:
    """The part before an extension's mark, which is a word or a letter."""
    plain = unicodedata.normalize("NFKC", shown).casefold()
    for mark in ("extension", "ext", ";ext=", "x"):
        head, found, tail = plain.partition(mark)
        if found and any(sign.isdigit() for sign in tail):
            return head + tail
    return plain
