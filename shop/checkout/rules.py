"""May this line be bought, and if not, what is the one thing to do? Pure: facts come in, a verdict comes out.

The store says what stands in the way in this order: not for sale, more than is sold, not in stock, then the
prescription.
"""

from shop.checkout.prescription_rules import prescription_verdict
from shop.checkout.verdicts import OK, LineFacts, State, Verdict
from shop.stock.rules import USUAL_SUPPLY_DAYS

LEAST_CENTS, MOST_CENTS = 50, 99_999_999
"""What the payment service charges at once: docs.stripe.com/currencies#minimum-and-maximum-charge-amounts."""

SALE_WORDS = {
    "not_listed": "We no longer sell it.",
    "no_price": "This medicine has no price right now.",
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
        or prescription_verdict(line)
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
