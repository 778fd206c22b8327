"""Pharmacists change a fact: tighter counts at once, looser once a second pharmacist accepts it.

What is asked is held against what counts now, so taking back what had tightened is looser too. What was asked
is never edited, only its status moves on. Flushes, never commits.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, lock_name
from shop.drug_review import effective
from shop.drug_review.change_errors import (
    FactChanged,
    FigureWrong,
    ForSecondPharmacist,
    NothingChanges,
    NotTheirs,
    ReasonMissing,
    WaitsAlready,
)
from shop.drug_review.change_models import LONGEST_REASON, ChangeStatus, FactChange
from shop.drug_review.fact_rules import (
    PLACES,
    Way,
    compare,
    figure_of,
    figure_problem,
    fingerprint,
    may_change,
    plain,
    with_values,
)
from shop.errors import NotFound
from shop.form_fields import one_line
from shop.outbox.service import enqueue
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Weight

LOCK = "changes of facts"


@dataclass(frozen=True)
class Both:
    """A fact as its file has it and as it counts now, among all that counts of the ingredient."""

    file: Fact
    now: Fact
    beside: tuple[Fact, ...]

    @property
    def seen(self) -> str:
        """What a form carries, so that nobody changes what they have not seen."""
        text = fingerprint(self.file) + fingerprint(self.now)
        return hashlib.sha256(text.encode()).hexdigest()

    def way(self, weight: Weight | None, figure: Decimal | None) -> Way:
        """Where it leads to put this weight and figure over the file's fact."""
        return compare(self.now, with_values(self.file, weight, figure), self.beside)


def both_of(key: str, book: Book) -> Both | None:
    """A fact by its key, as it counts in `book`; None for one that no file has."""
    ingredient = key.partition(":")[0]
    files = reading.book().facts.get(ingredient)
    found = next((fact for fact in files.facts if fact.key == key), None) if files else None
    if found is None:
        return None
    facts = book.facts[ingredient].facts
    return Both(found, next(fact for fact in facts if fact.key == key), facts)


def ask(
    key: str,
    weight: Weight,
    figure: Decimal | None,
    reason: str,
    seen: str,
    pharmacist_id: int,
    at: datetime,
) -> FactChange:
    """Change a fact's weight and figure, or ask a second pharmacist to. What equals the file's follows it.

    Raises NotFound, FactChanged, FigureWrong, NothingChanges, WaitsAlready, ReasonMissing.
    """
    lock_name(LOCK)
    both = _seen(key, seen)
    known, _ = figure_of(both.file)
    if figure is None or known is None or figure == known:
        figure = None
    elif problem := figure_problem(both.file, figure):
        raise FigureWrong(problem)
    if not may_change(both.file) or both.way(weight, figure) is Way.SAME:
        raise NothingChanges
    return _make(both, weight, figure, reason, pharmacist_id, at)


def keep(change_id: int, reason: str, seen: str, pharmacist_id: int, at: datetime) -> FactChange:
    """Ask of the file's fact as it is now what a change asked of it before.

    Raises what `ask` does, and FactChanged where its figure no longer fits the fact.
    """
    lock_name(LOCK)
    row = _one(change_id, ChangeStatus.IN_FORCE)
    both = _seen(row.fact, seen)
    if row.figure is not None and (
        row.unit != figure_of(both.file)[1] or figure_problem(both.file, row.figure)
    ):
        raise FactChanged
    return _make(both, row.weight, row.figure, reason, pharmacist_id, at)


def drop(change_id: int, reason: str, seen: str, pharmacist_id: int, at: datetime) -> FactChange:
    """Ask for what the file says; a change of a fact that is gone ends at once. Raises what `ask` does."""
    lock_name(LOCK)
    row = _one(change_id, ChangeStatus.IN_FORCE)
    if both_of(row.fact, effective.book()) is None:
        return _end_of_gone(row, reason, pharmacist_id, at)
    return _make(_seen(row.fact, seen), None, None, reason, pharmacist_id, at)


def accept(change_id: int, seen: str, pharmacist_id: int, at: datetime) -> FactChange:
    """A second pharmacist lets a fact be looser; never the one who asked.

    Raises NotFound, ForSecondPharmacist, FactChanged.
    """
    lock_name(LOCK)
    row = _one(change_id, ChangeStatus.WAITING)
    if row.requested_by == pharmacist_id:
        raise ForSecondPharmacist
    if fingerprint(_seen(row.fact, seen).file) != row.rested_on:
        raise FactChanged
    row.decided_by, row.decided_at = pharmacist_id, at
    return _take_effect(row, pharmacist_id, at)


def decline(change_id: int, reason: str, pharmacist_id: int, at: datetime) -> FactChange:
    """A second pharmacist says no. Raises NotFound, ForSecondPharmacist, ReasonMissing."""
    lock_name(LOCK)
    row = _one(change_id, ChangeStatus.WAITING)
    if row.requested_by == pharmacist_id:
        raise ForSecondPharmacist
    return _close(row, ChangeStatus.DECLINED, reason, pharmacist_id, at)


def withdraw(change_id: int, reason: str, pharmacist_id: int, at: datetime) -> FactChange:
    """Who asked takes it back while it waits. Raises NotFound, NotTheirs, ReasonMissing."""
    lock_name(LOCK)
    row = _one(change_id, ChangeStatus.WAITING)
    if row.requested_by != pharmacist_id:
        raise NotTheirs
    return _close(row, ChangeStatus.WITHDRAWN, reason, pharmacist_id, at)


def _seen(key: str, seen: str) -> Both:
    both = both_of(key, effective.book())
    if both is None:
        raise NotFound("This fact is no longer on record.", "Go back to the list of facts.")
    if both.seen != seen:
        raise FactChanged
    return both


def _one(change_id: int, status: ChangeStatus) -> FactChange:
    row = db.session.get(FactChange, change_id, populate_existing=True)
    if row is None or row.status is not status:
        raise NotFound("This change has been updated since you opened it.", "Go back to the list of changes.")
    return row


def _make(
    both: Both, weight: Weight | None, figure: Decimal | None, reason: str, pharmacist_id: int, at: datetime
) -> FactChange:
    loosens = both.way(weight, figure) is Way.LOOSER
    if loosens and _standing(both.file.key, ChangeStatus.WAITING):
        raise WaitsAlready
    was, unit = figure_of(both.now)
    row = FactChange(
        fact=both.file.key,
        ingredient=both.file.ingredient,
        weight=None if weight is both.file.weight else weight,
        figure=figure,
        unit=unit,
        previous_weight=both.now.weight,
        previous_figure=None if was is None else round(was, PLACES),
        rested_on=fingerprint(both.file),
        loosens=loosens,
        reason=_reason(reason),
        requested_by=pharmacist_id,
        requested_at=at,
    )
    return _wait(row, pharmacist_id, at) if loosens else _take_effect(row, pharmacist_id, at)


def _end_of_gone(row: FactChange, reason: str, pharmacist_id: int, at: datetime) -> FactChange:
    """A change of a fact that no file has any more ends; it changed nothing since."""
    ended = FactChange(
        fact=row.fact,
        ingredient=row.ingredient,
        unit="",
        rested_on="",
        loosens=False,
        reason=_reason(reason),
        requested_by=pharmacist_id,
        requested_at=at,
    )
    return _take_effect(ended, pharmacist_id, at)


def _wait(row: FactChange, pharmacist_id: int, at: datetime) -> FactChange:
    row.status = ChangeStatus.WAITING
    db.session.add(row)
    return _noted(row, Event.FACT_CHANGE_ASKED, pharmacist_id, at)


def _take_effect(row: FactChange, pharmacist_id: int, at: datetime) -> FactChange:
    if former := _standing(row.fact, ChangeStatus.IN_FORCE):
        former.status = ChangeStatus.REPLACED
        db.session.flush()  # one at a time is in force
    changes = row.weight is not None or row.figure is not None
    row.status = ChangeStatus.IN_FORCE if changes else ChangeStatus.PUT_BACK
    db.session.add(row)
    _noted(row, Event.FACT_CHANGED, pharmacist_id, at)
    enqueue("review_placed_orders", f"review_placed:{row.id}", {}, at=at)
    return row


def _close(
    row: FactChange, status: ChangeStatus, reason: str, pharmacist_id: int, at: datetime
) -> FactChange:
    row.status, row.decision_reason = status, _reason(reason)
    row.decided_by, row.decided_at = pharmacist_id, at
    declined = status is ChangeStatus.DECLINED
    event = Event.FACT_CHANGE_DECLINED if declined else Event.FACT_CHANGE_WITHDRAWN
    return _noted(row, event, pharmacist_id, at)


def _standing(key: str, status: ChangeStatus) -> FactChange | None:
    found: FactChange | None = db.session.scalar(
        select(FactChange).where(FactChange.fact == key, FactChange.status == status)
    )
    return found


def _reason(text: str) -> str:
    reason = one_line(text)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ReasonMissing(LONGEST_REASON)
    return reason


def _noted(row: FactChange, event: Event, pharmacist_id: int, at: datetime) -> FactChange:
    db.session.flush()
    audit.record(
        event,
        at=at,
        subject=("fact_change", row.id),
        actor_id=pharmacist_id,
        fact=row.fact,
        weight=row.weight.value if row.weight else None,
        figure=None if row.figure is None else f"{plain(row.figure)} {row.unit}",
    )
    return row
