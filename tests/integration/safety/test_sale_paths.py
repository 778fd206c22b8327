"""A medicine of every refused class, tried on every path to a sale: none gets through, and what may is sold.

With one check taken away the same attempts say what gets through: the paths do not lean on one another.
"""

from collections.abc import Iterable, Sequence

import pytest

from bench.safety.__main__ import table
from bench.safety.cases import ALLOWED, CASES, CLASSES, LIMITS, PATHS, PLACES, SENDING, SOLD, Case
from bench.safety.paths import Row, try_all
from bench.safety.race import race
from shop.orders.models import Order


def case(name: str) -> Case:
    """By name, or by kind."""
    return next(one for one in CASES if name in (one.name, one.kind))


def sold_on(row: Row) -> set[str]:
    return {path for path, what in row.found.items() if what == SOLD}


def nothing(*_asked: object, **_more: object) -> None:
    return None


def everything(ids: Iterable[int], *_asked: object) -> set[int]:
    return set(ids)


def no_blocks(orders: Sequence[Order], *_asked: object) -> dict[int, list[object]]:
    return {order.id: [] for order in orders}


def test_nothing_refused_gets_through_on_any_path_and_what_is_sold_does(context) -> None:
    rows = try_all(context)
    assert [(row.case.name, row.wrong, dict(row.found)) for row in rows if row.wrong] == []
    assert all(set(row.found) == set(row.case.paths) for row in rows)
    assert [sold_on(row) for row in rows[-len(ALLOWED) :]] == [set(one.paths) for one in ALLOWED]


def test_of_two_accounts_with_one_address_one_gets_the_last_of_what_is_allowed(context) -> None:
    assert race(context, 4) == [1, 1, 1, 1]


def test_the_cases_name_every_kind() -> None:
    assert {one.kind for one in CLASSES} >= {f"schedule {number}" for number in ("I", "II", "III", "IV", "V")}
    assert {path for one in (*CLASSES, *PLACES, *LIMITS) for path in one.paths} == set(PATHS)


def test_without_the_answer_it_gets_through_on_every_path(context, monkeypatch) -> None:
    """The data are asked in one place: taken away, the table says so."""
    monkeypatch.setattr("shop.safety.sale.refusal", nothing)
    (row,) = try_all(context, [case("Isotretinoin")])
    assert sold_on(row) == set(PATHS)
    assert row.wrong == list(PATHS)
    assert "SOLD" in "\n".join(table([row]))


def test_the_mark_of_a_controlled_ingredient_holds_without_the_answer(context, monkeypatch) -> None:
    monkeypatch.setattr("shop.safety.sale.refusal", nothing)
    (row,) = try_all(context, [case("Newdrug")])
    assert sold_on(row) == set()


@pytest.mark.parametrize(
    ("check", "without", "name", "paths"),
    [
        (
            "shop.catalogue.queries.refusal_of",
            nothing,
            "Isotretinoin",
            {"basket", "checkout", "desk", "shipping"},
        ),
        ("shop.listing.medicine.refusal_of", nothing, "Isotretinoin", {"price"}),
        ("shop.fulfillment.service.blocks_of", no_blocks, "Isotretinoin", {"shipping"}),
        (
            "shop.listing.deciding.refusal_now",
            nothing,
            "Isotretinoin",
            {"import", "by rule", "by name", "by hand"},
        ),
        ("shop.orders.safety_review.barred_in", nothing, "Gabapentin", {"basket", "checkout", "shipping"}),
        ("shop.fulfillment.service.blocks_of", no_blocks, "too strong by hand", {"shipping"}),
        ("shop.catalogue.queries.strength_refusal_of", nothing, "too strong by hand", set(SENDING)),
        ("shop.fulfillment.blocking.destination_refusal", nothing, "Lisinopril", {"shipping"}),
        ("shop.checkout.place_order.check_destination", nothing, "Lisinopril", {"checkout"}),
        ("shop.orders.safety_review.otc_decision", lambda *_: [], "Loperamide", {"basket", "checkout"}),
        ("shop.checkout.place_order.check_age", nothing, LIMITS[-1].name, {"checkout"}),
    ],
)
def test_each_path_has_a_check_of_its_own(
    context, monkeypatch, check: str, without: object, name: str, paths: set[str]
) -> None:
    monkeypatch.setattr(check, without)
    one = LIMITS[-1] if name == LIMITS[-1].name else case(name)
    (row,) = try_all(context, [one])
    assert sold_on(row) == paths
