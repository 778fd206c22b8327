"""What must be true of stock, prescriptions and baskets at the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from bench.chaos.evidence import ENDED, LIVE, UNPAID, Evidence, by, total

CLOCK_SECONDS = 1.0
LONGEST_STEP_SECONDS = 60.0  # between the moment an order's placing bears and its commit


def lots_count_what_their_ledger_counts(found: Evidence) -> Iterator[str]:
    """A lot's units on hand are the sum of its movements."""
    moved = by(found.tables["stock_movement"], "lot_id")
    for lot in found.tables["lot"]:
        if (units := total(moved[lot["id"]])) != lot["on_hand"]:
            yield f"lot {lot['number']}: {lot['on_hand']} on hand, {units} by its movements"


def lots_hold_what_is_held(found: Evidence) -> Iterator[str]:
    """A lot's held units are the sum of the holds on it, and never more than there are."""
    holds = by((row for row in found.tables["stock_hold"] if row["state"] == "held"), "lot_id")
    for lot in found.tables["lot"]:
        if (units := total(holds[lot["id"]])) != lot["held"] or not 0 <= lot["held"] <= lot["on_hand"]:
            yield f"lot {lot['number']}: {lot['held']} of {lot['on_hand']} held, {units} by its holds"


def nothing_is_oversold(found: Evidence) -> Iterator[str]:
    """Of each medicine no more is in live orders than was ever received."""
    received: Counter[int] = Counter()
    variants = {lot["id"]: lot["variant_id"] for lot in found.tables["lot"]}
    for row in found.tables["stock_movement"]:
        if row["kind"] in ("received", "adjusted"):
            received[variants[row["lot_id"]]] += row["quantity"]
    sold: Counter[int] = Counter()
    for order in found.with_status(*LIVE, UNPAID):
        for line in found.lines[order["id"]]:
            sold[line["variant_id"]] += line["quantity"]
    for variant, units in sold.items():
        if units > received[variant]:
            yield f"variant {variant}: {units} sold of {received[variant]}"


def a_live_order_has_its_units(found: Evidence) -> Iterator[str]:
    """Each line of an unpaid or placed order keeps exactly its units; of a shipped one they have left."""
    holds = by(found.tables["stock_hold"], "order_line_id")
    lots = by(found.tables["order_line_lot"], "order_line_id")
    left = by((row for row in found.tables["stock_movement"] if row["kind"] == "dispensed"), "order_line_id")
    for order in found.with_status(*LIVE, UNPAID):
        wanted = "dispensed" if order["status"] == "shipped" else "held"
        for line in found.lines[order["id"]]:
            kept = total(row for row in holds[line["id"]] if row["state"] == wanted)
            gone = -total(left[line["id"]])
            should_be_gone = line["quantity"] if wanted == "dispensed" else 0
            named = total(lots[line["id"]])
            if (kept, gone, named) != (line["quantity"], should_be_gone, should_be_gone):
                yield (
                    f"{order['number']} ({order['status']}): {line['quantity']} ordered, {kept} {wanted}, "
                    f"{gone} left the shelf, {named} named by lot"
                )


def an_ended_order_keeps_no_units(found: Evidence) -> Iterator[str]:
    """Canceled and expired orders hold no stock, and nothing of them left the shelf."""
    holds = by((row for row in found.tables["stock_hold"] if row["state"] != "released"), "order_line_id")
    for order in found.with_status(*ENDED):
        for line in found.lines[order["id"]]:
            if units := total(holds[line["id"]]):
                yield f"{order['number']} is {order['status']} and still keeps {units} units"


def prescriptions_count_what_their_ledger_counts(found: Evidence) -> Iterator[str]:
    """What is taken of a prescription is the sum of its entries, and never more than was authorized."""
    entries = by(found.tables["prescription_quantity_entry"], "item_id")
    for item in found.tables["prescription_item"]:
        mine = entries[item["id"]]
        taken = total(row for row in mine if row["kind"] == "held") - total(
            row for row in mine if row["kind"] == "released"
        )
        if taken != item["taken"] or not 0 <= item["taken"] <= item["authorized"]:
            yield f"item {item['id']}: {item['taken']} of {item['authorized']} taken, {taken} by its entries"


def prescription_units_follow_the_order(found: Evidence) -> Iterator[str]:
    """A prescription line holds its units while the order lives, makes them final once, or gave them back."""
    entries = by(found.tables["prescription_quantity_entry"], "order_line_id")
    wanted = {"shipped": ["dispensed", "held"], "placed": ["held"], "packed": ["held"], UNPAID: ["held"]}
    for order in found.orders.values():
        for line in found.lines[order["id"]]:
            if line["prescription_item_id"] is None:
                continue
            kinds = sorted(row["kind"] for row in entries[line["id"]])
            if kinds != wanted.get(order["status"], ["held", "released"]):
                yield f"{order['number']} is {order['status']}, its prescription says {kinds}"


def nobody_has_two_unpaid_orders(found: Evidence) -> Iterator[str]:
    """Two clicks on "pay" make one order that waits for payment."""
    for user, orders in by(found.with_status(UNPAID), "user_id").items():
        if len(orders) > 1:
            yield f"user {user} has {len(orders)} unpaid orders"


def only_what_was_placed_left_the_basket(found: Evidence) -> Iterator[str]:
    """What was put into a basket last is in there, until an order with it is placed; then it is not."""
    baskets = {row["id"]: row["user_id"] for row in found.tables["basket"]}
    inside: dict[int, set[int]] = defaultdict(set)
    for line in found.tables["basket_line"]:
        if line["removed_at"] is None:
            inside[baskets[line["basket_id"]]].add(line["variant_id"])
    for user, memory in found.memories.items():
        placed = _placed(found, user)
        for ware, (before, after) in memory.added.items():
            variant = found.wares[ware]
            moments = placed[variant]
            if variant not in inside[user] and not any(at > before - LONGEST_STEP_SECONDS for at in moments):
                yield f"user {user}: {ware} left the basket, but no order with it was placed"
            if variant in inside[user] and any(at > after + CLOCK_SECONDS for at in moments):
                yield f"user {user}: {ware} was ordered and is still in the basket"


def _placed(found: Evidence, user: int) -> dict[int, list[float]]:
    moments: dict[int, list[float]] = defaultdict(list)
    for order in found.orders.values():
        if order["user_id"] == user and order["placed_at"] is not None:
            for line in found.lines[order["id"]]:
                moments[line["variant_id"]].append(seconds(order["placed_at"]))
    return moments


def seconds(moment: datetime | str) -> float:
    """Seconds since 1970 of a time as either database gives it; SQLite forgets the zone, which is UTC."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


GOODS = (
    lots_count_what_their_ledger_counts,
    lots_hold_what_is_held,
    nothing_is_oversold,
    a_live_order_has_its_units,
    an_ended_order_keeps_no_units,
    prescriptions_count_what_their_ledger_counts,
    prescription_units_follow_the_order,
    nobody_has_two_unpaid_orders,
    only_what_was_placed_left_the_basket,
)
