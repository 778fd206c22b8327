"""Reconciliation with the payment service: the last comparisons, their differences, and running one now."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.desk import blueprint
from shop.admin.payment_words import words_of
from shop.clock import now
from shop.database import transaction
from shop.reconciliation import jobs, queries


@blueprint.get("/payments")
@requires(Permission.DISPATCH)
def payments() -> str:
    """Where our orders and the payment service contradict each other."""
    return render_template(
        "admin/payments.html", runs=queries.last_runs(), last=queries.last_result(), words_of=words_of
    )


@blueprint.post("/payments/reconcile")
@requires(Permission.DISPATCH)
def reconcile() -> Response:
    """Ask the worker for a comparison now."""
    with transaction():
        jobs.ask_now(now())
    flash("Reconciliation requested. The result appears here when it is finished.")
    return redirect(url_for("admin.payments"), 303)
