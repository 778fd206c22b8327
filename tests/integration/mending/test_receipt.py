"""A receipt is its customer's, once something was charged, and its sums are the order's."""

from datetime import UTC, datetime

import pytest

from shop.receipts.contents import Receipt, Sold
from shop.receipts.paper import Writing, sums
from tests.integration.checkout.store_counter import Counter, Customer

AT = datetime(2026, 11, 29, tzinfo=UTC)


def test_a_charged_order_has_a_receipt_for_its_customer_alone(
    context, ada: Customer, new_customer, placed: str, counter: Counter
) -> None:
    path = f"/orders/{placed}/receipt.pdf"
    assert ada.get(path).status_code == 404
    assert path not in ada.get(f"/orders/{placed}").text
    counter.charge(placed)
    assert path in ada.get(f"/orders/{placed}").text
    answer = ada.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")
    assert new_customer().get(path).status_code == 404


@pytest.mark.parametrize(
    ("tax", "refunds", "removed", "amounts"),
    [
        (0, [], 0, ["1000", "490", "1490"]),
        (60, [], 0, ["1000", "490", "60", "1550"]),
        (60, [(AT, 300), (AT, 50)], 0, ["1000", "490", "60", "1550", "−300", "−50", "1200"]),
        (0, [(AT, 200)], 200, ["1000", "490", "200", "1690", "−200", "1490"]),
    ],
)
def test_the_sums_follow_from_the_order(tax, refunds, removed, amounts) -> None:
    sold = [Sold("Naproxen tablet 220 mg", "", 50, 1000)]
    made = Receipt(
        "F-2222-3333", AT, AT, None, ["Ada Specimen"], sold, 490, tax, 1490 + tax, refunds, removed
    )
    assert [amount for _, amount in sums(made, Writing(str, str, str))] == amounts
