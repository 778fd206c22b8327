"""Events that bore another name once: their records are sealed, so both names are read."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.audit.service import record
from shop.database import db, transaction

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("former", "event"),
    [("order:cancelled", Event.ORDER_CANCELED), ("payment:authorised", Event.PAYMENT_AUTHORIZED)],
)
def test_a_former_name_is_known_and_a_new_record_has_the_new_one(context, former, event):
    with transaction():
        record(event, at=AT, subject=("order", 1))
    assert Event(former) is event
    assert set(event.names) == {former, event.value}
    assert db.session.scalars(select(AuditRecord.event)).all() == [event.value] != [former]


def test_what_was_never_an_event_is_refused():
    with pytest.raises(ValueError, match="order:eaten"):
        Event("order:eaten")
