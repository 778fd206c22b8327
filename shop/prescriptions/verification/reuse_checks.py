"""The check for copies: each possible one needs an outcome. Pure."""

from collections.abc import Iterator, Sequence

from shop.clock import day_in_words
from shop.prescriptions.reasons import WORDS, Reason
from shop.prescriptions.verification.reuse import Earlier
from shop.prescriptions.verification.typed import Check, Verdict

SOURCE = "Documents and entries of all accounts"
OUTCOMES = {
    "different": "A different prescription",
    "prescriber_confirmed": "Prescriber confirmed it as a new one",
}
UNUSED_OUTCOMES = {
    "sent_again": "The same, sent again: nothing was filled on it",
    "original": "The same: this is the original",
}
"""Only while nothing was or can be filled on the other one: both would be filled."""


def reuse_checks(copies: Sequence[Earlier] | None) -> Iterator[Check]:
    """One for each possible copy, or that there is none; nothing where nobody has looked."""
    if copies is None:
        return
    if not copies:
        sentence = "No other prescription looks like it or states the same."
        yield Check("reuse", Verdict.PASSED, sentence, SOURCE, "issued_on")
    for other in copies:
        whose = "this account’s" if other.same_account else "another account’s"
        yield Check(
            f"reuse-{other.id}",
            Verdict.NEEDS,
            f"Possible copy of {whose} prescription sent {day_in_words(other.sent_on)}. {_used(other)}",
            SOURCE,
            "issued_on",
            OUTCOMES if other.is_used else {**OUTCOMES, **UNUSED_OUTCOMES},
            compare=other.reference,
        )


def _used(other: Earlier) -> str:
    """What became of the other one, and what to do where it is the same."""
    refuse = f"refuse with “{WORDS[Reason.ALREADY_FILLED].short}.”"
    if other.taken:
        return f"Something was filled on that one: if it is the same, {refuse}"
    if other.transferred:
        return f"That one was transferred to another pharmacy: if it is the same, {refuse}"
    if other.approved:
        return "That one can be filled: if it is the same, refuse this one, or revoke that one first."
    return "Nothing was filled on that one."
