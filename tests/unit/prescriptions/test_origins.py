"""What each way of arriving requires, and what may be said of an upload."""

import pytest

from shop.prescriptions.origins import REQUIRED, Received, asked_for, choices, received_from
from shop.prescriptions.states import Origin

SIGNED, CALLED = ("signed",), ("received_name", "read_back")
TRANSFERRED = ("received_name", "received_phone", "received_person", "original_number")


@pytest.mark.parametrize(
    ("origin", "fields", "confirmation", "uploaded", "by_staff"),
    [
        (Origin.PAPER, SIGNED, False, True, True),
        (Origin.FAX, SIGNED, False, False, True),
        (Origin.PHOTO, SIGNED, True, True, False),
        (Origin.PHONE, CALLED, False, False, True),
        (Origin.TRANSFER, TRANSFERRED, False, False, True),
        (Origin.ELECTRONIC, ("received_name",), False, False, True),
    ],
)
def test_the_table(origin, fields, confirmation, uploaded, by_staff):
    assert (REQUIRED[origin].fields, REQUIRED[origin].confirmation) == (fields, confirmation)
    assert (origin in choices(uploaded=True), origin in choices(uploaded=False)) == (uploaded, by_staff)
    assert all(origin in asked_for(field) for field in fields)


def test_the_table_is_whole():
    assert set(REQUIRED) == set(Origin)
    assert asked_for("nothing such") == ()


@pytest.mark.parametrize(
    "received",
    [
        Received(),
        Received("Pat Sample, nurse"),
        Received("Example Pharmacy", "(555) 555-0110", "Jo Sample"),
        Received("Example Pharmacy", "", "Jo Sample"),
    ],
)
def test_from_whom_it_came_is_read_back_as_it_was_kept(received):
    assert received_from(received.text) == received


def test_a_line_end_in_an_input_shifts_nothing():
    assert received_from(Received("A\nB", "1\r\n2", "C").text) == Received("A B", "1 2", "C")
    assert Received("  ").text is None
    assert received_from("a\nb\nc\nd") == Received("a", "b", "c")
