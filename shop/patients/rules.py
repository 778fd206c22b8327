"""Who a patient is: names and birth dates that mean the same person, ages, limits. Pure; the day comes in.

Two people with one name are two patients unless their birth dates agree too: nothing here ever merges more.
"""

from datetime import date, timedelta
from enum import StrEnum

from shop.names import plain_name, same_name

MOST_PATIENTS = 10
"""Patients of one account at a time: a household, not an institution (store policy)."""
LONGEST_NAME = 120
OLDEST_YEARS = 125
"""Nobody alive was born longer ago: a birth date beyond it is a slip of the hand."""
ADULT_YEARS = 18
"""Below it a patient is a minor in most states; a parent decides for them (45 CFR 164.502(g)(3))."""
UNDO_FOR = timedelta(days=30)
"""A patient who was removed can be put back for so long (store policy)."""


class Relation(StrEnum):
    """What a patient is to the account holder; None where nobody has said."""

    SELF = "self"
    CHILD = "child"
    ADULT = "adult"  # a dependent adult


class WrongBirthDate(StrEnum):
    """Why a date cannot be this patient's birth date."""

    MISSING = "missing"
    FUTURE = "future"
    TOO_LONG_AGO = "too_long_ago"
    NOT_A_CHILD = "not_a_child"


def plain_person(name: str, born: date | None) -> str:
    """What a patient is found by: the plain name and the birth date, "-" where that is unknown."""
    return f"{plain_name(name)}|{born.isoformat() if born else '-'}"


def age_on(born: date, day: date) -> int:
    """Full years lived on `day`; somebody born on February 29 turns a year older on March 1."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birth_refusal(born: date | None, relation: Relation | None, today: date) -> WrongBirthDate | None:
    """Why this cannot be the birth date of such a patient, or None."""
    if born is None:
        return WrongBirthDate.MISSING
    if born > today:
        return WrongBirthDate.FUTURE
    if today.year - born.year > OLDEST_YEARS:
        return WrongBirthDate.TOO_LONG_AGO
    if relation is Relation.CHILD and age_on(born, today) >= ADULT_YEARS:
        return WrongBirthDate.NOT_A_CHILD
    return None


def relation_of(name: str, account_name: str, born: date | None, today: date) -> Relation | None:
    """What somebody is to the account by name and age alone; None where that does not say it."""
    if same_name(name, account_name):
        return Relation.SELF
    return Relation.CHILD if born and age_on(born, today) < ADULT_YEARS else None


def can_be_put_back(removed_for: timedelta) -> bool:
    """Whether a removal can still be undone."""
    return removed_for < UNDO_FOR
