"""The timeline: what was done stands with its time, one thing happens now, the rest comes after."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.orders.rules import timeline

T0 = datetime(2026, 11, 20, 12, tzinfo=UTC)


def happened(*codes: str) -> dict[str, datetime]:
    return {code: T0 + timedelta(minutes=place) for place, code in enumerate(codes)}


@pytest.mark.parametrize(
    ("status", "done", "rest"),
    [
        ("awaiting_payment", ("created",), [("pay", "now"), ("pack", "next"), ("arrive", "next")]),
        ("placed", ("created", "placed"), [("pack", "now"), ("arrive", "next")]),
        ("placed", ("created", "placed", "paid"), [("pack", "now"), ("arrive", "next")]),
        ("packed", ("created", "placed", "packed"), [("ship", "now"), ("arrive", "next")]),
        ("shipped", ("created", "placed", "paid", "shipped"), [("travel", "now")]),
        ("canceled", ("created", "canceled"), []),
        ("expired", ("created", "expired"), []),
        ("canceled", ("created", "placed", "lapsed"), []),
    ],
)
def test_a_timeline_says_what_was_what_is_and_what_comes(status, done, rest) -> None:
    entries = timeline(status, happened(*done))
    assert [entry.code for entry in entries if entry.kind == "done"] == list(done)
    assert [(entry.code, entry.kind) for entry in entries[len(done) :]] == rest


def test_entries_stand_in_the_order_in_which_they_happened() -> None:
    times = {"placed": T0 + timedelta(minutes=5), "created": T0}
    assert [entry.code for entry in timeline("placed", times)][:2] == ["created", "placed"]


@pytest.mark.parametrize(
    ("status", "packed", "unpacked", "says_packed"),
    [("placed", 1, 2, False), ("packed", 3, 2, True), ("shipped", 1, 2, False), ("shipped", 3, 2, True)],
)
def test_what_was_unpacked_is_packed_only_if_it_was_packed_again(
    status: str, packed: int, unpacked: int, says_packed: bool
) -> None:
    times = {"packed": T0 + timedelta(minutes=packed), "unpacked": T0 + timedelta(minutes=unpacked)}
    done = [entry.code for entry in timeline(status, times) if entry.kind == "done"]
    assert done == (["packed"] if says_packed else [])


def test_only_what_happened_has_a_time() -> None:
    entries = timeline("placed", happened("created", "placed"))
    assert [entry.at is None for entry in entries] == [False, False, True, True]
