"""What a basket line's prescription says about it, and what the customer does next. Pure."""

from datetime import date

from shop.checkout.verdicts import LineFacts, State, Verdict
from shop.clock import day_in_words


def prescription_verdict(line: LineFacts) -> Verdict | None:
    if not line.prescription_required:
        return None
    if not line.signed_in:
        return Verdict(
            State.SIGN_IN_FIRST,
            "This medicine needs a prescription, and you need an account to send one.",
            "Sign in or create an account.",
        )
    if not line.patient_known:
        return Verdict(
            State.CHOOSE_PATIENT, "A prescription covers one person only.", "Choose who this is for."
        )
    return _coverage(line)


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
            if line.now < line.smallest:
                return Verdict(
                    State.MORE_THAN_FILL,
                    f"Your prescription covers {line.now} now{later}. "
                    f"The smallest pack of this holds {line.smallest}.",
                    "Call us, or send a new prescription.",
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
        case "transferred":
            return Verdict(
                State.TRANSFERRED,
                "Your prescription was transferred to another pharmacy, so it can’t be filled here.",
                "Get it there, or send a new prescription.",
            )
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
                "This medicine needs a prescription, and we don’t have one for it yet.",
                "Send us the prescription.",
            )


def _from(day: date | None) -> str:
    return f"from {day_in_words(day)}" if day else "later"
