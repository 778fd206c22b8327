"""What patients get, read for the review: five questions, however many patients and medicines there are.

What is under review comes with the caller: the items of a document as typed in, or the lines of a basket or
an order. Read beside it are the patient's other approved items that stand, what was sent and by its
directions is not used up, what the account bought over the counter for them or for nobody named in the last
30 days, and the medicines from elsewhere in the patient's words.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from shop.catalogue.queries import Contents, contents
from shop.clock import business_date, day_start, days_back
from shop.database import db
from shop.drug_review import known_names
from shop.drug_review.taking import From, Person, Taking
from shop.drug_review.takings import age_in_years, taking_of
from shop.orders.models import Order, OrderLine
from shop.orders.states import ENDED
from shop.patients.profile import Profile
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.running_out import Supply, days_of, run_out
from shop.prescriptions.models import Prescription, PrescriptionItem, QuantityEntry
from shop.prescriptions.rules import valid_on
from shop.prescriptions.states import EntryKind, PrescriptionStatus
from shop.safety.otc_limits import PERIOD_DAYS

LOOKS_BACK = timedelta(days=365)
"""A fill lasts a year at most: what expired longer ago is used up."""
UNKNOWN_LASTS = timedelta(days=30)
"""How long what was sent without a days' supply counts as being taken (store policy)."""
BOUGHT = "bought-"
"""How keys begin of what an account bought over the counter; the same for each of its patients."""
_SENT = (PrescriptionStatus.APPROVED, PrescriptionStatus.REVOKED, PrescriptionStatus.TRANSFERRED)


@dataclass(frozen=True)
class Line:
    """A medicine under review. `item_id` is the approved item it is dispensed on, whose directions count;
    of a document they are as typed in, and over the counter there are none."""

    key: str
    variant_id: int
    quantity: int | None = None
    item_id: int | None = None
    directions: str = ""
    days_supply: int | None = None
    indication: str = ""


@dataclass(frozen=True)
class ReviewRequest:
    """One patient and what they are about to be given.

    `patient_id` is None for one who is not on file yet, and for whoever takes what a visitor orders, or an
    account for someone else (then `user_id` is None, too). `order` is the number of the order under review,
    or of the unpaid one that a basket replaces. `perhaps` are the keys of lines that others of the account
    may take as well.
    """

    user_id: int | None
    patient_id: int | None
    born: date | None
    health: Profile
    lines: tuple[Line, ...]
    known: From
    order: str | None = None
    perhaps: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        patient: PatientFacts,
        lines: Iterable[Line],
        known: From,
        order: str | None = None,
        perhaps: frozenset[str] = frozenset(),
    ) -> "ReviewRequest":
        """Of a patient on file."""
        about = (patient.user_id, patient.id, patient.born, patient.health)
        return cls(*about, tuple(lines), known, order, perhaps)


@dataclass(frozen=True)
class Case:
    """What `review` is asked about one request."""

    request: ReviewRequest
    under_review: tuple[Taking, ...]
    others: tuple[Taking, ...]
    person: Person

    @property
    def takings(self) -> Mapping[str, Taking]:
        """All of them, by key."""
        return {one.key: one for one in (*self.under_review, *self.others)}


@dataclass(frozen=True)
class _Read:
    """What was read for all requests at once."""

    items: Mapping[int, Sequence[Any]]  # by patient
    sent: Mapping[int, Sequence[Any]]  # by item
    bought: Mapping[int, Sequence[Any]]  # by account
    contents: Mapping[int, Contents] = field(default_factory=dict)


def read(requests: Sequence[ReviewRequest], today: date) -> list[Case]:
    """The cases of these requests, in order. A medicine that the catalogue no longer has is left out."""
    if not requests:
        return []
    items = _items({request.patient_id for request in requests} - {None}, today)
    begun = [row.id for rows in items.values() for row in rows if row.taken]
    bought = _bought({one for request in requests if (one := request.user_id) is not None}, today)
    variant_ids = {line.variant_id for request in requests for line in request.lines}
    variant_ids |= {row.variant_id for rows in (*items.values(), *bought.values()) for row in rows}
    known = _Read(items, _sent(begun), bought, contents(variant_ids))
    return [_case(request, known, today) for request in requests]


def _case(request: ReviewRequest, known: _Read, today: date) -> Case:
    of_patient = known.items.get(request.patient_id or 0, ())
    by_id = {row.id: row for row in of_patient}
    given = {line.item_id for line in request.lines}
    under_review = [
        _under_review(line, by_id.get(line.item_id), known.contents[line.variant_id], request.known)
        for line in request.lines
        if line.variant_id in known.contents
    ]
    others = [
        _of_item(row, where, known.contents[row.variant_id])
        for row in of_patient
        if row.id not in given
        and row.variant_id in known.contents
        and (where := _stands(row, known.sent.get(row.id, ()), today))
    ]
    bought = [
        taking_of(
            f"{BOUGHT}{number}",
            From.RECENT,
            known.contents[row.variant_id],
            quantity=row.quantity,
            variant_id=row.variant_id,
        )
        for number, row in enumerate(known.bought.get(request.user_id or 0, ()))
        if row.number != request.order
        and row.patient_id in (None, request.patient_id)
        and row.variant_id in known.contents
    ]
    elsewhere = [
        known_names.taking_of(f"elsewhere-{number}", words)
        for number, words in enumerate(request.health.medicines or ())
    ]
    person = Person(age_in_years(request.born, today), request.health, today, request.perhaps)
    return Case(request, tuple(under_review), (*others, *bought, *elsewhere), person)


def _under_review(line: Line, item: Any, one: Contents, known: From) -> Taking:
    bought = known is From.BASKET and line.item_id is None  # as it was sold, whatever it would need today
    return taking_of(
        line.key,
        known,
        replace(one, prescription_required=False) if bought else one,
        item.directions if item else line.directions,
        quantity=line.quantity,
        days_supply=item.days_supply if item else line.days_supply,
        item_id=line.item_id,
        variant_id=line.variant_id,
        indication=(item.indication or "") if item else line.indication,
    )


def _of_item(row: Any, where: From, one: Contents) -> Taking:
    return taking_of(
        f"taking-{row.id}",
        where,
        one,
        row.directions,
        quantity=row.quantity,
        days_supply=row.days_supply,
        item_id=row.id,
        variant_id=row.variant_id,
        indication=row.indication or "",
    )


def _stands(row: Any, sent: Sequence[Any], today: date) -> From | None:
    supplies = [
        Supply(business_date(one.at), days_of(one.quantity, row.quantity, row.days_supply)) for one in sent
    ]
    return stands(row, sum(one.quantity for one in sent), supplies, today)


def stands(row: Any, units_sent: int, supplies: Sequence[Supply], today: date) -> From | None:
    """Whether the patient still takes it, and how that is known: it can be filled here or where it was
    transferred to, is on its way, lasts. `row` is an item with its prescription. Pure."""
    if valid_on(row.expires_on, today) and row.taken < row.authorized:
        if row.status == PrescriptionStatus.APPROVED:
            return From.ACTIVE
        if row.status == PrescriptionStatus.TRANSFERRED:
            return From.TRANSFERRED
    if row.taken > units_sent and row.status == PrescriptionStatus.APPROVED:
        return From.ACTIVE  # held for an order that has not left
    ends = run_out(supplies)
    if ends is None and supplies:
        ends = max(one.on for one in supplies) + UNKNOWN_LASTS
    return From.RECENT if ends is not None and ends > today else None


def _items(patient_ids: Iterable[int | None], today: date) -> dict[int, list[Any]]:
    ids = [one for one in patient_ids if one is not None]
    if not ids:
        return {}
    rows = db.session.execute(
        select(
            PrescriptionItem.id,
            PrescriptionItem.variant_id,
            PrescriptionItem.quantity,
            PrescriptionItem.authorized,
            PrescriptionItem.taken,
            PrescriptionItem.days_supply,
            PrescriptionItem.directions,
            PrescriptionItem.indication,
            Prescription.patient_id,
            Prescription.status,
            Prescription.expires_on,
        )
        .join(Prescription)
        .where(Prescription.patient_id.in_(ids), Prescription.status.in_(_SENT))
        .where(Prescription.valid_on(today - LOOKS_BACK))
        .order_by(PrescriptionItem.id)
    )
    return _grouped(rows, "patient_id")


def _sent(item_ids: Sequence[int]) -> dict[int, list[Any]]:
    if not item_ids:
        return {}
    rows = db.session.execute(
        select(QuantityEntry.item_id, QuantityEntry.quantity, QuantityEntry.at).where(
            QuantityEntry.item_id.in_(item_ids), QuantityEntry.kind == EntryKind.DISPENSED
        )
    )
    return _grouped(rows, "item_id")


def _bought(user_ids: Collection[int], today: date) -> dict[int, list[Any]]:
    if not user_ids:
        return {}
    since = day_start(days_back(today, PERIOD_DAYS))
    rows = db.session.execute(
        select(Order.user_id, Order.number, OrderLine.variant_id, OrderLine.patient_id, OrderLine.quantity)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.user_id.in_(set(user_ids)), Order.created_at >= since, Order.status.not_in(ENDED))
        .where(OrderLine.prescription_required.is_(False), OrderLine.prescription_item_id.is_(None))
        .where(OrderLine.removed_at.is_(None), OrderLine.someone_else.is_(False))
        .order_by(OrderLine.id)
    )
    return _grouped(rows, "user_id")


def _grouped(rows: Iterable[Any], by: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, by), []).append(row)
    return found
