"""What a verdict on a basket line is made of: the facts, the states it can have, and its words."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where a line stands."""

    OK = "ok"
    SIGN_IN_FIRST = "sign_in_first"
    CHOOSE_PATIENT = "choose_patient"
    SEND_PRESCRIPTION = "send_prescription"
    WAITING = "waiting"
    CHECKING = "checking"
    FILE_REFUSED = "file_refused"
    ASKED = "asked"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    USED_UP = "used_up"
    EXPIRED = "expired"
    TOO_EARLY = "too_early"
    MORE_THAN_FILL = "more_than_fill"
    REVIEW_STOPS = "review_stops"
    NOT_IN_PACKS = "not_in_packs"
    OVER_LIMIT = "over_limit"
    BARRED_THERE = "barred_there"
    OUT_OF_STOCK = "out_of_stock"
    NOT_FOR_SALE = "not_for_sale"


SEND_ONE = frozenset(
    {State.SEND_PRESCRIPTION, State.REFUSED, State.TRANSFERRED, State.USED_UP, State.EXPIRED}
)
"""The states that a new prescription clears."""


@dataclass(frozen=True)
class LineFacts:
    """What decides about a line.

    `sale_refusal` is catalogue's code, or None; `available` counts units in lots that last long enough;
    `barred` says why the state it goes to does not allow it, `over_limit` why this is too much to buy without
    a prescription, and what to do; `coverage` is the prescription's state for this variant, with the units it
    gives `now`, and the day from which it gives `next_units` more; `elsewhere` are units of it that other
    lines of the basket take; `patient_known` is False where the account has to say for whom the line is;
    `stopped`: the drug utilization review says it must not be given as things are; `reason_shown`: the page
    says why, because it needs no prescription; `smallest`: the fewest units that can be had, the smallest of
    packs that are never opened; `takers`: the customer may choose who takes it.
    """

    quantity: int
    sale_refusal: str | None
    not_by_mail: str | None
    available: int
    prescription_required: bool
    signed_in: bool
    coverage: str = "none"
    now: int = 0
    next_fill_on: date | None = None
    next_units: int = 0
    elsewhere: int = 0
    refusal: str | None = None
    in_packs: bool = True
    packs: tuple[int, ...] = ()
    smallest: int = 1
    over_limit: tuple[str, str] | None = None
    barred: str | None = None
    patient_known: bool = True
    stopped: bool = False
    reason_shown: bool = False
    takers: bool = False


@dataclass(frozen=True)
class Verdict:
    """`sentence` says why, `todo` the one thing to do; both are empty when nothing stands in the way."""

    state: State
    sentence: str = ""
    todo: str = ""

    @property
    def clear(self) -> bool:
        return self.state is State.OK

    @property
    def wants_prescription(self) -> bool:
        return self.state in SEND_ONE


OK = Verdict(State.OK)
