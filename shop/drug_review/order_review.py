"""The review of orders: what keeps one from shipping until a pharmacist has decided about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db
from shop.drug_review import decisions
from shop.drug_review.asking import Asked, ask_open, ask_shown
from shop.drug_review.models import ReviewAlert
from shop.drug_review.reading import Line, ReviewRequest
from shop.drug_review.review_requests import Wanted, review_requests_of
from shop.errors import DomainError, NotFound
from shop.orders.models import Order, OrderLine
from shop.orders.states import TO_SHIP
from shop.paging import Page, within
from shop.patients import queries as patients
from shop.patients.models import Patient
from shop.patients.queries import PatientFacts
from shop.prescriptions.verification.typed import Verdict

PAGE_SIZE = 400
"""Placed orders reviewed for one page of the desk, those paid and placed first before others."""
BATCH = 100
"""Placed orders reviewed in one transaction where a fact changed."""
Ask = Callable[[Sequence[ReviewRequest], date], list[list[Asked]]]


def open_alerts(orders: Sequence[Order], today: date) -> dict[int, list[Asked]]:
    """By the id of an order, the alerts that stop it or wait for a decision; lines are to be loaded.

    In a number of questions that does not grow with the orders. Who is reviewed with which line says
    `review_requests.review_requests_of`.
    """
    return _alerts_of(orders, today, ask_open)


def _alerts_of(orders: Sequence[Order], today: date, ask: Ask) -> dict[int, list[Asked]]:
    named = {line.patient_id for order in orders for line in order.lines}
    known = patients.of_accounts((order.user_id for order in orders), named)
    requests = [(order, request) for order in orders for request in _requests(order, known)]
    found: dict[int, list[Asked]] = {order.id: [] for order in orders}
    asked = ask([request for _, request in requests], today)
    for (order, _), alerts in zip(requests, asked, strict=True):
        found[order.id] += alerts
    return found


def _requests(order: Order, known: Sequence[PatientFacts]) -> list[ReviewRequest]:
    named = {line.patient_id for line in order.lines}
    people = [one for one in known if one.user_id == order.user_id or one.id in named]
    return review_requests_of([_wanted(line) for line in order.lines], people, order.user_id, order.number)


def _wanted(line: OrderLine) -> Wanted:
    medicine = Line(f"line-{line.id}", line.variant_id, line.quantity, line.prescription_item_id)
    on_one = line.prescription_required or line.prescription_item_id is not None
    return Wanted(medicine, on_one, line.patient_id, line.someone_else)


def note_open(patient_id: int, at: datetime, today: date) -> None:
    """Something about a patient changed: note what the placed orders of their account wait for now, so that
    it counts."""
    account = select(Patient.user_id).where(Patient.id == patient_id).scalar_subquery()
    _note(_placed(Order.user_id == account), at, today)


def note_order(order_id: int, at: datetime, today: date) -> None:
    """Note what one placed order waits for now, so that it counts."""
    _note(_placed(Order.id == order_id), at, today)


Waiting = tuple[Order, list[Asked]]
"""A placed order with its open alerts."""


def waiting(at: datetime, today: date, page: int = 1) -> tuple[list[Waiting], Page[Order]]:
    """The orders with open alerts of a page of all that are placed, and that page: those paid already first,
    then the longest placed; each alert is noted as shown."""
    placed = select(func.count(Order.id)).where(Order.status.in_(TO_SHIP))
    total = db.session.scalar(placed) or 0
    number = within(page, PAGE_SIZE, total)
    orders = _placed(offset=(number - 1) * PAGE_SIZE)
    found = _note(orders, at, today)
    open_ = [(order, found[order.id]) for order in orders if found[order.id]]
    return open_, Page(orders, number, PAGE_SIZE, total)


def note_batch(after: int, at: datetime, today: date) -> int | None:
    """Note what the next placed orders wait for, those with an id above `after`; the last one's id, None
    where there is none."""
    rows = select(Order.id).where(Order.status.in_(TO_SHIP), Order.id > after)
    ids = list(db.session.scalars(rows.order_by(Order.id).limit(BATCH)))
    if not ids:
        return None
    _note(_placed(Order.id.in_(ids)), at, today)
    return ids[-1]


def count_waiting() -> int:
    """How many placed orders have an alert nobody has settled, by what was noted: one question."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Order.id)))
            .join(ReviewAlert, ReviewAlert.order_id == Order.id)
            .where(Order.status.in_(TO_SHIP))
            .where(ReviewAlert.outcome.is_(None), ReviewAlert.lifted_at.is_(None))
        )
        or 0
    )


def of_order(number: str, today: date) -> tuple[Order, list[Asked]]:
    """A placed order with its open alerts. Raises NotFound for any other."""
    return _of_one(number, today, ask_open)


def shown_of_order(number: str, today: date) -> tuple[Order, list[Asked]]:
    """The same, with advice: it holds nothing up, but whoever clears the order reads it."""
    return _of_one(number, today, ask_shown)


def _of_one(number: str, today: date, ask: Ask) -> tuple[Order, list[Asked]]:
    found = _placed(Order.number == number)
    if not found:
        raise NotFound("This order isn’t waiting to be shipped.", "Go back to the list of reviews.")
    return found[0], _alerts_of(found, today, ask)[found[0].id]


def decide(
    number: str,
    outcomes: Mapping[str, str],
    notes: Mapping[str, str],
    pharmacist_id: int,
    at: datetime,
    today: date,
) -> int:
    """Settle alerts of a placed order, each by its key with an outcome and a note; how many are left open.

    The review is asked again: what has changed since the page was opened is decided by nobody. What stops
    cannot be settled. Raises NotFound, ReviewChanged, OutcomeMissing; then nothing is kept.
    """
    order, asked = of_order(number, today)
    given = {key: code for key, code in outcomes.items() if code}
    by_key = {one.key: one for one in asked if one.verdict is Verdict.NEEDS}
    if not given.keys() <= by_key.keys():
        raise ReviewChanged
    for key, code in given.items():
        if code not in by_key[key].alert.outcomes or not notes.get(key, "").strip():
            raise OutcomeMissing
    if not given:
        raise OutcomeMissing
    decisions.settle_order(order.id, [by_key[key] for key in given], given, notes, pharmacist_id, at)
    codes = {f"outcome_{key}": code for key, code in given.items()}
    audit.record(Event.ORDER_REVIEWED, at=at, subject=("order", order.id), actor_id=pharmacist_id, **codes)
    return len(asked) - len(given)


class ReviewChanged(DomainError):
    """What was decided about is not what the review finds now."""

    code = "review_changed"

    def __init__(self) -> None:
        super().__init__(
            "The review has changed since you opened this page; nothing was saved.",
            "It’s shown as it is now. Look at it again.",
        )


class OutcomeMissing(DomainError):
    """A decision without an outcome, or an outcome without a note."""

    status = 422
    code = "outcome_missing"

    def __init__(self) -> None:
        super().__init__(
            "Not saved: each decision needs an outcome and a note.", "Choose the outcome and say why."
        )


def _note(orders: Sequence[Order], at: datetime, today: date) -> dict[int, list[Asked]]:
    found = open_alerts(orders, today)
    decisions.show_orders(found, at)
    return found


def _placed(*where: object, offset: int = 0) -> list[Order]:
    rows = db.session.scalars(
        select(Order)
        .where(Order.status.in_(TO_SHIP), *where)  # type: ignore[arg-type]
        .order_by(Order.paid_at.is_(None), Order.placed_at, Order.id)
        .limit(PAGE_SIZE)
        .offset(offset)
        .options(selectinload(Order.lines))
        .execution_options(populate_existing=True)
    )
    return list(rows)
