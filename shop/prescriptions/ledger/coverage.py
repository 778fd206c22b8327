"""Whether a prescription covers a medicine for a patient today, and if not, why not.

An item belongs to one patient and never covers another's line; one without a patient covers nothing. It
covers the product prescribed and, unless it is to be dispensed as written, whatever may be dispensed for it
(`substances.substitution`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import case, func, or_, select

from shop.database import db
from shop.prescriptions import reasons, rules
from shop.prescriptions.document_models import PrescriptionDocument
from shop.prescriptions.ledger import fills
from shop.prescriptions.ledger.ended_medicines import EndedMedicines, ended_medicines
from shop.prescriptions.ledger.facts import begun_fills, item_facts
from shop.prescriptions.ledger.medicines_covered import Pair, covering_items
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.states import FileState, PrescriptionStatus

BEST_FIRST = (
    "approved",
    "too_early",
    "not_yet",
    "days_unknown",
    "asked",
    "waiting",
    "checking",
    "file_refused",
    "used_up",
    "expired",
    "refused",
    "transferred",
    "none",
)


@dataclass(frozen=True)
class Coverage:
    """One variant's, for one patient. `state` is one of BEST_FIRST; `reason` a code of reasons.Reason where
    one was given. `prescribed` is the medicine on the prescription where this one fills it instead, "" where
    it is the very one.

    `checking`: its files are still being opened; `file_refused`: one could not be, the customer has to act.

    `now` units may be had today, of the item named, and from `next_fill_on` on `next_units` more. A fill is
    `fill_quantity` units that last `days_supply` days, None where the prescription does not say. `elsewhere`
    are units of it that what was asked for before takes; they are not among `now`. `is_declined`: the reason
    is this medicine's own on a prescription.
    """

    variant_id: int
    state: str
    item_id: int | None = None
    prescription_reference: str | None = None
    now: int = 0
    next_fill_on: date | None = None
    next_units: int = 0
    reason: str | None = None
    fill_quantity: int | None = None
    days_supply: int | None = None
    prescribed: str = ""
    elsewhere: int = 0
    is_declined: bool = False

    @property
    def reason_sentence(self) -> str:
        """The reason in words the customer may read; empty for none."""
        if self.is_declined and self.reason:
            return reasons.of_medicine(self.reason)[0]
        return reasons.sentence(self.reason)


def coverage_of(
    user_id: int, wanted: Mapping[Pair, int], today: date, apart_from_lines: Collection[int] = ()
) -> dict[Pair, Coverage]:
    """An account's coverage for each patient and variant, of which `wanted` says the units; at most eight
    questions, and three more where no item covers one and nothing is undecided.

    What an approved item gives its patient, `fills.coverage` says. What stands first in `wanted` takes first:
    two products that one item covers get no more than its fill together. An undecided prescription has no
    items yet, so it is taken to be for every variant without an item, and, where it names no patient, for
    everyone. Of one that was declined, or whose prescription has ended, that is said, and of no other one.
    `apart_from_lines` are order lines whose holds do not count: the customer's own unpaid order,
    which a new one replaces.
    """
    if not wanted:
        return {}
    newest = _newest_of(user_id, {patient_id for patient_id, _ in wanted})
    covering, products = covering_items(user_id, wanted)
    approved = _approved({item_id for item_ids in covering.values() for item_id in item_ids})
    begun = begun_fills(approved, apart_from_lines)
    taken: dict[int, int] = {}
    found = {}
    for (patient_id, variant_id), units in wanted.items():
        found[patient_id, variant_id] = _undecided(variant_id, newest[patient_id])
        rows = [row for item_id, row in approved.items() if item_id in covering[patient_id, variant_id]]
        line = fills.Line(units, products.packs.get(variant_id, ()))
        known = _of_items(variant_id, rows, begun, line, taken, today)
        if known and BEST_FIRST.index(known.state) < BEST_FIRST.index(found[patient_id, variant_id].state):
            item_id = known.item_id
            assert item_id is not None
            taken[item_id] = taken.get(item_id, 0) + min(units, known.now)
            prescribed = approved[item_id][0].variant_id
            label = products.label(prescribed) if prescribed != variant_id else ""
            found[patient_id, variant_id] = replace(known, prescribed=label)
    unsaid = [pair for pair, one in found.items() if one.state in ("none", "refused")]
    ended = ended_medicines(user_id, unsaid)
    return found | {pair: _ended(pair, found[pair], ended) for pair in unsaid}


def _ended(pair: Pair, found: Coverage, ended: EndedMedicines) -> Coverage:
    """What was said of this very medicine before what was said of a document that names none."""
    if said := ended.of.get(pair):
        return Coverage(
            pair[1],
            said.state,
            prescription_reference=said.prescription_reference,
            reason=said.reason,
            is_declined=said.is_declined,
        )
    return Coverage(pair[1], "none") if found.prescription_reference in ended.naming else found


def valid_items(item_ids: Iterable[int], today: date) -> set[int]:
    """Those of the items whose prescription is approved and may be filled on `today`: neither expired, nor
    issued later, nor to be filled later only.
    """
    wanted = set(item_ids)
    if not wanted:
        return set()
    question = (
        select(PrescriptionItem.id)
        .join(Prescription)
        .where(PrescriptionItem.id.in_(wanted), Prescription.status == PrescriptionStatus.APPROVED)
        .where(Prescription.issued_on <= today, Prescription.valid_on(today))
        .where(or_(Prescription.fill_from.is_(None), Prescription.fill_from <= today))
    )
    return set(db.session.scalars(question))


Row = tuple[PrescriptionItem, Prescription]


def _of_items(
    variant_id: int,
    rows: Sequence[Row],
    begun: Sequence[fills.Fill],
    line: fills.Line,
    taken: Mapping[int, int],
    today: date,
) -> Coverage | None:
    if not rows:
        return None
    items = (replace(item_facts(*row), stands_in=row[0].variant_id != variant_id) for row in rows)
    covered = fills.coverage(items, begun, line, today, taken)
    item, prescription = next(row for row in rows if row[0].id == covered.item_id)
    return Coverage(
        variant_id,
        covered.why,
        item.id,
        prescription.reference,
        covered.now,
        covered.next_on,
        covered.next_units,
        None,
        item.quantity,
        item.days_supply,
        elsewhere=covered.elsewhere,
    )


def _undecided(variant_id: int, newest: tuple[Prescription, str] | None) -> Coverage:
    if newest is None:
        return Coverage(variant_id, "none")
    row, state = newest
    reason = row.reason if row.status in (PrescriptionStatus.ASKED, PrescriptionStatus.REFUSED) else None
    return Coverage(variant_id, state, prescription_reference=row.reference, reason=reason)


def _newest_of(
    user_id: int, patient_ids: Collection[int | None]
) -> dict[int | None, tuple[Prescription, str] | None]:
    """For each patient, the prescription that speaks for medicines without an item, with its state."""
    rows = db.session.scalars(
        select(Prescription)
        .where(Prescription.user_id == user_id, Prescription.status != PrescriptionStatus.WITHDRAWN)
        .order_by(Prescription.submitted_at.desc(), Prescription.id.desc())
        .limit((rules.MOST_OPEN + 1) * len(patient_ids))
    ).all()
    states = _states_of(rows)
    return {
        patient_id: _newest([row for row in rows if row.patient_id in (patient_id, None)], states)
        for patient_id in patient_ids
    }


def _newest(rows: Sequence[Prescription], states: Mapping[int, str]) -> tuple[Prescription, str] | None:
    """A question first, then one being read, one whose files are opened, one with a file refused, then the
    latest decision if a refusal."""
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


def _approved(item_ids: Collection[int]) -> dict[int, Row]:
    """The items with their prescriptions, the one that expires first before others."""
    if not item_ids:
        return {}
    rows = db.session.execute(
        select(PrescriptionItem, Prescription)
        .join(Prescription)
        .where(PrescriptionItem.id.in_(item_ids))
        .order_by(Prescription.expires_on, PrescriptionItem.id)
        .execution_options(populate_existing=True)
    )
    return {item.id: (item, prescription) for item, prescription in rows}
