"""What a receipt says: the store's facts of one charged order, as text and numbers. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shop.orders.line_notes import LineNote
from shop.orders.models import Order, OrderLine
from shop.orders.refund_models import OrderRefund
from shop.orders.refunds import removed_cents


@dataclass(frozen=True)
class Sold:
    """One line. `about` says for whom and on which prescription, "" over the counter."""

    name: str
    about: str
    quantity: int
    cents: int


@dataclass(frozen=True)
class Receipt:
    """A charged order. Amounts are cents; `refunds` are (when, cents); `removed_cents` is what a line
    cost that was removed after the charge, `method` how it is delivered."""

    number: str
    ordered_at: datetime
    charged_at: datetime
    shipped_at: datetime | None
    recipient: Sequence[str]
    sold: Sequence[Sold]
    delivery_cents: int
    tax_cents: int
    total_cents: int
    refunds: Sequence[tuple[datetime, int]]
    removed_cents: int = 0
    method: str = ""
    promised_on: date | None = None

    @property
    def charged_cents(self) -> int:
        """What the card was charged: the total, and what was removed after that."""
        return self.total_cents + self.removed_cents

    @property
    def kept_cents(self) -> int:
        """Charged and not refunded."""
        return self.charged_cents - sum(cents for _, cents in self.refunds)


def receipt_of(
    order: Order,
    names: Mapping[int, str],
    notes: Mapping[int, LineNote],
    refunds: Iterable[OrderRefund],
) -> Receipt | None:
    """The receipt of an order; None while nothing was charged. `names` are the patients', `notes` by line."""
    if order.paid_at is None:
        return None
    made = [one for one in refunds if one.refused_at is None]
    return Receipt(
        order.number,
        order.ordered_at,
        order.paid_at,
        order.shipped_at,
        [
            one
            for one in (
                order.recipient,
                order.line1,
                order.line2,
                f"{order.city}, {order.region} {order.postal_code}",
            )
            if one
        ],
        [
            Sold(line.name, _about(line, names, notes), line.quantity, line.total_cents)
            for line in order.lines
        ],
        order.delivery_cents,
        order.tax_cents,
        order.total_cents,
        [(one.at, one.total_cents) for one in made],
        removed_cents(made),
        order.delivery_name,
        order.promised_on,
    )


def _about(line: OrderLine, names: Mapping[int, str], notes: Mapping[int, LineNote]) -> str:
    patient, note = names.get(line.patient_id or 0), notes.get(line.id)
    said = [f"for {patient}" if patient else "", f"Rx {note.rx_number}" if note and note.rx_number else ""]
    return ", ".join(one for one in said if one)
