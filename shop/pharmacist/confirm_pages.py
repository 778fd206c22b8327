"""Confirming a copy: the list of those that wait, and the two steps on the desk."""

from collections.abc import Mapping

from flask import render_template, request

from shop.access import Permission, requires
from shop.clock import now, today
from shop.database import transaction
from shop.errors import DomainError
from shop.fulfillment import copies
from shop.keyset import edge_from
from shop.pharmacist.blueprint import blueprint
from shop.prescriptions.ledger import confirming
from shop.prescriptions.states import ConfirmedHow
from shop.prescriptions.verification import queue

CONFIRM, UNDO = "confirm", "undo_confirmation"
"""The buttons of the desk, among those that keep what was typed in."""
DONE = {
    CONFIRM: "Confirmation recorded. Orders on this prescription can ship.",
    UNDO: "Confirmation undone. Nothing ships on this prescription until it’s confirmed again.",
}


class NotSaid(DomainError):
    """How it was confirmed is not chosen."""

    status = 422
    code = "confirmation_not_said"

    def __init__(self) -> None:
        super().__init__("Not recorded: choose how it was confirmed.", "By phone, for example.")


@blueprint.get("/copies")
@requires(Permission.VERIFY)
def copies_page() -> str:
    """Approved copies without a confirmation, those with paid orders first."""
    first = copies.with_paid_orders()
    edge = edge_from(request.args.get("from", ""))
    return render_template(
        "pharmacist/copies.html",
        tab="copies",
        first=first if edge is None else [],
        page=copies.others([copy.id for copy in first], edge, today()),
        counts=queue.counts(),
    )


def take_step(do: str, reference: str, fields: Mapping[str, str], pharmacist_id: int) -> None:
    """Do what a button of the desk asks for. Raises NotSaid and what `confirming` raises."""
    at = now()
    if do == UNDO:
        with transaction():
            confirming.undo_confirmation(reference, pharmacist_id, at)
        return
    how = fields.get("confirmed_how", "")
    if how not in set(ConfirmedHow):
        raise NotSaid
    with transaction():
        with_whom = fields.get("confirmed_with", "")
        confirming.confirm(reference, pharmacist_id, ConfirmedHow(how), with_whom, at)
