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
