"""Rows that only served a moment go after their time, in small batches; what still waits never does."""

from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import func, insert, select

from shop.addresses import PostalAddress
from shop.database import db, transaction
from shop.maintenance import retention
from shop.orders import persons
from shop.orders.models import Order
from shop.orders.person_models import OrderPerson
from shop.outbox.models import Job
from shop.payments.models import WebhookEvent
from shop.stock.models import Hold
from tests.factories import make_lot, make_variant
from tests.integration.maintenance.history import AT
from tests.plans import statements

ADDRESS = PostalAddress("Ada Specimen", "12 Example Street", "", "Springfield", "NY", "10001", "US", "")
OLD, YOUNG = AT - timedelta(days=31), AT - timedelta(days=29)


def job(key: str, **values) -> Job:
    defaults = {"kind": "mail", "payload": {}, "created_at": OLD, "run_after": OLD, "attempts": 1}
    return Job(key=key, **(defaults | {"given_up": False} | values))


def left(column) -> list:
    db.session.rollback()
    return sorted(db.session.scalars(select(column)))


def test_finished_jobs_go_after_their_time_and_unfinished_or_given_up_ones_never(context):
    with transaction() as session:
        session.add_all(
            [
                job("old", finished_at=OLD),
                job("young", finished_at=YOUNG),
                job("waiting"),
                job("given up", finished_at=OLD, given_up=True),
                job("leased", leased_until=OLD),
            ]
        )
    assert retention.remove_old(AT)["finished_jobs"] == 1
    assert left(Job.key) == ["given up", "leased", "waiting", "young"]


def test_events_of_the_provider_are_remembered_longer_than_it_repeats_them(context):
    with transaction() as session:
        for days in (89, 91):
            received = AT - timedelta(days=days)
            session.add(WebhookEvent(event_id=f"evt_{days}", type="x", received_at=received))
    assert retention.remove_old(AT)["webhook_events"] == 1
    assert left(WebhookEvent.event_id) == ["evt_89"]


def test_whom_an_order_was_for_is_forgotten_once_no_limit_counts_it(context, make_user):
    user_id = make_user("customer")
    with transaction() as session:
        for days in (400, 38, 36, 1):
            order = Order(
                number=f"F-{days}",
                user_id=user_id,
                status="placed",
                currency="USD",
                subtotal_cents=100,
                delivery_cents=0,
                total_cents=100,
                created_at=AT - timedelta(days=days),
                holds_until=AT,
                **asdict(ADDRESS),
            )
            session.add(order)
            session.flush()
            persons.remember(order.id, ADDRESS)
    assert retention.remove_old(AT)["order_persons"] == 2 * len(persons.kept_keys(ADDRESS))
    kept = select(Order.number).join(OrderPerson, OrderPerson.order_id == Order.id).distinct()
    assert sorted(db.session.scalars(kept)) == ["F-1", "F-36"]
    assert retention.remove_old(AT)["order_persons"] == 0


def test_whom_orders_were_for_goes_in_batches(context, make_user, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_ROWS", 1)
    test_whom_an_order_was_for_is_forgotten_once_no_limit_counts_it(context, make_user)


def test_ended_holds_go_after_years_and_open_ones_never(context):
    lot_id = make_lot(make_variant())
    with transaction() as session:
        for state in ("held", "released", "dispensed"):
            for days in (729, 731):
                session.add(
                    Hold(
                        lot_id=lot_id,
                        order_line_id=days,
                        quantity=1,
                        state=state,
                        created_at=AT - timedelta(days=days),
                    )
                )
    assert retention.remove_old(AT)["ended_holds"] == 2
    rows = db.session.execute(select(Hold.state, Hold.order_line_id)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("dispensed", 729),
        ("held", 729),
        ("held", 731),
        ("released", 729),
    ]


def test_many_rows_go_in_batches_of_bounded_size(context, monkeypatch):
    monkeypatch.setattr(retention, "BATCH_ROWS", 10)
    monkeypatch.setattr(retention, "MOST_BATCHES", 3)
    row = {
        "kind": "mail",
        "payload": {},
        "created_at": OLD,
        "run_after": OLD,
        "attempts": 1,
        "given_up": False,
    }
    with transaction() as session:
        session.execute(insert(Job), [row | {"key": str(n), "finished_at": OLD} for n in range(45)])
    assert [retention.remove_old(AT)["finished_jobs"] for _ in range(3)] == [30, 15, 0]
    assert db.session.scalar(select(func.count(Job.id))) == 0


def test_what_is_old_is_found_by_an_index(context):
    """Asked of the statements as they are run: none of them reads a whole table to remove a few rows."""
    with statements() as asked:
        retention.remove_old(AT)
    finding = [one for one in asked if one[0].startswith(("SELECT", "DELETE"))]
    plans = [plan(statement, values) for statement, values in finding]
    for index in ("ix_job_", "ix_webhook_event_received_at", "ix_stock_hold_ended"):
        assert [index in one for one in plans].count(True) == 1, plans


def plan(statement: str, values: dict) -> str:
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            for way in ("seqscan", "sort", "bitmapscan"):  # a test's tables are tiny
                connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        else:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return "\n".join(str(row) for row in rows)
