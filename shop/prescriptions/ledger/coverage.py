"""Whether a prescription covers a medicine for a customer today, and if not, why not."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select

from shop.clock import business_date
from shop.database import db
from shop.prescriptions import reasons, rules
from shop.prescriptions.models import Prescription, PrescriptionDocument, PrescriptionItem, QuantityEntry
from shop.prescriptions.rules import Fill
from shop.prescriptions.states import EntryKind, FileState, PrescriptionStatus
from shop.web import settings

BEST_FIRST = (
    "approved",
    "too_early",
    "asked",
    "waiting",
    "checking",
    "file_refused",
    "used_up",
    "expired",
    "refused",
    "none",
)


@dataclass(frozen=True)
class Coverage:
    """One variant's. `state` is one of BEST_FIRST; `reason` a code of reasons.Reason where one was given.

    `checking`: its files are still being opened; `file_refused`: one could not be, the customer has to act.

    `remaining` counts units of the item named; a fill is `fill_quantity` units that last `days_supply` days,
    None where the prescription does not say. `next_fill_on` is the day from which a refill may be had.
    """

    variant_id: int
    state: str
    item_id: int | None = None
    prescription_reference: str | None = None
    remaining: int = 0
    next_fill_on: date | None = None
    reason: str | None = None
    fill_quantity: int | None = None
    days_supply: int | None = None

    @property
    def reason_sentence(self) -> str:
        """The reason in words the customer may read; empty for none."""
        return reasons.sentence(self.reason)


@dataclass(frozen=True)
class _Item:
    """An approved item with what decides about it."""

    item: PrescriptionItem
    reference: str
    expires_on: date
    next_fill_on: date | None

    @property
    def remaining(self) -> int:
        return rules.remaining(self.item.authorized, self.item.taken)


def coverage_of(
    user_id: int, variant_ids: Iterable[int], today: date, apart_from_lines: Collection[int] = ()
) -> dict[int, Coverage]:
    """The customer's coverage for each variant, in at most four questions.

    Of several items the one that expires first and can be used today counts. An undecided prescription has
    no items yet, so it is taken to be for every variant without an item. `apart_from_lines` are order lines
    whose holds do not make a refill too early: the customer's own unpaid order, which a new one replaces.
    """
    wanted = set(variant_ids)
    if not wanted:
        return {}
    newest = _newest(user_id)
    found = {variant_id: _undecided(variant_id, newest) for variant_id in wanted}
    for row in _approved(user_id, wanted, apart_from_lines):
        known = _of_item(row, today)
        if BEST_FIRST.index(known.state) < BEST_FIRST.index(found[known.variant_id].state):
            found[known.variant_id] = known
    return found


def valid_items(item_ids: Iterable[int], today: date) -> set[int]:
    """Those of the items whose prescription is approved and has not expired on `today`."""
    wanted = set(item_ids)
    if not wanted:
        return set()
    valid = Prescription.status == PrescriptionStatus.APPROVED, Prescription.expires_on >= today
    question = select(PrescriptionItem.id).join(Prescription)
    return set(db.session.scalars(question.where(PrescriptionItem.id.in_(wanted), *valid)))


def _of_item(row: _Item, today: date) -> Coverage:
    return Coverage(
        row.item.variant_id,
        rules.item_state(row, today),
        row.item.id,
        row.reference,
        row.remaining,
        row.next_fill_on,
        None,
        row.item.quantity,
        row.item.days_supply,
    )


def _undecided(variant_id: int, newest: tuple[Prescription, str] | None) -> Coverage:
    if newest is None:
        return Coverage(variant_id, "none")
    row, state = newest
    reason = row.reason if row.status in (PrescriptionStatus.ASKED, PrescriptionStatus.REFUSED) else None
    return Coverage(variant_id, state, prescription_reference=row.reference, reason=reason)


def _newest(user_id: int) -> tuple[Prescription, str] | None:
    """The prescription that speaks for medicines without an item, with its state: a question first, then one
    being read, one whose files are opened, one with a file refused, then the latest decision if a refusal."""
    rows = db.session.scalars(
        select(Prescription)
        .where(Prescription.user_id == user_id, Prescription.status != PrescriptionStatus.WITHDRAWN)
        .order_by(Prescription.submitted_at.desc(), Prescription.id.desc())
        .limit(rules.MOST_OPEN + 1)
    ).all()
    states = _states_of(rows)
    for state in ("asked", "waiting", "checking", "file_refused"):
        for row in rows:
            if states[row.id] == state:
                return row, state
    return (rows[0], "refused") if rows and rows[0].status == PrescriptionStatus.REFUSED else None


def _states_of(rows: Sequence[Prescription]) -> dict[int, str]:
    """Each one's status; of a waiting one with files that are not ready, `checking` or `file_refused`."""
    states: dict[int, str] = {row.id: row.status for row in rows}
    waiting = [row.id for row in rows if row.status == PrescriptionStatus.WAITING]
    if not waiting:
        return states
    unready = db.session.execute(
        select(PrescriptionDocument.prescription_id, func.max(_IS_PROCESSING))
        .where(PrescriptionDocument.prescription_id.in_(waiting))
        .where(PrescriptionDocument.state != FileState.READY)
        .group_by(PrescriptionDocument.prescription_id)
    )
    return states | {row_id: "checking" if processing else "file_refused" for row_id, processing in unready}


_IS_PROCESSING = case((PrescriptionDocument.state == FileState.PROCESSING, 1), else_=0)


def _approved(user_id: int, variant_ids: set[int], apart_from_lines: Collection[int]) -> list[_Item]:
    rows = db.session.execute(
        select(PrescriptionItem, Prescription.reference, Prescription.expires_on)
        .join(Prescription)
        .where(Prescription.user_id == user_id, Prescription.status == PrescriptionStatus.APPROVED)
        .where(PrescriptionItem.variant_id.in_(variant_ids))
        .order_by(Prescription.expires_on, PrescriptionItem.id)
        .execution_options(populate_existing=True)
    ).all()
    fills = _fills([item.id for item, _, _ in rows if item.days_supply], apart_from_lines)
    share = settings().refill_after_share
    return [
        _Item(
            item,
            reference,
            expires_on,
            rules.next_fill_on(fills.get(item.id, []), item.quantity, item.days_supply, share),
        )
        for item, reference, expires_on in rows
        if expires_on is not None
    ]


def _fills(item_ids: list[int], apart_from_lines: Collection[int]) -> dict[int, list[Fill]]:
    """What was taken of these items and not given back, with the day it was taken."""
    if not item_ids:
        return {}
    entries = db.session.scalars(select(QuantityEntry).where(QuantityEntry.item_id.in_(item_ids))).all()
    back = {entry.order_line_id for entry in entries if entry.kind == EntryKind.RELEASED} | set(
        apart_from_lines
    )
    fills: dict[int, list[Fill]] = {}
    for entry in entries:
        if entry.kind == EntryKind.HELD and entry.order_line_id not in back:
            fills.setdefault(entry.item_id, []).append(Fill(business_date(entry.at), entry.quantity))
    return fills
