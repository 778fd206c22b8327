"""Directions at the desk: in full for the pharmacist and the customer, and the days that follow from them."""

import re

from tests.integration.pharmacist.desk_browser import entered, status

FULL = "Take 1 tablet by mouth 3 times a day."


def directions(html: str) -> list[str]:
    return re.findall(r"<p data-directions>([^<]*)</p>", html)


def test_shorthand_is_shown_in_full_to_the_pharmacist_and_the_customer(
    desk, submit, baclofen, sign_in, customer
):
    reference = submit()
    typed = entered(baclofen, **{"items-0-directions": "1 tab tid"})
    assert FULL in desk.post(reference, "check", do="check", **typed).text
    desk.decide(reference, "approve", **typed)
    assert status(reference) == "approved"
    assert directions(desk.open(reference).text) == [FULL]
    page = sign_in(customer).get(f"/prescriptions/{reference}").text
    assert directions(page) == [FULL]
    assert "<q data-written>1 tab tid</q>" in page


def test_what_is_not_read_whole_stays_as_typed(desk, submit, baclofen, sign_in, customer):
    reference = submit()
    typed = entered(baclofen, **{"items-0-directions": "as directed", "outcome-days-0": "stated"})
    desk.decide(reference, "approve", **typed)
    assert status(reference) == "approved"
    assert directions(desk.open(reference).text) == []
    assert directions(sign_in(customer).get(f"/prescriptions/{reference}").text) == ["as directed"]


def days(html: str) -> str:
    return re.search(r'name="items-0-days_supply"[^>]* value="([^"]*)"', html)[1]


def test_days_left_empty_follow_from_the_directions_and_are_seen_before_they_count(desk, submit, baclofen):
    reference = submit()
    typed = entered(baclofen, **{"items-0-directions": "1 tab tid", "items-0-days_supply": ""})
    answer = desk.decide(reference, "approve", **typed)  # nobody has seen the figure yet
    assert (answer.status_code, status(reference), days(answer.text)) == (422, "waiting", "30")
    page = desk.post(reference, "check", do="check", **typed).text
    assert days(page) == "30"
    assert "#items-0-days_supply" not in page
    desk.decide(reference, "approve", **typed | {"items-0-days_supply": days(page)})
    assert status(reference) == "approved"


def test_typed_days_stay_and_directions_that_give_none_ask(desk, submit, baclofen):
    reference = submit()
    other = entered(baclofen, **{"items-0-days_supply": "7"})
    page = desk.post(reference, "check", do="check", **other).text
    assert (days(page), 'name="outcome-days-0"' in page) == ("7", True)
    wrong = entered(baclofen, **{"items-0-days_supply": "many"})
    assert days(desk.post(reference, "check", do="check", **wrong).text) == "many"
    none = entered(baclofen, **{"items-0-days_supply": "", "items-0-directions": "as directed"})
    page = desk.post(reference, "check", do="check", **none).text
    assert (days(page), 'href="#items-0-days_supply"' in page) == ("", True)
