"""Changes to facts: what waits for a second pharmacist, what a release put in question, and the record."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.clock import now
from shop.database import transaction
from shop.drug_review import change_queries, fact_changes
from shop.drug_review.change_errors import ReasonMissing
from shop.drug_review.change_models import LONGEST_REASON, ChangeStatus
from shop.errors import DomainError, NotFound
from shop.pharmacist import fact_words
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.fact_pages import REFUSALS, said_of
from shop.prescriptions.verification import queue

DONE = {
    ChangeStatus.DECLINED: "Declined. The fact stays as it was.",
    ChangeStatus.WITHDRAWN: "Withdrawn. The fact stays as it was.",
}


@blueprint.get("/fact-changes")
@requires(Permission.VERIFY)
def fact_changes_page() -> Response:
    """What waits, what is in conflict with its file, and everything before."""
    return _page()


@blueprint.post("/fact-changes/<int:change_id>")
@requires(Permission.VERIFY)
def decide_fact_change(change_id: int) -> Response:
    """Accept, decline or withdraw what waits; keep or drop what counts."""
    do, reason, seen = (request.form.get(name, "") for name in ("do", "reason", "seen"))
    who, at = current_user.id, now()
    try:
        with transaction():
            match do:
                case "accept":
                    row = fact_changes.accept(change_id, seen, who, at)
                case "decline":
                    row = fact_changes.decline(change_id, reason, who, at)
                case "withdraw":
                    row = fact_changes.withdraw(change_id, reason, who, at)
                case "keep":
                    row = fact_changes.keep(change_id, reason, seen, who, at)
                case "drop":
                    row = fact_changes.drop(change_id, reason, seen, who, at)
                case _:
                    raise NotFound("There is no such step.", "Go back to the list of changes.")
    except REFUSALS as refusal:
        return _page(change_id, refusal)
    flash(DONE.get(row.status) or said_of(row))
    return redirect(url_for("pharmacist.fact_changes_page"), 303)  # type: ignore[return-value]


def _page(wrong: int = 0, refusal: DomainError | None = None) -> Response:
    waiting, conflicts = change_queries.waiting(), change_queries.conflicts()
    history = change_queries.history(request.args.get("from", ""))
    rows = [*history.rows, *(one.row for one in (*waiting, *conflicts))]
    html = render_template(
        "pharmacist/fact_changes.html",
        tab="facts",
        waiting=waiting,
        conflicts=conflicts,
        waits={one.row.fact for one in waiting},
        page=history,
        names=accounts.names_of({one for row in rows for one in (row.requested_by, row.decided_by)}),
        words=fact_words,
        wrong=wrong,
        error=refusal.in_full if refusal else "",
        wants_reason=isinstance(refusal, ReasonMissing),
        typed=request.form,
        longest=LONGEST_REASON,
        counts=queue.counts(),
    )
    return make_response(html, refusal.status if refusal else 200)
