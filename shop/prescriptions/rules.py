"""How much a prescription allows in all, until when, and whether an NPI is one. Pure; settings come in.

How much of it may be had now stands in `ledger.fills`, what is looked at before an approval in
`verification.checks`, what may follow what in `states`.
"""

from datetime import date, timedelta
from math import ceil

from stdnum import luhn

NPI_DIGITS = 10
NPI_PREFIX = "80840"
SPARE_DAYS = 3
"""A refill opens so that it arrives this many days before the last supply ends, by the promised delivery."""
MOST_ITEMS = 6
MOST_DOCUMENTS = 5
MOST_OPEN = 10
LONGEST_DAYS = 12 * 31
"""Days of all fills together: a prescription lives a year, and so do its fills; a month has up to 31 days."""


def authorized(quantity: int, refills: int) -> int:
    """Units a prescription item allows in all: quantity x (1 + refills). 90 with 2 refills: 270."""
    return quantity * (1 + refills)


def remaining(authorized: int, taken: int) -> int:
    """Units left in all. `taken` counts what was dispensed and what orders hold. What of it may be had now,
    and from when more, `ledger.fills` says.
    """
    return authorized - taken


def refill_wait(days: int, share: float, promise_days: int) -> int:
    """Days after its shipment that a supply of `days` keeps the next one closed; at least 1.

    min(ceil(share x days), days - delivery promise - SPARE_DAYS): 30 days and 7 days' delivery: 20.
    """
    used = ceil(round(share * days, 6))  # 55 % of 20 days are 11, not a float's 11.000000000000002
    return max(1, min(used, days - promise_days - SPARE_DAYS))


def last_day(issued_on: date, life_days: int) -> date:
    """The last day on which something is dispensed. Most states: one year for what is not controlled.

    Of a day near the end of the calendar, which somebody mistyped, it is the calendar's last.
    """
    return issued_on + min(timedelta(days=life_days), date.max - issued_on)


def first_day(issued_on: date, fill_from: date | None) -> date:
    """The first day on which something is dispensed: the date of issue, or the day it says it waits for."""
    return max(issued_on, fill_from or issued_on)


def valid_on(expires_on: date | None, day: date) -> bool:
    """A prescription may be filled through its last day; one without a last day is not valid on any.

    `Prescription.valid_on` asks this of a row and in SQL.
    """
    return expires_on is not None and expires_on >= day


def valid_npi(text: str) -> bool:
    """Whether `text` is a National Provider Identifier: ten digits, the first 1 or 2, Luhn over 80840 + NPI.

    Source: CMS, "Requirements for NPI and NPI check digit". Some published examples pass Luhn with a 0 first.
    """
    if len(text) != NPI_DIGITS or not (text.isascii() and text.isdecimal()) or text[0] not in "12":
        return False
    return bool(luhn.is_valid(NPI_PREFIX + text))
