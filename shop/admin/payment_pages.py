"""Reconciliation with the payment service: the last comparisons, their differences, and running one now."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import blueprint
from shop.clock import now
from shop.database import transaction
from shop.reconciliation import jobs, service
from shop.reconciliation.rules import Code

IN_DASHBOARD = "Look the payment up in the payment service’s dashboard by its reference."
WORDS: dict[str, tuple[str, str]] = {
    Code.CAPTURED_BUT_ORDER_CANCELED: (
        "Charged, but the order is canceled",
        "Refund the payment in the payment service’s dashboard.",
    ),
    Code.HELD_BUT_ORDER_CANCELED: (
        "Money still held, but the order is canceled",
        "Cancel the authorization in the dashboard.",
    ),
    Code.PAID_BUT_ORDER_WAITING: (
        "Paid, but the order is waiting for payment",
        "Check that webhooks arrive, then open the order.",
    ),
    Code.PLACED_BUT_NOT_PAID: ("Waiting to be packed, but not paid", "Don’t ship it. Contact the customer."),
    Code.REFUNDED_BUT_ORDER_PLACED: (
        "Refunded, but still waiting to be packed",
        "Don’t ship it. Find out who refunded it.",
    ),
    Code.DISPUTED_BUT_ORDER_PLACED: (
        "Disputed by the cardholder, but still waiting to be packed",
        "Don’t ship it. Look at the dispute in the dashboard, or cancel the order.",
    ),
    Code.SHIPPED_BUT_NOT_CAPTURED: (
        "Shipped, but not charged",
        "Capture the payment in the dashboard if it is still authorized.",
    ),
    Code.REFUNDED_AND_SHIPPED: (
        "Shipped and refunded",
        "Find out who refunded it, and contact the customer.",
    ),
    Code.AUTHORIZED_TWICE: ("Two payments for one order", "Cancel or refund one of the two payments."),
    Code.RELEASED_BUT_STILL_HELD: (
        "Recorded as released, but money is still held",
        "Cancel the authorization in the dashboard.",
    ),
    Code.RELEASED_BUT_STILL_CAPTURED: (
        "Recorded as refunded, but we still have the money",
        "Refund it in the dashboard.",
    ),
    Code.AMOUNT_DIFFERS: ("The amounts differ", IN_DASHBOARD),
    Code.CAPTURE_NOT_RECORDED: ("Charged, but not recorded as charged", IN_DASHBOARD),
    Code.CAPTURE_ONLY_RECORDED: ("Recorded as charged, but not charged", IN_DASHBOARD),
    Code.REFUND_NOT_RECORDED: ("Refunded, but not recorded here", IN_DASHBOARD),
    Code.REFUND_ONLY_RECORDED: ("Recorded as refunded, but not refunded", IN_DASHBOARD),
    Code.MOVEMENT_UNFINISHED: (
        "A capture, void, or refund never finished",
        "Find it under Jobs and alarms, and retry it.",
    ),
    Code.UNKNOWN_THERE: ("Unknown to the payment service", "Check which account and keys the store uses."),
    Code.INTENT_OF_NOBODY: (
        "A payment that belongs to no order",
        "Look it up in the dashboard, and refund it if it is ours.",
    ),
    Code.CHARGE_OF_NOBODY: (
        "A charge that belongs to no payment",
        "Look it up in the dashboard, and refund it if it is ours.",
    ),
}


def words_of(code: str) -> tuple[str, str]:
    """Its name, and what to do. A code of a later release is shown as it is."""
    return WORDS.get(code, (code, IN_DASHBOARD))


@blueprint.get("/payments")
@requires(Permission.DISPATCH)
def payments() -> str:
    """Where our orders and the payment service contradict each other."""
    return render_template(
        "admin/payments.html", runs=service.last_runs(), last=service.last_result(), words_of=words_of
    )


@blueprint.post("/payments/reconcile")
@requires(Permission.DISPATCH)
def reconcile() -> Response:
    """Ask the worker for a comparison now."""
    with transaction():
        jobs.ask_now(now())
    flash("Reconciliation requested. The result appears here when it is finished.")
    return redirect(url_for("admin.payments"), 303)
