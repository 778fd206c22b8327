"""The demo's customers acknowledge the notice of privacy practices on its day at the earliest."""

from datetime import timedelta

import pytest

from shop.clock import business_date, day_start
from shop.database import transaction
from shop.demo.patients import acknowledge_notice
from shop.patients import notice


@pytest.mark.parametrize(("days", "later"), [(-90, 0), (0, 0), (5, 5)])
def test_no_acknowledgment_is_older_than_the_notice(context, make_user, days, later):
    user_id = make_user("customer")
    with transaction():
        acknowledge_notice(user_id, day_start(notice.edition()) + timedelta(days=days))
    assert business_date(notice.acknowledged_at(user_id)) == notice.edition() + timedelta(days=later)
