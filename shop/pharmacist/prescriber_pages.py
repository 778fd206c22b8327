"""The directory of prescribers: found as somebody types, listed, searched, corrected."""

from dataclasses import asdict
from typing import Any

from flask import Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from shop.access import Permission, requires
from shop.clock import now
from shop.database import transaction
from shop.form_fields import stripped
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.forms import npi_digits
from shop.pharmacist.item_form import TYPING
from shop.prescriptions import prescribers
from shop.prescriptions.prescriber_rules import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    LONGEST_PHONE,
    Identifier,
    identifier_of,
    plain_license,
    valid_license,
)
from shop.prescriptions.prescribers import LONGEST_SEARCH, PrescriberFacts, PrescriberKnown, Stated
from shop.prescriptions.rules import valid_npi
from shop.prescriptions.verification import queue
from shop.seen import ChangedMeanwhile, digest
from shop.web import settings


class PrescriberForm(FlaskForm):  # type: ignore[misc]
    """An entry of the directory. The identifier of this market is required, the other is kept.

    `seen` marks what the form was filled with.
    """

    seen = HiddenField()
    name = StringField(
        "Name",
        [InputRequired("Enter the name."), Length(max=LONGEST_NAME)],
        filters=[stripped],
        render_kw=TYPING,
    )
    npi = StringField("NPI", filters=[npi_digits], render_kw={"inputmode": "numeric", **TYPING})
    license = StringField("Register and number", filters=[plain_license], render_kw=TYPING)
    address = StringField("Address", [Length(max=LONGEST_ADDRESS)], filters=[stripped], render_kw=TYPING)
    phone = StringField("Phone", [Length(max=LONGEST_PHONE)], filters=[stripped], render_kw=TYPING)

    def validate_npi(self, field: StringField) -> None:
        if (field.data or identifier_of(settings().market) is Identifier.NPI) and not valid_npi(field.data):
            raise ValidationError("Enter a valid NPI: ten digits, from the prescription or the NPI registry.")

    def validate_license(self, field: StringField) -> None:
        needed = field.data or identifier_of(settings().market) is Identifier.LICENSE
        if needed and not valid_license(field.data):
            raise ValidationError("Enter the register and the number in it, such as GMC 1234567.")

    def stated(self) -> Stated:
        return Stated(self.name.data, self.npi.data, self.license.data, self.address.data, self.phone.data)


@blueprint.get("/prescribers")
@requires(Permission.VERIFY)
def prescriber_list() -> str:
    """Everybody, by name; or those whom the search finds."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    page = prescribers.page(text, request.args.get("from", ""))
    return render_template(
        "pharmacist/prescribers.html", tab="prescribers", text=text, page=page, counts=queue.counts()
    )


@blueprint.get("/prescribers/find")
@requires(Permission.VERIFY)
def find_prescribers() -> Response:
    """Those whom the text typed so far finds, for the desk's script: `{"found": [{…}, …]}`, at most eight."""
    answer = jsonify(found=[_public(one) for one in prescribers.search(request.args.get("q", ""))])
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/prescribers/<reference>")
@requires(Permission.VERIFY)
def prescriber(reference: str) -> Response:
    """One entry, to be corrected."""
    found = prescribers.by_reference(reference)
    return _page(found, PrescriberForm(formdata=None, data=vars(found) | {"seen": _mark(found)}))


@blueprint.post("/prescribers/<reference>")
@requires(Permission.VERIFY)
def save_prescriber(reference: str) -> Response:
    """Correct an entry. What prescriptions stated of it stays with them."""
    found, form = prescribers.by_reference(reference), PrescriberForm()
    if not form.validate():
        return _page(found, form, 422)
    try:
        with transaction():
            prescribers.correct(reference, form.stated(), current_user.id, now(), form.seen.data or "")
    except PrescriberKnown as refusal:
        field = form.npi if form.npi.data else form.license
        field.errors = [f"{refusal.message} {refusal.todo}"]
        return _page(found, form, refusal.status)
    except ChangedMeanwhile as refusal:
        found, wanted = prescribers.by_reference(reference), form.stated()
        form.seen.data = _mark(found)
        stored = {
            form[name].label.text: value or "blank"
            for name, value in asdict(prescribers.stated_of(found)).items()
            if value != getattr(wanted, name)
        }
        return _page(found, form, refusal.status, refusal, stored)
    flash("Saved. Earlier prescriptions keep what they stated.")
    return redirect(url_for("pharmacist.prescriber_list"), 303)  # type: ignore[return-value]


def _public(one: PrescriberFacts) -> dict[str, Any]:
    names = ("name", "npi", "license", "address", "phone")
    return {name: getattr(one, name) for name in names}


def _mark(found: PrescriberFacts) -> str:
    return digest(asdict(prescribers.stated_of(found)))


def _page(
    found: PrescriberFacts,
    form: PrescriberForm,
    status: int = 200,
    refusal: ChangedMeanwhile | None = None,
    stored: dict[str, str] | None = None,
) -> Response:
    html = render_template(
        "pharmacist/prescriber.html",
        tab="prescribers",
        prescriber=found,
        form=form,
        refusal=refusal,
        stored=stored,
        identifier=identifier_of(settings().market),
        counts=queue.counts(),
    )
    return make_response(html, status)
