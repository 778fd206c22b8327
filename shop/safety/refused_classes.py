"""What the safety data refuse, in groups that a person can read: each entry with its reason, source and date.

Pure. Says what `sale.refusal` decides from; decides nothing itself.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from shop.safety import controlled, mailable, states
from shop.safety.dataset import Entry

SECTION = re.compile(r"21 CFR [\d.]+")


@dataclass(frozen=True)
class Refused:
    """One line: what is refused, why, what says so, and when somebody last looked."""

    name: str
    why: str
    source: str
    reviewed: date


@dataclass(frozen=True)
class Group:
    """Lines of one kind; the screen has words for `key`."""

    key: str
    lines: tuple[Refused, ...]


def groups() -> tuple[Group, ...]:
    """Every group, the classes first. Substances that are kept cold are named; those that travel are not."""
    classes, programs, storage, _list = mailable.datasets()
    signs, mixtures = controlled.datasets()[3], controlled.datasets()[4]
    cold = [entry for entry in storage.entries if entry.text("keep") == mailable.COLD]
    return (
        Group("classes", _lines(classes.entries, lambda entry: entry.text("why"))),
        Group("controlled", _schedules()),
        Group("mixtures", _lines(mixtures.entries, lambda entry: entry.text("reason"))),
        Group("signs", _lines(signs.entries, lambda _entry: "no entry decides the substance")),
        Group("programs", _lines(programs.entries, lambda entry: f"program {entry.text('program')}")),
        Group("cold", _lines(cold, lambda _entry: mailable.WHY["cold"])),
        Group("states", _lines(states.datasets()[0].entries, _in_states)),
    )


def _lines(entries: Iterable[Entry], why: Callable[[Entry], str]) -> tuple[Refused, ...]:
    return tuple(Refused(_name(entry), why(entry), entry.source, entry.reviewed) for entry in entries)


def _name(entry: Entry) -> str:
    """A storage fact is named by substances, and place or form; everything else by its name."""
    if not (place := entry.text("place")):
        return entry.name
    return ", ".join([*entry.texts("ingredients"), entry.text("form") or place])


def _in_states(entry: Entry) -> str:
    return f"{', '.join(entry.texts('states'))}: {entry.text('why')}"


def _schedules() -> tuple[Refused, ...]:
    """A line a schedule: the names are hundreds, and the desk finds each by its name."""
    return tuple(_schedule(schedule) for schedule in ("I", "II", "III", "IV", "V"))


def _schedule(schedule: str) -> Refused:
    entries = [entry for entry in controlled.listed() if entry.text("schedule") == schedule]
    sections = {found[0] for entry in entries if (found := SECTION.match(entry.source))}
    why = f"{len(entries)} substances, with their salts, esters and isomers"
    oldest = min(entry.reviewed for entry in entries)
    return Refused(f"schedule {schedule}", why, "; ".join(sorted(sections)), oldest)
