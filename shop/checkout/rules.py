"""May this line be bought, and if not, what is the one thing to do? Pure: facts come in, a verdict comes out.

The store says what stands in the way in this order: not for sale, more than is sold, not in stock, then the
prescription.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shop.clock import day_in_words
from shop.stock.rules import USUAL_SUPPLY_DAYS


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


LEAST_CENTS, MOST_CENTS = 50, 99_999_999
"""What the payment service charges at once: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""

SEND_ONE = frozenset({State.SEND_PRESCRIPTION, State.REFUSED, State.USED_UP, State.EXPIRED})
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
    says why, because it needs no prescription; `takers`: the customer may choose who takes it.
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
SALE_WORDS = {
    "not_listed": "We no longer sell it.",
    "no_price": "It has no price right now.",
    "strength_to_check": "We’re checking its listed strength.",
    "other_market": "This strength isn’t marketed in the country we sell in.",
}


def verdict(line: LineFacts) -> Verdict:
    """The first thing that stands in the way of a line, or OK."""
    return (
        _sale(line)
        or _barred(line)
        or _packs(line)
        or _limit(line)
        or _stock(line)
        or _prescription(line)
        or _review(line)
        or OK
    )


def _sale(line: LineFacts) -> Verdict | None:
    if line.sale_refusal is None:
        return None
    reason = line.not_by_mail if line.sale_refusal == "not_by_mail" else None
    sentence = (
        f"It can’t be sent by mail: {reason}."
        if reason
        else SALE_WORDS.get(line.sale_refusal, "We don’t sell it.")
    )
    return Verdict(
        State.NOT_FOR_SALE, sentence, "Remove it, and ask your prescriber or us about an alternative."
    )


def _packs(line: LineFacts) -> Verdict | None:
    if line.in_packs:
        return None
    sizes = ", ".join(map(str, line.packs))
    return Verdict(
        State.NOT_IN_PACKS,
        f"It is sold in whole packs of {sizes}." if sizes else "It can’t be sold in this quantity.",
        "Choose another quantity, or remove it.",
    )


def _barred(line: LineFacts) -> Verdict | None:
    if line.barred is None:
        return None
    return Verdict(State.BARRED_THERE, line.barred, "Remove it, or choose an address in another state.")


def _limit(line: LineFacts) -> Verdict | None:
    return Verdict(State.OVER_LIMIT, *line.over_limit) if line.over_limit else None


def _stock(line: LineFacts) -> Verdict | None:
    if line.quantity <= line.available:
        return None
    if line.available:
        return Verdict(
            State.OUT_OF_STOCK,
            f"Only {line.available} in stock.",
            "Choose a smaller quantity.",
        )
    return Verdict(
        State.OUT_OF_STOCK,
        "Out of stock.",
        "Remove it for now.",
    )


def _prescription(line: LineFacts) -> Verdict | None:
    if not line.prescription_required:
        return None
    if not line.signed_in:
        return Verdict(
            State.SIGN_IN_FIRST,
            "It needs a prescription, and you need an account to send one.",
            "Sign in or create an account.",
        )
    if not line.patient_known:
        return Verdict(
            State.CHOOSE_PATIENT, "A prescription covers one person only.", "Choose who this is for."
        )
    return _coverage(line)


def _review(line: LineFacts) -> Verdict | None:
    """What it found about a prescription is said by a person, not by a page that others may read over a
    shoulder. Why something from the shelf isn't sent, the page says beside this."""
    if not line.stopped:
        return None
    if line.reason_shown:
        todo = "Choose who takes it, or remove it." if line.takers else "Remove it, or call us."
        return Verdict(State.REVIEW_STOPS, "This isn’t safe for the person taking it.", todo)
    return Verdict(
        State.REVIEW_STOPS,
        "A safety check against the patient’s medicines and health answers found that we can’t send this.",
        "Call us or your prescriber. If a health answer is out of date, correct it.",
    )


def _coverage(line: LineFacts) -> Verdict | None:
    match line.coverage:
        case "approved" if line.now >= line.quantity:
            return None
        case "approved":
            later = f", and {line.next_units} more {_from(line.next_fill_on)}" if line.next_fill_on else ""
            if line.elsewhere:
                return Verdict(
                    State.MORE_THAN_FILL,
                    f"Another line of your basket fills the same prescription and takes {line.elsewhere}. "
                    f"That leaves {line.now or 'none'} for this one{later}.",
                    f"Choose {line.now} or fewer." if line.now else "Remove this line, or the other one.",
                )
            return Verdict(
                State.MORE_THAN_FILL,
                f"Your prescription covers {line.now} now{later}. Your basket has {line.quantity}.",
                f"Choose {line.now} or fewer.",
            )
        case "used_up":
            return Verdict(State.USED_UP, "Your prescription has been used up.", "Send a new prescription.")
        case "waiting":
            return Verdict(
                State.WAITING,
                "Your prescription is waiting for a pharmacist.",
                "We’ll email you when the pharmacist has reviewed it.",
            )
        case "checking":
            return Verdict(
                State.CHECKING,
                "We’re checking the file you sent. A pharmacist reviews it next.",
                "Check back in a few minutes.",
            )
        case "file_refused":
            return Verdict(
                State.FILE_REFUSED,
                "We couldn’t open a file you sent, so no pharmacist has it yet.",
                "Send another file.",
            )
        case "asked":
            return Verdict(
                State.ASKED,
                "A pharmacist has a question about your prescription.",
                "Answer the pharmacist’s question.",
            )
        case "refused":
            reason = line.refusal or "A pharmacist could not accept your prescription."
            return Verdict(State.REFUSED, reason, "Send another prescription.")
        case "expired":
            return Verdict(State.EXPIRED, "Your prescription has expired.", "Send a new prescription.")
        case "too_early" | "not_yet":
            sentence = "Most of your last supply should be used first."
            if line.coverage == "not_yet" and line.next_fill_on:
                sentence = (
                    f"Your prescriber asked that this not be filled before {day_in_words(line.next_fill_on)}."
                )
            return Verdict(
                State.TOO_EARLY,
                f"{sentence} You can order {line.next_units} {_from(line.next_fill_on)}.",
                f"Remove it for now, and order it again {_from(line.next_fill_on)}.",
            )
        case "days_unknown":
            return Verdict(
                State.TOO_EARLY,
                "Your prescription doesn’t say how long a fill lasts, so a pharmacist opens the next one.",
                "Remove it for now, and ask us for the next fill.",
            )
        case _:
            return Verdict(
                State.SEND_PRESCRIPTION,
                "It needs a prescription, and we don’t have one from you.",
                "Send us the prescription.",
            )


def _from(day: date | None) -> str:
    return f"from {day_in_words(day)}" if day else "later"


def clears_at(state: State, line: LineFacts) -> int:
    """The most units that would clear what stands in the way; 0 where fewer of them don’t."""
    if state is State.MORE_THAN_FILL:
        return min(line.now, line.available)
    return line.available if state is State.OUT_OF_STOCK else 0


def chargeable(total_cents: int) -> bool:
    """Whether a total can be paid by card at all."""
    return LEAST_CENTS <= total_cents <= MOST_CENTS


def supply_days(quantity: int, fill: tuple[int, int] | None) -> int:
    """The days `quantity` units last, begun ones included.

    `fill` is what the prescription says, (units, days they last); without it, the usual days' supply.
    """
    return -(-quantity * fill[1] // fill[0]) if fill else USUAL_SUPPLY_DAYS
