"""What counts as a difference between our books and the payment service. Pure: a truth table in the tests.

Amounts are cents. "There" is the payment service. A payment's money there is what is held and could be
captured, or what was captured and not refunded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from shop.orders.states import ENDED, TO_SHIP
from shop.payments.states import BETWEEN, NOT_YET_CAPTURED, RELEASED


class Code(StrEnum):
    """One kind of difference. The first nine are about money that is in the wrong place."""

    CAPTURED_BUT_ORDER_CANCELED = "captured_but_order_canceled"
    HELD_BUT_ORDER_CANCELED = "held_but_order_canceled"
    PAID_BUT_ORDER_WAITING = "paid_but_order_waiting"
    PLACED_BUT_NOT_PAID = "placed_but_not_paid"
    REFUNDED_BUT_ORDER_PLACED = "refunded_but_order_placed"
    DISPUTED_BUT_ORDER_PLACED = "disputed_but_order_placed"
    SHIPPED_BUT_NOT_CAPTURED = "shipped_but_not_captured"
    REFUNDED_AND_SHIPPED = "refunded_and_shipped"
    AUTHORIZED_TWICE = "authorized_twice"
    RELEASED_BUT_STILL_HELD = "released_but_still_held"
    RELEASED_BUT_STILL_CAPTURED = "released_but_still_captured"
    AMOUNT_DIFFERS = "amount_differs"
    CAPTURE_NOT_RECORDED = "capture_not_recorded"
    CAPTURE_ONLY_RECORDED = "capture_only_recorded"
    REFUND_NOT_RECORDED = "refund_not_recorded"
    REFUND_ONLY_RECORDED = "refund_only_recorded"
    MOVEMENT_UNFINISHED = "movement_unfinished"
    UNKNOWN_THERE = "unknown_there"
    INTENT_OF_NOBODY = "intent_of_nobody"
    CHARGE_OF_NOBODY = "charge_of_nobody"


@dataclass(frozen=True)
class There:
    """What the service says of one payment of ours. `intents` counts those that hold or have money."""

    known: bool = True
    intents: int = 0
    amount_cents: int = 0
    currency: str = "usd"
    held_cents: int = 0
    captured_cents: int = 0
    refunded_cents: int = 0
    is_disputed: bool = False

    @property
    def kept_cents(self) -> int:
        """Captured and not given back."""
        return self.captured_cents - self.refunded_cents

    @property
    def has_money(self) -> bool:
        return self.held_cents > 0 or self.kept_cents > 0


@dataclass(frozen=True)
class PaymentSides:
    """One payment of an order: ours (`state` of payments.states) and `there`.

    `refunded_cents` is what our books gave back, `staff_refunded_cents` the part of it that somebody of the
    staff decided. `named` says that we know a session or an intent of the service by name.
    `held_cents` is what was authorized, where less of it is taken; `removed_cents` what was given back for
    lines that were removed before the order shipped.
    """

    state: str
    amount_cents: int
    there: There
    currency: str = "USD"
    refunded_cents: int = 0
    staff_refunded_cents: int = 0
    unfinished: bool = False
    named: bool = True
    held_cents: int | None = None
    removed_cents: int = 0


def differences(status: str, total_cents: int, currency: str, payments: Sequence[PaymentSides]) -> set[Code]:
    """Every way in which an order (`status` of orders.states) and its payments contradict the service."""
    found = _of_order(status, payments)
    for payment in payments:
        found |= _of_payment(payment)
        if status not in ENDED:
            found |= _of_release(payment)
        asked = (total_cents, currency) if status in (*TO_SHIP, "shipped") else None
        found |= _of_amount(payment, asked)
    return found


def _of_order(status: str, payments: Sequence[PaymentSides]) -> set[Code]:
    held = sum(one.there.held_cents for one in payments)
    kept = sum(one.there.kept_cents for one in payments)
    captured = sum(one.there.captured_cents for one in payments)
    refunded = sum(one.there.refunded_cents for one in payments)
    by_staff = sum(one.staff_refunded_cents for one in payments)
    paid = held > 0 or kept > 0
    rows = {
        Code.CAPTURED_BUT_ORDER_CANCELED: status in ENDED and kept > 0,
        Code.HELD_BUT_ORDER_CANCELED: status in ENDED and held > 0,
        Code.PAID_BUT_ORDER_WAITING: status == "awaiting_payment" and paid,
        Code.PLACED_BUT_NOT_PAID: status in TO_SHIP and not paid and refunded == 0,
        Code.REFUNDED_BUT_ORDER_PLACED: status in TO_SHIP and not paid and refunded > 0,
        Code.DISPUTED_BUT_ORDER_PLACED: status in TO_SHIP and any(one.there.is_disputed for one in payments),
        Code.SHIPPED_BUT_NOT_CAPTURED: status == "shipped" and captured == 0,
        Code.REFUNDED_AND_SHIPPED: status == "shipped" and kept <= 0 and refunded > by_staff,
        Code.AUTHORIZED_TWICE: sum(one.there.intents for one in payments) > 1,
    }
    return {code for code, holds in rows.items() if holds}


def _of_payment(payment: PaymentSides) -> set[Code]:
    there, state = payment.there, payment.state
    recorded = payment.amount_cents if state in RELEASED else payment.refunded_cents
    rows = {
        Code.UNKNOWN_THERE: payment.named and not there.known,
        Code.CAPTURE_NOT_RECORDED: there.captured_cents > 0 and state in NOT_YET_CAPTURED,
        Code.CAPTURE_ONLY_RECORDED: there.captured_cents == 0 and state in ("captured", "refunded"),
        Code.REFUND_NOT_RECORDED: there.refunded_cents > recorded and state != "releasing",
        Code.REFUND_ONLY_RECORDED: payment.refunded_cents > there.refunded_cents and state == "captured",
        Code.MOVEMENT_UNFINISHED: payment.unfinished or state in BETWEEN,
    }
    return {code for code, holds in rows.items() if holds}


def _of_release(payment: PaymentSides) -> set[Code]:
    """Money of a payment that our books have let go, while its order lives on another one."""
    if payment.state not in RELEASED:
        return set()
    rows = {
        Code.RELEASED_BUT_STILL_HELD: payment.there.held_cents > 0,
        Code.RELEASED_BUT_STILL_CAPTURED: payment.there.kept_cents > 0,
    }
    return {code for code, holds in rows.items() if holds}


def _of_amount(payment: PaymentSides, asked: tuple[int, str] | None) -> set[Code]:
    """`asked` is the order's total, where the payment has to be for all of it."""
    there = payment.there
    if not there.has_money or payment.state in RELEASED:
        return set()
    if payment.held_cents and there.amount_cents == payment.held_cents:
        amounts = {payment.amount_cents}
    else:
        amounts = {payment.amount_cents, there.amount_cents}
    currencies = {payment.currency, there.currency.upper()}
    if there.captured_cents:
        amounts.add(there.captured_cents)
    if asked:
        amounts.add(asked[0] + payment.removed_cents)
        currencies.add(asked[1])
    return {Code.AMOUNT_DIFFERS} if len(amounts) > 1 or len(currencies) > 1 else set()
