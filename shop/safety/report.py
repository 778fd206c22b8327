"""What the safety data hold and what they leave open. Pure: names in, lines of a report out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shop.safety import controlled, files
from shop.safety.dataset import Dataset, Entry
from shop.safety.subject import Subject

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Age:
    """A file with its entries, and those that nobody has reviewed for a year."""

    data: Dataset
    old: tuple[Entry, ...]


def ages(today: date) -> tuple[Age, ...]:
    """Every data file as it stands on a day."""
    return tuple(Age(data, data.older_than(today - YEAR)) for data in files.load())


def open_questions(subjects: Iterable[Subject]) -> dict[str, Sequence[str]]:
    """By sign of a controlled substance, the ingredients with it that no entry decides."""
    found: dict[str, set[str]] = {}
    for subject in subjects:
        for sign in controlled.signs_of(subject):
            undecided = [name for name in subject.ingredients if not controlled.decided(name, subject.form)]
            if undecided and len(undecided) == len(subject.ingredients):
                found.setdefault(sign.name, set()).update(undecided)
    return {sign: sorted(names) for sign, names in sorted(found.items())}
