"""What an order's page says of its lines that other rooms know: declared by them, asked here.

This room knows no prescriptions; who does tells it the Rx number and whether the line waits for something.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shop.orders.models import Order


@dataclass(frozen=True)
class LineNote:
    """One line's; `rx_number` is "" of one without a prescription. `is_copy`: its prescription is a copy that
    has to be confirmed before the order ships; `in_review`: a pharmacist looks at it first."""

    rx_number: str = ""
    is_copy: bool = False
    in_review: bool = False


Notes = Callable[[Order], Mapping[int, LineNote]]
_asked: list[Notes] = []


def notes_lines(notes: Notes) -> Notes:
    """Declare a question: given an order with its lines, notes by line id."""
    if notes not in _asked:
        _asked.append(notes)
    return notes


def notes_of(order: Order) -> dict[int, LineNote]:
    """Every note, by line id."""
    return {line_id: note for notes in _asked for line_id, note in notes(order).items()}
