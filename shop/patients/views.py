"""The customer's pages: their patients, each one's health in plain words, and who has read it."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.clock import now, today
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.patients import notice, profile, queries, service, words
from shop.patients.forms import HealthForm, PersonForm, health_form, known, person_form
from shop.patients.queries import PatientFacts
from shop.patients.rules import MOST_PATIENTS, Relation

blueprint = Blueprint("patients", __name__, url_prefix="/account/patients")


@blueprint.get("")
@requires(Permission.SHOP)
def index() -> str:
    """Everybody this account orders for, and who was removed lately."""
    return render_template(
        "patients/list.html",
        patients=queries.of_account(current_user.id),
        removed=queries.removed_of(current_user.id, now()),
        most=MOST_PATIENTS,
        notice_edition=notice.edition(),
        notice_acknowledged_at=notice.acknowledged_at(current_user.id),
        today=today(),
        words=words,
    )


@blueprint.get("/add")
@requires(Permission.SHOP)
def new() -> Response:
    """The form for another person."""
    form = person_form()
    form.return_to.data = known(request.args.get("return_to")) or ""
    if not queries.of_account(current_user.id):
        form.name.data, form.relation.data = current_user.name, Relation.SELF.value
    return _person_page(form, None)


@blueprint.post("/add")
@requires(Permission.SHOP)
def add() -> Response:
    """Add a person, then ask for their health."""
    form, user_id = person_form(), current_user.id
    if not form.validate():
        return _person_page(form, None, 422)
    try:
        with transaction():
            relation = Relation(form.relation.data)
            patient_id = service.add(user_id, relation, form.name.data, form.birth_date.data, now())
    except DomainError as refusal:
        form.refused(refusal)
        return _person_page(form, None, refusal.status)
    patient = queries.by_id(patient_id)
    assert patient is not None
    return_to = known(form.return_to.data)
    return _to(url_for("patients.health", reference=patient.reference, return_to=return_to))


@blueprint.get("/<reference>")
@requires(Permission.SHOP)
def show(reference: str) -> str:
    """One person: what we know, what is missing, and who has read it. Looking is recorded."""
    patient = _own(reference)
    _record_reading(patient)
    return render_template(
        "patients/person.html",
        patient=patient,
        asked=profile.asked(patient.age_on(today())),
        missing=patient.missing_on(today()),
        readings=queries.readings(patient.id),
        today=today(),
        words=words,
    )


@blueprint.get("/<reference>/edit")
@requires(Permission.SHOP)
def edit(reference: str) -> Response:
    """The form with what is known of a person."""
    patient = _own(reference)
    return _person_page(person_form(patient), patient)


@blueprint.post("/<reference>/edit")
@requires(Permission.SHOP)
def save(reference: str) -> Response:
    """Correct a person's name, birth date or relation."""
    patient, form = _own(reference), person_form()
    if not form.validate():
        return _person_page(form, patient, 422)
    try:
        with transaction():
            relation, born = Relation(form.relation.data), form.birth_date.data
            service.change(current_user.id, reference, relation, form.name.data, born, now())
    except NotFound:
        raise
    except DomainError as refusal:
        form.refused(refusal)
        return _person_page(form, patient, refusal.status)
    flash("Saved.")
    return _to(url_for("patients.show", reference=reference))


@blueprint.get("/<reference>/health")
@requires(Permission.SHOP)
def health(reference: str) -> Response:
    """The health questions with the answers so far. Looking is recorded."""
    patient = _own(reference)
    _record_reading(patient)
    form = health_form(patient.health)
    form.return_to.data = known(request.args.get("return_to")) or ""
    return _health_page(form, patient)


@blueprint.post("/<reference>/health")
@requires(Permission.SHOP)
def save_health(reference: str) -> Response:
    """Keep the answers; a question left alone stays unanswered."""
    patient, form = _own(reference), health_form(profile.Profile())
    if not form.validate():
        return _health_page(form, patient, 422)
    user_id = current_user.id
    with transaction():
        notice.require(user_id, form.notice.data, now())
        service.save_health(user_id, reference, form.answers(), now())
    flash("Saved.")
    return _to(known(form.return_to.data) or url_for("patients.show", reference=reference))


@blueprint.post("/<reference>/remove")
@requires(Permission.SHOP)
def remove(reference: str) -> Response:
    """Take a person off the list, unless something open depends on them. The list offers to put them back."""
    with transaction():
        service.remove(current_user.id, reference, now())
    flash("Removed. You can undo this at the end of the list.")
    return _to(url_for("patients.index"))


@blueprint.post("/<reference>/put-back")
@requires(Permission.SHOP)
def put_back(reference: str) -> Response:
    """Undo a removal."""
    with transaction():
        service.put_back(current_user.id, reference, now())
    return _to(url_for("patients.index"))


def _own(reference: str) -> PatientFacts:
    patient = queries.own(current_user.id, reference)
    if patient is None:
        raise NotFound("We couldn’t find this person.", "Go back to your list of patients.")
    return patient


def _record_reading(patient: PatientFacts) -> None:
    user_id = current_user.id
    with transaction():
        service.record_reading(patient.id, user_id, "customer", now())


def _person_page(form: PersonForm, patient: PatientFacts | None, status: int = 200) -> Response:
    html = render_template("patients/person_form.html", form=form, patient=patient, today=today())
    return make_response(html, status)


def _health_page(form: HealthForm, patient: PatientFacts, status: int = 200) -> Response:
    asked = profile.asked(patient.age_on(today()))
    html = render_template("patients/health.html", form=form, patient=patient, asked=asked, today=today())
    return make_response(html, status)


def _to(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]


BLUEPRINTS = (blueprint,)
