"""What must be true of money at the end. Each rule yields a sentence for every row that breaks it."""

from collections import Counter
from collections.abc import Iterator

from bench.chaos.evidence import ENDED, LIVE, UNPAID, Evidence

ALIVE = ("authorized", "capturing", "captured")
AGREES = {  # what a payment's state says, and what the payment service may say of its intent
    "authorized": ("requires_capture",),
    "captured": ("succeeded",),
    "voided": ("canceled",),
    "refunded": ("succeeded",),
}


def a_placed_order_has_exactly_one_live_payment(found: Evidence) -> Iterator[str]:
    """No order placed or shipped without exactly one payment that holds or has its money."""
    for order in found.with_status(*LIVE):
        states = [payment["state"] for payment in found.payments[order["id"]] if payment["state"] in ALIVE]
        if len(states) != 1:
            yield f"{order['number']} is {order['status']} with live payments {states}"


def what_shipped_was_never_given_back(found: Evidence) -> Iterator[str]:
    """No order that left the house was voided or refunded, in whole or in part."""
    for order in found.with_status("shipped"):
        for intent in found.intents[order["id"]]:
            if found.taken(intent) and found.given_back(intent):
                yield f"{order['number']} was shipped, and {found.given_back(intent)} cents were refunded"
            if intent["status"] == "canceled" and not any(
                found.kept(other) for other in found.intents[order["id"]]
            ):
                yield f"{order['number']} was shipped, and its authorization was voided"


def what_shipped_was_captured_once_and_in_full(found: Evidence) -> Iterator[str]:
    """A shipped order's total was taken exactly once."""
    for order in found.with_status("shipped"):
        taken = [found.taken(intent) for intent in found.intents[order["id"]] if found.taken(intent)]
        if taken != [order["total_cents"]]:
            yield f"{order['number']} was shipped; taken were {taken} of {order['total_cents']} cents"


def what_is_placed_has_its_money(found: Evidence) -> Iterator[str]:
    """A placed order not yet shipped: its total is held, or was taken early; never let go."""
    for order in found.with_status("placed"):
        money = sum(found.held(one) + found.kept(one) for one in found.intents[order["id"]])
        if money != order["total_cents"]:
            yield f"{order['number']} is placed; held or taken are {money} of {order['total_cents']} cents"


def nothing_is_kept_for_an_ended_order(found: Evidence) -> Iterator[str]:
    """Canceled, expired, lapsed: what was authorized is voided, what was taken is refunded in full."""
    for order in found.with_status(*ENDED):
        for intent in found.intents[order["id"]]:
            if money := found.held(intent) + found.kept(intent):
                yield f"{order['number']} is {order['status']}; {intent['id']} still has {money} cents"


def no_paid_order_is_forgotten(found: Evidence) -> Iterator[str]:
    """An order that still waits for payment has no money held: else a payment was lost on the way."""
    for order in found.with_status(UNPAID):
        for intent in found.intents[order["id"]]:
            if money := found.held(intent) + found.taken(intent):
                yield f"{order['number']} waits for payment, but {intent['id']} has {money} cents"


def nobody_pays_twice_for_one_order(found: Evidence) -> Iterator[str]:
    """Of all intents of an order at most one holds or keeps money."""
    for order_id, intents in found.intents.items():
        if (count := sum(bool(found.held(one) + found.kept(one)) for one in intents)) > 1:
            yield f"{found.orders[order_id]['number']} has {count} payments with money"


def nothing_is_captured_twice(found: Evidence) -> Iterator[str]:
    """Of all intents of an order at most one was ever captured, and never more than the total."""
    for order_id, intents in found.intents.items():
        taken = [found.taken(one) for one in intents if found.taken(one)]
        if len(taken) > 1 or sum(taken) > found.orders[order_id]["total_cents"]:
            yield f"{found.orders[order_id]['number']}: captured {taken}"


def every_intent_is_known(found: Evidence) -> Iterator[str]:
    """No money at the payment service without a payment of ours."""
    for intent in found.strangers:
        yield f"{intent['id']} ({intent['status']}) belongs to no payment"


def both_books_agree(found: Evidence) -> Iterator[str]:
    """What a payment's row says is what the payment service says of its intent."""
    intents = {
        (intent.get("metadata") or {}).get("reference"): intent for intent in found.service["payment_intent"]
    }
    for payment in found.tables["payment"]:
        wanted = AGREES.get(payment["state"])
        intent = intents.get(payment["reference"])  # the row of a payment that came too late has no intent
        said = intent["status"] if intent else None
        if wanted and said not in wanted:
            yield f"{payment['reference']} is {payment['state']}; the payment service says {said}"
        if payment["state"] == "refunded" and intent and found.kept(intent):
            yield f"{payment['reference']} is refunded; {found.kept(intent)} cents are still kept"
        if payment["state"] in ("capturing", "releasing"):
            yield f"{payment['reference']} is still {payment['state']}"


def each_card_statement_follows_from_the_orders(found: Evidence) -> Iterator[str]:
    """What a customer's card shows, held or taken, is the sum of their placed and shipped orders."""
    emails = {row["id"]: row["email"] for row in found.tables["user"]}
    owed: Counter[str] = Counter()
    for order in found.with_status(*LIVE):
        owed[emails[order["user_id"]]] += order["total_cents"]
    intents = {intent["id"]: intent for intent in found.service["payment_intent"]}
    paid: Counter[str] = Counter()
    for session in found.service["checkout.session"]:
        if intent := intents.get(session["payment_intent"] or ""):
            paid[session["customer_email"]] += found.held(intent) + found.kept(intent)
    for email in sorted(owed.keys() | paid.keys()):
        if owed[email] != paid[email]:
            yield f"{email}: the card shows {paid[email]} cents, the orders come to {owed[email]}"


def paid_says_captured(found: Evidence) -> Iterator[str]:
    """An order says when it was paid exactly if its money was taken and kept."""
    for order in found.with_status(*LIVE):
        kept = sum(found.kept(intent) for intent in found.intents[order["id"]])
        if (order["paid_at"] is not None) != (kept > 0):
            yield f"{order['number']}: paid_at {order['paid_at']}, but {kept} cents are kept"


def every_movement_of_money_came_to_an_end(found: Evidence) -> Iterator[str]:
    """No capture, void or refund is still only asked for, and the payment service knows each that is done."""
    intents = {intent["id"]: intent for intent in found.service["payment_intent"]}
    for row in found.tables["payment_movement"]:
        intent = intents.get(row["intent_id"])
        if row["state"] == "requested":
            yield f"{row['kind']} of {row['intent_id']} is still only asked for"
        elif row["state"] == "done" and intent is None:
            yield f"{row['kind']} of {row['intent_id']} is done, but the payment service does not know it"
        elif row["state"] == "done" and intent is not None:
            done = {
                "capture": found.taken(intent),
                "refund": found.given_back(intent),
                "void": intent["amount"] if intent["status"] == "canceled" else 0,
            }[row["kind"]]
            if done < row["amount_cents"]:
                yield f"{row['kind']} of {row['intent_id']}: {row['amount_cents']} cents here, {done} there"


MONEY = (
    a_placed_order_has_exactly_one_live_payment,
    what_shipped_was_never_given_back,
    what_shipped_was_captured_once_and_in_full,
    what_is_placed_has_its_money,
    nothing_is_kept_for_an_ended_order,
    no_paid_order_is_forgotten,
    nobody_pays_twice_for_one_order,
    nothing_is_captured_twice,
    every_intent_is_known,
    both_books_agree,
    each_card_statement_follows_from_the_orders,
    paid_says_captured,
    every_movement_of_money_came_to_an_end,
)
