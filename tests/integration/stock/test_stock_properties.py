"""Whatever is done to stock, in whatever order: counts stay possible and the ledgers agree."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.database import db, transaction
from shop.errors import DomainError
from shop.stock import holds, service
from tests.conftest import empty_database
from tests.factories import make_lot, make_variant
from tests.integration.stock.stock_checks import AT, assert_ledgers_agree, in_days

lines = st.integers(1, 3)
lots = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), lines, st.integers(1, 120), st.integers(0, 400)),
        st.tuples(st.just("release"), lines),
        st.tuples(st.just("dispense"), lines, st.integers(0, 250)),
        st.tuples(st.just("elsewhere"), lines),
        st.tuples(st.just("receive"), lots, st.integers(1, 60)),
        st.tuples(st.just("aside"), lots),
        st.tuples(st.just("back"), lots),
    ),
    max_size=14,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_order_of_events_keeps_counts_possible_and_ledgers_in_agreement(context, make_user, steps):
    db.session.rollback()  # an open read would keep the tables from being emptied
    empty_database()
    actor, variant = make_user("admin"), make_variant()
    shelf = [make_lot(variant, 50, in_days(days), number=f"L{days}") for days in (100, 200, 400)]
    for step in steps:
        try:
            with transaction():
                do(step, variant, shelf, actor)
        except DomainError:
            pass  # refused: and then nothing may have changed, which the ledgers show
        assert_ledgers_agree()


def do(step: tuple, variant: int, shelf: list[int], actor: int) -> None:
    match step:
        case "hold", line, quantity, days:
            held = holds.hold(line, variant, quantity, in_days(days), AT)
            assert sum(one.quantity for one in held) == quantity
        case "release", line:
            holds.release([line], AT)
        case "dispense", line, days:
            holds.dispense([line], AT + timedelta(days=days), actor)
        case "elsewhere", line:
            holds.reallocate([line], in_days(0), AT)
        case "receive", lot, quantity:
            days = (100, 200, 400)[lot]
            service.receive_lot(variant, None, f"L{days}", in_days(days), quantity, None, actor, AT)
        case "aside", lot:
            service.quarantine(shelf[lot], "damaged", actor, AT)
        case "back", lot:
            service.lift_quarantine(shelf[lot], "examined_and_sound", actor, AT)
