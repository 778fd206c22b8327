"""The truth table of differences: our books on one side, the payment service on the other."""

from typing import Any

import pytest

from shop.reconciliation.rules import Code, PaymentSides, There, differences

TOTAL = 4930


def paid(state: str, held: int = 0, captured: int = 0, refunded: int = 0, **more: Any) -> PaymentSides:
    """A payment of the whole total; `more` changes our side, `there_…` the service's."""
    of_there = {
        name.removeprefix("there_"): more.pop(name) for name in list(more) if name.startswith("there_")
    }
    money = int(held > 0 or captured > refunded)
    there = There(
        **{"amount_cents": TOTAL, "intents": money} | of_there,
        held_cents=held,
        captured_cents=captured,
        refunded_cents=refunded,
    )
    return PaymentSides(state, more.pop("amount", TOTAL), there, **more)


HELD, TAKEN = {"held": TOTAL}, {"captured": TOTAL}
BACK = {"captured": TOTAL, "refunded": TOTAL}

AGREED = [
    ("awaiting_payment", [paid("opening", named=False, there_known=False)]),
    ("awaiting_payment", [paid("open")]),
    ("awaiting_payment", [paid("expired"), paid("open")]),
    ("placed", [paid("authorized", **HELD)]),
    ("placed", [paid("captured", **TAKEN)]),
    ("packed", [paid("authorized", **HELD)]),
    ("placed", [paid("expired"), paid("captured", **TAKEN)]),
    ("placed", [paid("captured", captured=TOTAL, refunded=1000, refunded_cents=1000)]),
    ("shipped", [paid("captured", **TAKEN)]),
    ("shipped", [paid("captured", **TAKEN, there_is_disputed=True)]),
    ("shipped", [paid("voided"), paid("captured", **TAKEN)]),
    ("shipped", [paid("captured", **BACK, refunded_cents=TOTAL, staff_refunded_cents=TOTAL)]),
    ("canceled", [paid("expired")]),
    ("canceled", [paid("voided")]),
    ("canceled", [paid("refunded", **BACK)]),
    ("expired", [paid("expired"), paid("voided", **BACK)]),
    ("expired", [paid("failed")]),
    ("expired", []),
]


@pytest.mark.parametrize(("status", "payments"), AGREED)
def test_both_sides_agree(status: str, payments: list[PaymentSides]) -> None:
    assert differences(status, TOTAL, "USD", payments) == set()


C = Code
TABLE = [
    ("placed", [paid("captured", **TAKEN, there_is_disputed=True)], {C.DISPUTED_BUT_ORDER_PLACED}),
    ("packed", [paid("captured", **TAKEN, there_is_disputed=True)], {C.DISPUTED_BUT_ORDER_PLACED}),
    ("canceled", [paid("captured", **TAKEN)], {C.CAPTURED_BUT_ORDER_CANCELED}),
    ("expired", [paid("expired", **TAKEN)], {C.CAPTURED_BUT_ORDER_CANCELED}),
    (
        "canceled",
        [paid("captured", captured=TOTAL, refunded=1000, refunded_cents=1000)],
        {C.CAPTURED_BUT_ORDER_CANCELED},
    ),
    ("canceled", [paid("voided", **HELD)], {C.HELD_BUT_ORDER_CANCELED}),
    ("canceled", [paid("releasing", **HELD)], {C.HELD_BUT_ORDER_CANCELED, C.MOVEMENT_UNFINISHED}),
    ("awaiting_payment", [paid("open", **HELD)], {C.PAID_BUT_ORDER_WAITING}),
    ("awaiting_payment", [paid("opening", **TAKEN)], {C.PAID_BUT_ORDER_WAITING, C.CAPTURE_NOT_RECORDED}),
    ("placed", [], {C.PLACED_BUT_NOT_PAID}),
    ("packed", [], {C.PLACED_BUT_NOT_PAID}),
    ("placed", [paid("authorized")], {C.PLACED_BUT_NOT_PAID}),
    ("placed", [paid("captured")], {C.PLACED_BUT_NOT_PAID, C.CAPTURE_ONLY_RECORDED}),
    ("placed", [paid("captured", **BACK)], {C.REFUNDED_BUT_ORDER_PLACED, C.REFUND_NOT_RECORDED}),
    ("placed", [paid("refunded", **BACK)], {C.REFUNDED_BUT_ORDER_PLACED}),
    ("shipped", [paid("authorized", **HELD)], {C.SHIPPED_BUT_NOT_CAPTURED}),
    ("shipped", [paid("voided")], {C.SHIPPED_BUT_NOT_CAPTURED}),
    ("shipped", [paid("captured", **BACK)], {C.REFUNDED_AND_SHIPPED, C.REFUND_NOT_RECORDED}),
    ("shipped", [paid("refunded", **BACK)], {C.REFUNDED_AND_SHIPPED}),
    (
        "shipped",
        [paid("captured", **BACK, refunded_cents=TOTAL, staff_refunded_cents=1000)],
        {C.REFUNDED_AND_SHIPPED},
    ),
    ("placed", [paid("captured", **TAKEN), paid("captured", **TAKEN)], {C.AUTHORIZED_TWICE}),
    ("placed", [paid("authorized", **HELD, there_intents=2)], {C.AUTHORIZED_TWICE}),
    (
        "placed",
        [paid("voided", **HELD), paid("authorized", **HELD)],
        {C.AUTHORIZED_TWICE, C.RELEASED_BUT_STILL_HELD},
    ),
    (
        "shipped",
        [paid("expired", **TAKEN), paid("captured", **TAKEN)],
        {C.AUTHORIZED_TWICE, C.RELEASED_BUT_STILL_CAPTURED},
    ),
    ("placed", [paid("authorized", **HELD, amount=4929)], {C.AMOUNT_DIFFERS}),
    ("placed", [paid("authorized", **HELD, there_amount_cents=4931)], {C.AMOUNT_DIFFERS}),
    ("placed", [paid("authorized", **HELD, there_currency="eur")], {C.AMOUNT_DIFFERS}),
    ("shipped", [paid("captured", captured=4000)], {C.AMOUNT_DIFFERS}),
    ("placed", [paid("authorized", **TAKEN)], {C.CAPTURE_NOT_RECORDED}),
    ("placed", [paid("capturing", **TAKEN)], {C.CAPTURE_NOT_RECORDED, C.MOVEMENT_UNFINISHED}),
    ("placed", [paid("captured", **HELD)], {C.CAPTURE_ONLY_RECORDED}),
    ("placed", [paid("captured", captured=TOTAL, refunded=500)], {C.REFUND_NOT_RECORDED}),
    ("placed", [paid("captured", **TAKEN, refunded_cents=500)], {C.REFUND_ONLY_RECORDED}),
    ("placed", [paid("capturing", **HELD)], {C.MOVEMENT_UNFINISHED}),
    ("placed", [paid("authorized", **HELD, unfinished=True)], {C.MOVEMENT_UNFINISHED}),
    ("expired", [paid("expired", there_known=False)], {C.UNKNOWN_THERE}),
]


@pytest.mark.parametrize(("status", "payments", "codes"), TABLE)
def test_a_contradiction_is_named(status: str, payments: list[PaymentSides], codes: set[Code]) -> None:
    assert differences(status, TOTAL, "USD", payments) == codes


def test_every_code_that_an_order_can_have_is_in_the_table() -> None:
    named = set().union(*(codes for _, _, codes in TABLE))
    assert named == set(Code) - {Code.INTENT_OF_NOBODY, Code.CHARGE_OF_NOBODY}


def test_an_order_that_was_not_asked_for_in_full_differs() -> None:
    payment = paid("authorized", **HELD)
    assert differences("placed", TOTAL + 1, "USD", [payment]) == {Code.AMOUNT_DIFFERS}
    assert differences("placed", TOTAL, "EUR", [payment]) == {Code.AMOUNT_DIFFERS}
