"""Rules of accounts: which password is good enough, and when somebody has failed to sign in too often.

Pure: times are arguments, and the numbers are the store's own choice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import idna

from shop.accounts.common_passwords import COMMON

LEAST_LETTERS = 10
MOST_LETTERS = 128
FAILURE_WINDOW = timedelta(minutes=15)
MOST_FAILURES_OF_EMAIL = 10
MOST_FAILURES_OF_ORIGIN = 50  # an office or a household shares one


class WeakPassword(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    REPEATS = "repeats"
    OWN_NAME = "own_name"


def weakness(password: str, email: str = "", name: str = "") -> WeakPassword | None:
    """Why this password would be guessed soon, or None: long enough, not usual, not a name."""
    if len(password) < LEAST_LETTERS:
        return WeakPassword.TOO_SHORT
    if len(password) > MOST_LETTERS:
        return WeakPassword.TOO_LONG
    plain = password.lower()
    core = "".join(plain.split()).strip("0123456789!?.,-_*#@$%&+ ")
    if core in COMMON or core == "":  # nothing but digits and signs
        return WeakPassword.COMMON
    if len(set(plain)) < 4:
        return WeakPassword.REPEATS
    if core in {email.lower(), email.lower().partition("@")[0], "".join(name.lower().split())}:
        return WeakPassword.OWN_NAME
    return None


def wait_before_sign_in(
    of_email: Sequence[datetime], of_origin: Sequence[datetime], at: datetime
) -> timedelta | None:
    """How long until the next try is allowed; None when it is allowed now. Failures come newest first.

    Refused at 10 failures for one email or 50 from one origin in 15 minutes, until enough of them are older.
    """
    waits = [
        failures[most - 1] + FAILURE_WINDOW - at
        for failures, most in ((of_email, MOST_FAILURES_OF_EMAIL), (of_origin, MOST_FAILURES_OF_ORIGIN))
        if len(failures) >= most
    ]
    longest = max(waits, default=timedelta(0))
    return longest if longest > timedelta(0) else None


def plain_email(text: str) -> str:
    """The one spelling under which an email address is kept, looked up and sent to: small letters, no spaces
    around, an international domain as the mail system writes it (“bücher.example”: “xn--bcher-kva.example”).

    What is no address comes back in small letters, for the form to refuse.
    """
    plain = text.strip().lower()
    name, at, domain = plain.rpartition("@")
    if not at or domain.isascii():
        return plain
    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return plain


def shown_email(email: str) -> str:
    """An address for people to read: an international domain in its own letters, “bücher.example”."""
    name, at, domain = email.rpartition("@")
    try:
        return f"{name}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return email
