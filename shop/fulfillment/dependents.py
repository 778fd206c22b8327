"""What an order's page says of the prescriptions of its lines, and what forbids shipping it."""

from datetime import date

from shop.clock import today
from shop.drug_review.order_review import open_alerts
from shop.fulfillment.blocking import WAITS, blocks_of
from shop.orders.held_back import holds_back
from shop.orders.line_notes import LineNote, notes_lines
from shop.orders.models import Order
from shop.orders.states import UNDER_WAY
from shop.prescriptions import queries as prescriptions
from shop.prescriptions.copies import shipping_refusal
from shop.prescriptions.ledger.confirming import arrivals
from shop.safety.states_served import state_code
from shop.web import settings


@notes_lines
def prescriptions_of(order: Order) -> dict[int, LineNote]:
    """By line: its Rx number, and whether it waits for its copy to be confirmed or for a pharmacist's
    decision, which lines without a prescription may wait for too. Nine questions at most."""
    items = {line.id: line.prescription_item_id for line in order.lines if line.prescription_item_id}
    numbers = prescriptions.rx_numbers(items.values())
    arrived = arrivals(items.values()) if order.status in UNDER_WAY else {}
    waits = bool(open_alerts([order], today())[order.id]) if order.status in UNDER_WAY else False
    state, suffice = state_code(order.region), settings().copy_suffices_in
    without = [line.id for line in order.lines if line.id not in items] if waits else []
    return {line_id: LineNote(in_review=True) for line_id in without} | {
        line_id: LineNote(
            numbers[item_id],
            item_id in arrived and shipping_refusal(*arrived[item_id], state, suffice) is not None,
            waits,
        )
        for line_id, item_id in items.items()
    }


@holds_back
def blocked(order: Order, day: date) -> str | None:
    """The first block that waiting for a pharmacist does not clear; those that it clears, the notes say."""
    found = blocks_of([order], day, settings().market)[order.id]
    return next((block.words for block in found if block.code not in WAITS), None)
