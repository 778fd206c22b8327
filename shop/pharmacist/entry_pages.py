"""Entering a prescription that no customer sent: the patient found by name and birth date, then the desk."""

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length, ValidationError

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.clock import now, today
from shop.database import transaction
from shop.errors import NotFound
from shop.form_fields import Day, stripped
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from shop.patients import words as patient_words
from shop.patients.errors import BIRTH_WORDS
from shop.patients.queries import PatientFacts
from shop.patients.rules import LONGEST_NAME, birth_refusal
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.item_form import TYPING
from shop.prescriptions.origins import BY_STAFF, LABELS
from shop.prescriptions.states import Origin
from shop.prescriptions.verification import queue, staff_entry
from shop.prescriptions.verification.staff_entry import OriginNotByStaff


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Whom to find: the full name and the birth date, exactly."""

    name = StringField(
        "Patient’s full name",
        [InputRequired("Enter the full name."), Length(max=LONGEST_NAME)],
        filters=[stripped],
        render_kw=TYPING,
    )
    birth_date = Day("Date of birth")

    def validate_birth_date(self, field: Day) -> None:
        why = birth_refusal(field.data, None, today())
        if why and not field.process_errors:
            raise ValidationError(BIRTH_WORDS[why])


@blueprint.get("/enter")
@requires(Permission.VERIFY)
def enter_page() -> Response:
    """The form that finds a patient."""
    return finder(PersonForm(formdata=None))


@blueprint.post("/enter")
@requires(Permission.VERIFY)
def find_patient() -> Response:
    """Who has exactly this name and birth date; whoever is shown is recorded as read.

    By POST, so that no name stands in an address.
    """
    form = PersonForm()
    if not form.validate():
        return finder(form, status=422)
    found = patients.found_by(form.name.data, form.birth_date.data)
    pharmacist_id = current_user.id
    with transaction():
        for one in found:
            patient_steps.record_reading(one.id, pharmacist_id, "pharmacist", now())
    return finder(form, found)


@blueprint.post("/enter/<reference>")
@requires(Permission.VERIFY)
def enter(reference: str) -> Response:
    """Open the desk for a prescription of this patient, claimed by who enters it."""
    patient, origin = patients.anyones(reference), request.form.get("origin", "")
    if patient is None:
        raise NotFound("We couldn’t find this patient.", "Find them again by name and date of birth.")
    if origin not in set(Origin):
        raise OriginNotByStaff
    with transaction():
        made = staff_entry.enter(patient.user_id, patient.id, Origin(origin), current_user.id, now())
        target = url_for("pharmacist.show", reference=made.reference)
    return redirect(target, 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/discard")
@requires(Permission.VERIFY)
def discard(reference: str) -> Response:
    """Take an entry back before its decision."""
    with transaction():
        staff_entry.discard(reference, current_user.id, now())
    flash("Entry discarded. The customer gets no email.")
    return redirect(url_for("pharmacist.queue_page"), 303)  # type: ignore[return-value]


def finder(form: PersonForm, found: list[PatientFacts] | None = None, status: int = 200) -> Response:
    """The page that finds a patient, with those `found`; None: nobody has looked yet."""
    html = render_template(
        "pharmacist/enter.html",
        tab="enter",
        form=form,
        found=found,
        accounts={one.id: accounts.person(one.user_id) for one in found or ()},
        relations=patient_words.RELATIONS,
        origins={origin.value: LABELS[origin] for origin in BY_STAFF},
        today=today(),
        counts=queue.counts(),
    )
    return make_response(html, status)
