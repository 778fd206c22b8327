"""Reviews at the desk: placed orders that wait for a pharmacist's decision about an alert."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.clock import now, today
from shop.database import transaction
from shop.drug_review import order_review, reopening, stopping
from shop.drug_review.order_review import OutcomeMissing, ReviewChanged
from shop.paging import page_number
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from shop.patients import words as patient_words
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.deciding import NotReady, check_notes, notes_in, outcomes_in
from shop.prescriptions import queries as prescriptions
from shop.prescriptions.verification import queue
from shop.prescriptions.verification.typed import Verdict


@blueprint.get("/reviews")
@requires(Permission.VERIFY)
def reviews_page() -> str:
    """Orders that wait, those paid already first, then the longest placed; a page of the placed at a time."""
    with transaction():
        number = page_number(request.args.get("page"))
        waiting, page = order_review.waiting(now(), today(), number)
    late = stopping.late_refills(today())
    pharmacist_id = current_user.id
    with transaction():
        for patient_id in {one.patient_id for one in late}:
            patient_steps.record_reading(patient_id, pharmacist_id, "pharmacist", now())
    return render_template(
        "pharmacist/reviews.html",
        tab="reviews",
        waiting=waiting,
        page=page,
        late=late,
        lately=reopening.lately_decided(),
        names=accounts.names_of({order.user_id for order, _ in waiting} | {one.user_id for one in late}),
        counts=queue.counts(),
    )


@blueprint.get("/reviews/<number>")
@requires(Permission.VERIFY)
def review_page(number: str) -> Response:
    """One order with its open alerts and with advice, and what its patients take."""
    return _page(number)


@blueprint.post("/reviews/<number>")
@requires(Permission.VERIFY)
def decide_review(number: str) -> Response:
    """Keep what was decided. What stops is not decided here: the prescription or a fact has to change."""
    outcomes, notes = outcomes_in(request.form), notes_in(request.form)
    pharmacist_id = current_user.id
    try:
        check_notes(notes)
        with transaction():
            left = order_review.decide(number, outcomes, notes, pharmacist_id, now(), today())
    except (NotReady, OutcomeMissing, ReviewChanged) as refusal:
        return _page(number, f"{refusal.message} {refusal.todo}", refusal.status)
    if left:
        flash("Saved. The alerts below still hold this order.")
        return redirect(url_for("pharmacist.review_page", number=number), 303)  # type: ignore[return-value]
    flash("Saved. The drug review no longer holds this order.")
    return redirect(url_for("pharmacist.reviews_page"), 303)  # type: ignore[return-value]


@blueprint.post("/reviews/<number>/decisions/<int:alert_id>/take-back")
@requires(Permission.VERIFY)
def take_back_decision(number: str, alert_id: int) -> Response:
    """Reopen a decision that was taken by mistake, while the order is still here."""
    pharmacist_id = current_user.id
    try:
        with transaction():
            reopening.take_back(number, alert_id, pharmacist_id, now(), today())
    except ReviewChanged as refusal:
        flash(refusal.in_full, f"error {refusal.code}")
    else:
        flash("Decision taken back. The drug review asks again.")
    return redirect(url_for("pharmacist.review_page", number=number), 303)  # type: ignore[return-value]


def _page(number: str, error: str = "", status: int = 200) -> Response:
    order, asked = order_review.shown_of_order(number, today())
    people = patients.by_ids(one.patient_id for one in asked)
    decided = reopening.decided(order.id)
    items = {taking.item_id for one in asked for taking in one.about if taking.item_id}
    html = render_template(
        "pharmacist/review.html",
        tab="reviews",
        order=order,
        held=any(one.verdict is not Verdict.ADVICE for one in asked),
        asked=[
            (people.get(key or 0), [one for one in asked if one.patient_id == key])
            for key in dict.fromkeys(one.patient_id for one in asked)
        ],
        patient_names=patients.names_of(line.patient_id for line in order.lines),
        references=prescriptions.references_of(items),
        decided=decided,
        names=accounts.names_of({order.user_id} | {one.decided_by for one in decided}),
        outcomes=outcomes_in(request.form),
        notes=notes_in(request.form),
        profile=patient_words,
        error=error,
        today=today(),
        counts=queue.counts(),
    )
    pharmacist_id = current_user.id
    with transaction():
        for patient_id in people:
            patient_steps.record_reading(patient_id, pharmacist_id, "pharmacist", now())
    return make_response(html, status)
