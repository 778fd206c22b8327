"""Who calls the payment service in a web request stands in a compartment of its own."""

from contextlib import ExitStack

import pytest
from flask import Flask

from shop.bulkhead import Full, payment_place


@pytest.fixture
def places(impatient: Flask) -> int:
    return impatient.extensions["settings"].sizes.payments.at_once


def test_with_every_place_taken_a_request_is_told_to_try_again(impatient, places):
    with ExitStack() as taken:
        for _ in range(places):
            taken.enter_context(impatient.test_request_context())
            taken.enter_context(payment_place())
        with impatient.test_request_context(), pytest.raises(Full) as refusal, payment_place():
            pytest.fail("there was no place")
    assert (refusal.value.status, refusal.value.retry_after > 0) == (503, True)

    with impatient.test_request_context(), payment_place():
        pass  # the places were given back


def test_jobs_and_commands_need_no_place(impatient, places):
    with impatient.app_context(), ExitStack() as taken:
        for _ in range(places + 5):
            taken.enter_context(payment_place())
