"""The check for reuse: each earlier prescription that this one may be needs an outcome. Pure."""

from collections.abc import Iterator, Sequence

from shop.clock import day_in_words
from shop.prescriptions.reasons import WORDS, Reason
from shop.prescriptions.verification.reuse import Earlier
from shop.prescriptions.verification.typed import Check, Verdict

SOURCE = "Documents and entries of all accounts"
OUTCOMES = {
    "different": "A different prescription",
    "prescriber_confirmed": "Prescriber confirmed that it’s a new one",
}
UNUSED_OUTCOMES = {
    "sent_again": "The same one, sent again: nothing was filled on it",
    "original": "The same one: this is the paper original",
}
"""Only while nothing was or can be filled on the other one: both would be filled."""


def reuse_checks(copies: Sequence[Earlier] | None) -> Iterator[Check]:
    """One for each that it may be, or that there is none; nothing where nobody has looked."""
    if copies is None:
        return
    if not copies:
        sentence = "No other prescription on file looks like this one or says the same."
        yield Check("reuse", Verdict.PASSED, sentence, SOURCE, "issued_on")
    for other in copies:
        whose = "this account" if other.same_account else "another account"
        sent = f"the prescription that {whose} sent {day_in_words(other.sent_on)}"
        yield Check(
            f"reuse-{other.id}",
            Verdict.NEEDS,
            f"Possible reuse of {sent}. {_used(other)}",
            SOURCE,
            "issued_on",
            OUTCOMES if other.is_used else {**OUTCOMES, **UNUSED_OUTCOMES},
            compare=other.reference,
        )


def _used(other: Earlier) -> str:
    """What became of the other one, and what to do where it is the same."""
    refuse = f"If it’s the same, refuse this one with “{WORDS[Reason.ALREADY_FILLED].short}.”"
    if other.taken:
        return f"Something was filled on that one. {refuse}"
    if other.transferred:
        return f"That one was transferred to another pharmacy. {refuse}"
    if other.approved:
        return "That one can be filled. If it’s the same, refuse this one, or revoke that one first."
    return "Nothing was filled on that one."
