"""The request that a customer prints for a prescriber when a prescription ends. Nothing is sent."""

from flask import Blueprint, Response, make_response, render_template
from flask_login import current_user

from shop.access import Permission, requires
from shop.catalogue import queries as catalogue
from shop.clock import today
from shop.errors import NotFound
from shop.patients import queries as patients
from shop.prescriptions import origins, queries
from shop.prescriptions.ledger.overview import outlook, overview

blueprint = Blueprint("prescription_request", __name__)


@blueprint.get("/prescriptions/<reference>/request/<int:line>")
@requires(Permission.SHOP)
def show(reference: str, line: int) -> Response:
    """One page of paper for the prescriber of one medicine. Never kept by a browser or a proxy."""
    prescription = queries.own(current_user.id, reference)
    item = next((one for one in prescription.items if one.line == line), None) if prescription else None
    fills = overview([prescription], today()) if prescription else {}
    if prescription is None or item is None or item.id not in fills:
        raise NotFound("We couldn’t find this medicine.", "Go back to your prescriptions.")
    html = render_template(
        "prescriptions/request.html",
        prescription=prescription,
        item=item,
        fills=fills[item.id],
        outlook=outlook([prescription], fills, today())[item.id],
        variant=catalogue.variants([item.variant_id])[item.variant_id],
        patient=patients.by_id(prescription.patient_id),
        arrived=origins.ARRIVED,
        today=today(),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "no-store"
    return response
