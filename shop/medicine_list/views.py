"""The medicine list as a file, for the account that the patient belongs to and for nobody else."""

from flask import Blueprint, Response, make_response
from flask_login import current_user

from shop.access import Permission, requires
from shop.clock import format_day, now
from shop.database import transaction
from shop.errors import NotFound
from shop.medicine_list.contents import medicine_list
from shop.medicine_list.paper import Writing, as_pdf
from shop.money import format_number
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from shop.web import settings

blueprint = Blueprint("medicine_list", __name__)


@blueprint.get("/account/patients/<reference>/medicines.pdf")
@requires(Permission.SHOP)
def show(reference: str) -> Response:
    """The list of one's own patient. Looking is recorded, and no browser or proxy keeps the answer."""
    user_id, at, config = current_user.id, now(), settings()
    patient = patients.own(user_id, reference)
    if patient is None:
        raise NotFound("We couldn’t find this person.", "Go back to your list of patients.")
    made = medicine_list(patient, at)
    with transaction():
        patient_steps.record_reading(patient.id, user_id, "customer", at)
    write = Writing(
        lambda day: format_day(day, config.locale), lambda count: format_number(count, config.locale)
    )
    response = make_response(as_pdf(made, config.pharmacy, write, at))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="medicine-list.pdf"'
    response.headers["Cache-Control"] = "no-store"
    return response


BLUEPRINTS = (blueprint,)
