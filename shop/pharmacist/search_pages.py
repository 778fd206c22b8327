"""The desk's search: an Rx number or an order number leads to its prescription, a name to the finder."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.form_fields import stripped
from shop.orders import queries as orders
from shop.pharmacist.blueprint import blueprint
from shop.pharmacist.entry_pages import PersonForm, finder
from shop.prescriptions import queries
from shop.prescriptions.rx_numbers import parse

LONGEST = 120


@blueprint.post("/search")
@requires(Permission.VERIFY)
def search() -> Response:
    """Go to what was looked for. By POST, so that no name and no number stands in an address."""
    text = stripped(request.form.get("q"))[:LONGEST]
    found = _found(text)
    if len(found) == 1:
        return redirect(url_for("pharmacist.show", reference=next(iter(found))), 303)
    if found:
        flash(f"This order has several prescriptions. Search for one: Rx {', '.join(found.values())}.")
        return redirect(url_for("pharmacist.queue_page"), 303)
    if text and not any(sign.isdigit() for sign in text):
        return finder(PersonForm(formdata=None, data={"name": text}))
    flash("No prescription has this number. Check it, or find the patient by date of birth.", "error")
    return redirect(url_for("pharmacist.enter_page"), 303)


def _found(text: str) -> dict[str, str]:
    """By reference, the Rx number of each prescription that a number means: an Rx number, or an order's."""
    if number := parse(text):
        return queries.numbered([number.prescription_id])
    order = orders.by_number(text.upper())
    items = [line.prescription_item_id for line in order.lines if line.prescription_item_id] if order else []
    return queries.numbered(queries.prescriptions_of(items))
