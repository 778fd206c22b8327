"""The customer's pages: their prescriptions, sending, answering, withdrawing; and one page of a document."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop.access import Permission, allowed, requires
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.catalogue.substitutes import fillers
from shop.clock import now, today
from shop.database import transaction
from shop.errors import NotFound
from shop.form_fields import one_line
from shop.names import names_medicine
from shop.paging import page_number
from shop.patients import queries as patients
from shop.patients.queries import PatientFacts
from shop.prescriptions import (
    queries,
    reasons,
    request_views,
    sending,
    service,
    standing,
    steps,
)
from shop.prescriptions.forms import AnswerForm, FilesForm, PrescriptionForm, known
from shop.prescriptions.ledger.overview import ItemFills, outlook, overview
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.origins import ARRIVED
from shop.prescriptions.rx_numbers import parse
from shop.prescriptions.states import PrescriptionStatus
from shop.prescriptions.stop_warnings import stop_warnings
from shop.prescriptions.uploads import documents, refusals
from shop.prescriptions.uploads.gate import takes_files
from shop.prescriptions.uploads.progress import progress_of
from shop.safety.sale import sale_refusal
from shop.vault.current import current_vault
from shop.web import settings

blueprint = Blueprint("prescriptions", __name__)
MOST_OTHERS = 3
"""Other products named that fill a prescription too, the most asked for."""
LONGEST_FIND = 80


@blueprint.get("/prescriptions")
@requires(Permission.SHOP)
def show() -> Response:
    """Everything this customer ever sent, newest first, or one patient's; and the form to send another."""
    return _list_page(PrescriptionForm())


@blueprint.post("/prescriptions")
@requires(Permission.SHOP)
@takes_files
def send() -> Response:
    """Take a prescription in. An error keeps the good files and the rest of the form."""
    form = PrescriptionForm()
    reference = sending.send(form, current_user.id, now())
    if reference is None:
        return sending.answered(_list_page(form), form)
    return redirect(form.page_of(reference), 303)  # type: ignore[return-value]


@blueprint.route("/prescriptions/find", methods=["GET", "POST"])
@requires(Permission.SHOP)
def find() -> Response:
    """The one with this Rx number, or those with a medicine of this name. A POST: what somebody takes has no
    place in an address; opened without a question, it leads to the list."""
    if request.method != "POST":
        return redirect("/prescriptions", 303)  # type: ignore[return-value]
    text = one_line(request.form.get("q"))[:LONGEST_FIND]
    number = parse(text)
    found = queries.numbered([number.prescription_id], current_user.id) if number else {}
    if found:
        return redirect(url_for("prescriptions.detail", reference=next(iter(found))), 303)  # type: ignore[return-value]
    return _list_page(PrescriptionForm(formdata=None), text)


@blueprint.get("/prescriptions/<reference>")
@requires(Permission.SHOP)
def detail(reference: str) -> Response:
    """One prescription: its files, what was decided and why, what was written, what can be done."""
    return _detail_page(_own(reference))


@blueprint.post("/prescriptions/<reference>/files")
@requires(Permission.SHOP)
@takes_files
def send_other_files(reference: str) -> Response:
    """Take other files instead of those that could not be opened."""
    prescription, form = _own(reference), FilesForm()
    if not sending.send_other_files(form, reference, current_user.id, now()):
        return sending.answered(_detail_page(prescription, files_form=form), form)
    return redirect(_page_of(reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/files/drop")
@requires(Permission.SHOP)
def drop_files(reference: str) -> Response:
    """Go on without the files that could not be opened."""
    with transaction():
        service.drop_refused(reference, current_user.id, now())
    return redirect(_page_of(reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/answer")
@requires(Permission.SHOP)
@takes_files
def answer(reference: str) -> Response:
    """Answer the pharmacist's question."""
    prescription, form = _own(reference), AnswerForm()
    if prescription.status != PrescriptionStatus.ASKED:
        raise steps.AlreadyDecided
    if not sending.send_answer(form, reference, current_user.id, now()):
        return sending.answered(_detail_page(_own(reference), form), form)
    flash("Your answer was sent.")
    return redirect(url_for("prescriptions.detail", reference=reference), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/withdraw")
@requires(Permission.SHOP)
def withdraw(reference: str) -> Response:
    """Take a prescription back before it is decided."""
    with transaction():
        service.withdraw(reference, current_user.id, now())
    flash("The prescription was withdrawn. Its page has a button to undo this.")
    return redirect(url_for("prescriptions.show"), 303)  # type: ignore[return-value]


@blueprint.post("/prescriptions/<reference>/put-back")
@requires(Permission.SHOP)
def put_back(reference: str) -> Response:
    """Undo a withdrawal."""
    with transaction():
        service.put_back(reference, current_user.id, now())
    flash("The prescription waits for a pharmacist again.")
    return redirect(url_for("prescriptions.detail", reference=reference), 303)  # type: ignore[return-value]


@blueprint.get("/prescriptions/documents/<reference>/<int:number>")
@requires(Permission.READ_DOCUMENT)
def document_page(reference: str, number: int) -> Response:
    """One page of a document, decrypted for its owner or a pharmacist; each reading is recorded."""
    with transaction():
        page = documents.open_page(reference, number, current_user.id, allowed(Permission.VERIFY), now())
    response = make_response(current_vault().read(page.file_id))
    response.headers["Content-Type"] = page.media_type
    response.headers["Content-Disposition"] = "inline"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _own(reference: str) -> Prescription:
    prescription = queries.own(current_user.id, reference)
    if prescription is None:
        raise NotFound("We couldn’t find this prescription.", "Go back to your prescriptions.")
    return prescription


def _page_of(reference: str) -> str:
    """The page of a prescription, with the way back that the request had."""
    return_to = known(request.args.get("return_to"))
    return url_for("prescriptions.detail", reference=reference, return_to=return_to)


def _list_page(form: PrescriptionForm, find: str = "") -> Response:
    patient = next((one for one in form.patients if one.reference == request.args.get("patient")), None)
    page = queries.own_page(
        current_user.id,
        page_number(request.values.get("page")),
        patient.id if patient else None,
        _found(find) if find else None,
    )
    html = render_template(
        "prescriptions/list.html",
        form=form,
        page=page,
        people=form.patients,
        patient=patient,
        find=find,
        **_words(page.rows, form.patients),
        today=today(),
    )
    return make_response(html)


def _found(find: str) -> list[int]:
    """The customer's own medicines that go by this name."""
    mine = catalogue.variants(queries.own_variants(current_user.id))
    return [one.id for one in mine.values() if names_medicine(find, one.label)]


def _detail_page(
    prescription: Prescription, form: AnswerForm | None = None, files_form: FilesForm | None = None
) -> Response:
    html = render_template(
        "prescriptions/detail.html",
        form=form or AnswerForm(formdata=None),
        files_form=files_form or FilesForm(formdata=None),
        prescription=prescription,
        progress=progress_of(prescription, now()),
        return_to=known(request.args.get("return_to")),
        messages=queries.messages(prescription.id),
        stopping=stop_warnings(prescription),
        **_words([prescription]),
        today=today(),
    )
    return make_response(html)


def _words(
    prescriptions: Sequence[Prescription], people: Sequence[PatientFacts] | None = None
) -> dict[str, object]:
    """What the templates need to say of prescriptions: patients, medicines, reasons, fills by item."""
    items = [item for row in prescriptions for item in row.items]
    variants, also = _medicines(items)
    fills = overview(prescriptions, today())
    people = patients.of_account(current_user.id) if people is None else people
    references = {one.id: one.reference for one in people}
    whose = {item.id: row.patient_id for row in prescriptions for item in row.items}
    return {
        "names": patients.names_of(row.patient_id for row in prescriptions),
        "references": references,
        "outlooks": outlook(prescriptions, fills, today()),
        "variants": variants,
        "arrived": ARRIVED,
        "refusal": refusals.words,
        "reason": reasons.sentence,
        "todo": reasons.todo,
        "stands": standing.Stands(now()),
        "fills": fills,
        "also": also,
        "order_again": lambda item: (
            _next_order(fills.get(item.id), [variants[item.variant_id], *also[item.id]])
            if whose[item.id] in references  # nothing is ordered for somebody who was removed
            else None
        ),
    }


def _medicines(
    items: Sequence[PrescriptionItem],
) -> tuple[dict[int, VariantFacts], dict[int, list[VariantFacts]]]:
    """The medicines of items by their variant; and by item, a few others that are sold and fill it."""
    wanted = {item.id: (item.variant_id, item.dispense_as_written) for item in items}
    found = fillers(set(wanted.values()))
    others = {key: ids[:MOST_OTHERS] for key, ids in found.items()}
    variants = catalogue.variants({*(one for one, _ in wanted.values()), *chain(*others.values())})
    sold = {one.id for one in variants.values() if not sale_refusal(one, settings().market)}
    also = {
        item_id: [variants[one] for one in others.get(key, ()) if one in sold]
        for item_id, key in wanted.items()
    }
    return variants, also


@dataclass(frozen=True)
class NextOrder:
    """What one button puts into the basket."""

    variant: VariantFacts
    units: int


def _next_order(fills: ItemFills | None, medicines: Sequence[VariantFacts]) -> NextOrder | None:
    """The fill that is open, of the first of the medicines that is sold in such a quantity."""
    if fills is None or not fills.covered.now:
        return None
    for one in medicines:
        units = one.nearest(fills.covered.now)
        if units and not sale_refusal(one, settings().market):
            return NextOrder(one, units)
    return None


BLUEPRINTS = (blueprint, request_views.blueprint)
