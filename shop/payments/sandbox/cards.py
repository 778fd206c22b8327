"""Stripe's test cards and what the payment page says about a field. Pure.

Of what is typed only a test card's last four digits are kept, by the charge.

Numbers and outcomes: https://docs.stripe.com/testing (cards by response).
"""

import re
from datetime import date
from typing import NamedTuple

from stdnum import luhn


class Verdict(NamedTuple):
    """What a bank would say. `code` and `decline_code` are None for a card that pays."""

    code: str | None
    decline_code: str | None
    sentence: str


class TestCard(NamedTuple):
    """A number that may be typed, and what happens then."""

    number: str
    does: str
    verdict: Verdict

    @property
    def grouped(self) -> str:
        """The number in fours, as it is printed on cards."""
        return " ".join(re.findall(".{1,4}", self.number))


PAYS = Verdict(None, None, "")
TEST_CARDS = (
    TestCard("4242424242424242", "Pays", PAYS),
    TestCard(
        "4000000000000002",
        "Declined without a reason",
        Verdict(
            "card_declined",
            "generic_decline",
            "The card was declined. Try another card, or ask the bank that issued it.",
        ),
    ),
    TestCard(
        "4000000000009995",
        "Declined: not enough money",
        Verdict(
            "card_declined",
            "insufficient_funds",
            "The card was declined: there is not enough money on it. Try another card.",
        ),
    ),
    TestCard(
        "4000000000000069",
        "Declined: the card has expired",
        Verdict("expired_card", "expired_card", "The card was declined: it has expired. Try another card."),
    ),
    TestCard(
        "4000000000000127",
        "Declined: wrong security code",
        Verdict(
            "incorrect_cvc",
            "incorrect_cvc",
            "The card was declined: the security code is not right. Type it again or try another card.",
        ),
    ),
)
NOT_A_TEST_CARD = Verdict(
    "card_declined",
    "test_mode_live_card",
    "This is not one of the test cards below, so it was declined. Never type the number of a real card here.",
)


def judge(number: str) -> Verdict:
    """What happens with a well-formed number (digits only)."""
    return next((card.verdict for card in TEST_CARDS if card.number == number), NOT_A_TEST_CARD)


def digits(text: str) -> str:
    """A number without the spaces and dashes people put in it."""
    return re.sub(r"[\s-]", "", text)


def field_errors(number: str, expiry: str, cvc: str, name: str, today: date) -> dict[str, str]:
    """A sentence for each field that cannot be right; empty if the card may be tried."""
    checks = {
        "number": _number_error(digits(number)),
        "expiry": _expiry_error(expiry, today),
        "cvc": "" if re.fullmatch(r"[0-9]{3,4}", cvc.strip()) else "Type the three digits on the card.",
        "name": "" if name.strip() else "Type the name on the card. Any invented name will do.",
    }
    return {field: sentence for field, sentence in checks.items() if sentence}


def _number_error(number: str) -> str:
    if not number:
        return "Type a card number. One of the test cards below will do."
    if not re.fullmatch(r"[0-9]{12,19}", number):
        return "A card number has 12 to 19 digits and nothing else."
    if not luhn.is_valid(number):  # ISO/IEC 7812-1, annex B
        return "This is not a card number: its last digit does not fit the others. Look for a typing error."
    return ""


def _expiry_error(expiry: str, today: date) -> str:
    match = re.fullmatch(r"\s*([0-9]{1,2})\s*[/ -]\s*((?:20)?[0-9]{2})\s*", expiry)
    if not match or not 1 <= int(match[1]) <= 12:
        return "Type the month and the year, such as 04/30."
    year = int(match[2]) % 100 + 2000
    if (year, int(match[1])) < (today.year, today.month):
        return "This date has passed. Type a month in the future."
    return ""
