"""Issue, validity, refill and purchase go by the store's own date, to the second, in every zone."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import update
from werkzeug.datastructures import MultiDict

from shop import clock
from shop.basket.owner import BasketOwner
from shop.checkout.basket_review import review_basket
from shop.checkout.terms import terms_of
from shop.database import transaction
from shop.pharmacist.desk import grounds_for
from shop.pharmacist.forms import EntryForm
from shop.prescriptions.ledger import quantities
from shop.prescriptions.models import Prescription
from shop.prescriptions.verification.checks import all_checks
from shop.prescriptions.verification.typed import Verdict
from tests.in_zones import DAYS, EARLIEST, LATEST, first_moment, last_moment, store_in
from tests.integration.prescriptions.conftest import covered

LIFE_DAYS = 365
SECOND = timedelta(seconds=1)


def date_check(app, issued_on: date, at: datetime) -> Verdict:
    """What the pharmacist's desk says of a date of issue at this moment."""
    with app.test_request_context():
        form = EntryForm(MultiDict({"issued_on": str(issued_on)}))
        checks = all_checks(form.typed(), grounds_for(form, None, "US", LIFE_DAYS, at))
    return next(check.verdict for check in checks if check.key == "date")


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_a_prescription_of_today_is_not_of_the_future_and_one_of_tomorrow_is(context, zone, day):
    midnight = first_moment(zone, day)
    with store_in(zone, context):
        assert date_check(context, day, midnight) is Verdict.PASSED
        assert date_check(context, day, midnight - SECOND) is Verdict.STOPS
        assert date_check(context, day, last_moment(zone, day)) is Verdict.PASSED


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_it_can_be_approved_through_its_last_day(context, customer, zone, day):
    issued_on = day - timedelta(days=LIFE_DAYS)
    with store_in(zone, context):
        assert date_check(context, issued_on, last_moment(zone, day)) is Verdict.PASSED
        assert date_check(context, issued_on, last_moment(zone, day) + SECOND) is Verdict.STOPS


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_it_is_filled_through_its_last_day(context, customer, baclofen, approve, zone, day):
    reference, item_id = approve(baclofen, 90)
    let_expire(reference, day)
    last, over = last_moment(zone, day), last_moment(zone, day) + SECOND
    with store_in(zone, context):
        assert state_at(customer, baclofen, last) == "approved"
        assert state_at(customer, baclofen, over) == "expired"
        with pytest.raises(quantities.NotEnoughLeft), transaction():
            quantities.hold_quantity(item_id, 1, 30, over, clock.business_date(over))
        with transaction():
            quantities.hold_quantity(item_id, 1, 30, last, clock.business_date(last))


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_a_refill_is_counted_from_the_stores_day_of_the_last_one(
    context, customer, baclofen, approve, zone, day
):
    """30 days' supply, shipped in the last second of a day: the next fill opens 20 days later."""
    reference, item_id = approve(baclofen, 30, 2, 30)
    let_expire(reference, day + timedelta(days=90))
    shipped = last_moment(zone, day)
    with store_in(zone, context):
        with transaction():
            quantities.hold_quantity(item_id, 1, 30, shipped, day)
            quantities.dispense_quantity([1], shipped)
        found = covered(customer, baclofen, day)
        opens = day + timedelta(days=20)
        assert (found.state, found.next_fill_on) == ("too_early", opens)
        assert state_at(customer, baclofen, first_moment(zone, opens) - SECOND) == "too_early"
        assert state_at(customer, baclofen, first_moment(zone, opens)) == "approved"


def let_expire(reference: str, last_day: date) -> None:
    with transaction() as session:
        mine = Prescription.reference == reference
        issued_on = last_day - timedelta(days=LIFE_DAYS)
        session.execute(update(Prescription).where(mine).values(issued_on=issued_on, expires_on=last_day))


def state_at(user_id: int, variant_id: int, at: datetime) -> str:
    return covered(user_id, variant_id, clock.business_date(at)).state


@pytest.mark.parametrize(("zone", "expired"), [(EARLIEST, False), (LATEST, True)])
def test_the_customers_pages_show_the_state_of_the_stores_own_day(
    context, customer, sign_in, baclofen, approve, zone, expired
):
    """At one moment: today where the date changes last is over where it changes first."""
    with store_in(EARLIEST, context):
        last_day = clock.today()
    reference, _ = approve(baclofen, 90)
    let_expire(reference, last_day)
    client = sign_in(customer)
    with store_in(zone, context):
        for path in ("/prescriptions", f"/prescriptions/{reference}"):
            assert ('<span class="out">Expired' in client.get(path).text) is expired
        client.post("/basket", data={"variant": baclofen, "quantity": 30})
        review = review_basket(
            BasketOwner(user_id=customer), terms_of(context.extensions["settings"]), clock.today()
        )
    assert [line.coverage.state for line in review.lines] == ["expired" if expired else "approved"]
