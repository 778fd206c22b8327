"""Comparing both sides, and keeping what came of it. Asks the payment service; moves no money.

The two sides are read minutes apart while customers go on paying, so a difference is asked about again, on
both sides, before it counts; and what changed within the grace is only counted as in flight.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from shop.clock import now
from shop.database import db, transaction
from shop.errors import DomainError
from shop.payments.listed import Lists
from shop.reconciliation import books
from shop.reconciliation.books import OrderBooks
from shop.reconciliation.models import ReconcileRun
from shop.reconciliation.rules import Code, PaymentSides, differences
from shop.reconciliation.statement import Statement, statement

GRACE = timedelta(minutes=15)
MOST_KEPT = 300
KEPT_FOR = timedelta(days=90)
CLOCKS_DIFFER = timedelta(hours=1)  # the service's and ours, at the most

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    """`order` is a number, `subject` our payment's reference or the id of what nobody here asked for."""

    code: str
    order: str | None
    subject: str


@dataclass
class Result:
    """What one comparison found; of the differences the first MOST_KEPT."""

    orders: int = 0
    in_flight: int = 0
    difference_count: int = 0
    differences: list[Difference] = field(default_factory=list)

    def add(self, found: list[Difference]) -> None:
        self.difference_count += len(found)
        self.differences += found[: MOST_KEPT - len(self.differences)]


def run(
    lists: Lists,
    grace: timedelta = GRACE,
    since: datetime | None = None,
    clock: Callable[[], datetime] = now,
) -> Result:
    """Compare every order made since, or all, and keep the result. Raises what the gateway raises.

    A comparison that could not be finished is kept too, with the refusal's code.
    """
    with transaction() as session:
        session.execute(delete(ReconcileRun).where(ReconcileRun.started_at < clock() - KEPT_FOR))
        row = ReconcileRun(started_at=clock())
        session.add(row)
        session.flush()
        run_id = row.id
    try:
        result = compare(lists, clock() - grace, since)
    except DomainError as refusal:
        _finish(run_id, finished_at=clock(), error=refusal.code)
        raise
    kept = [asdict(one) for one in result.differences]
    _finish(
        run_id,
        finished_at=clock(),
        orders=result.orders,
        in_flight=result.in_flight,
        difference_count=result.difference_count,
        differences=kept,
    )
    if result.difference_count:
        log.warning("reconciliation: %d differences in %d orders", result.difference_count, result.orders)
    return result


def _finish(run_id: int, **values: object) -> None:
    db.session.rollback()
    with transaction() as session:
        session.execute(update(ReconcileRun).where(ReconcileRun.id == run_id).values(**values))


def compare(lists: Lists, settled_before: datetime, since: datetime | None = None) -> Result:
    """The comparison itself; what changed after `settled_before` is in flight. Writes nothing."""
    result = Result()
    with statement() as stated:
        stated.load(lists, since - CLOCKS_DIFFER if since else None)
        for portion in books.in_portions(since):
            for order in portion:
                result.orders += 1
                _compare_one(order, stated, lists, settled_before, result)
        for one in stated.unclaimed(settled_before):
            if not books.known(one.subject, one.reference):
                result.add([Difference(one.code, None, one.subject)])
    return result


def _compare_one(
    order: OrderBooks, stated: Statement, lists: Lists, settled_before: datetime, result: Result
) -> None:
    codes, latest = _look(order, stated)
    if codes and latest <= settled_before and len(result.differences) < MOST_KEPT:
        order = books.one(order.id)
        with statement() as again:
            for payment in order.payments:
                again.load_now(lists, *stated.ids_of(payment))
            codes, latest = _look(order, again)
    if codes and latest > settled_before:
        result.in_flight += 1
    elif codes:
        result.add([Difference(code, order.number, _subject(order)) for code in sorted(codes)])


def _look(order: OrderBooks, stated: Statement) -> tuple[set[Code], datetime]:
    """What differs, and when anything on either side last changed."""
    sides, latest = [], order.latest
    for payment in order.payments:
        there, changed = stated.of(payment)
        latest = max(latest, changed)
        sides.append(
            PaymentSides(
                payment.state,
                payment.amount_cents,
                there,
                payment.currency,
                payment.refunded_cents,
                payment.staff_refunded_cents,
                payment.unfinished,
                named=payment.session_id is not None or payment.intent_id is not None,
                held_cents=payment.held_cents,
                removed_cents=payment.removed_cents,
            )
        )
    return differences(order.status, order.total_cents, order.currency, sides), latest


def _subject(order: OrderBooks) -> str:
    return order.payments[-1].reference if order.payments else ""


# --- Past comparisons -------------------------------------------------------------------------------------

SHOWN = 20


def last_runs() -> Sequence[ReconcileRun]:
    """The newest comparisons, newest first."""
    return db.session.scalars(select(ReconcileRun).order_by(ReconcileRun.id.desc()).limit(SHOWN)).all()


def last_result() -> ReconcileRun | None:
    """The newest comparison that was finished."""
    return db.session.scalar(
        select(ReconcileRun)
        .where(ReconcileRun.finished_at.is_not(None), ReconcileRun.error.is_(None))
        .order_by(ReconcileRun.id.desc())
        .limit(1)
    )
