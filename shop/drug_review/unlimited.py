"""Medicines without a dose limit on record, and doses that could not be held against theirs. Pure."""

from collections.abc import Iterator

from shop.drug_review.as_directed import by_package
from shop.drug_review.case import Case, general, is_local
from shop.drug_review.sums import figure, mg_of
from shop.drug_review.taking import Alert, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import Kind

MANY_A_DAY, MANY_AT_ONCE = 12, 4
"""More tablets or capsules than this are asked about where no limit is on record (store policy): the most of
one medicine that a prescription label at hand directs is 4 at one time and 12 a day (TALICIA, 2025)."""


def alerts(case: Case, taking: Taking) -> Iterator[Alert]:
    """What nobody has a limit for, and what could not be compared with one."""
    yield from _no_limit(case, taking)
    yield from _not_compared(case, taking)


def _no_limit(case: Case, taking: Taking) -> Iterator[Alert]:
    """One alert a medicine: no facts at all needs a decision, no limit among its facts is said."""
    names = case.ingredients(taking)
    unknown = [name for name in names if case.book.of(name) is None]
    open_ = [name for name in names if name not in unknown and not _has_limit(case, taking, name)]
    if unknown:
        yield general(
            f"no_dose_limit:{'+'.join(unknown)}",
            Verdict.NEEDS,
            f"{taking.label}: no label facts on record for {' and '.join(unknown)}, so "
            "no dose limit on record either. Its own warnings aren’t checked.",
            "Read the label.",
            (taking,),
        )
    elif open_:
        many = _unusually_many(taking)
        verdict = Verdict.NEEDS if case.minor() or many else Verdict.ADVICE
        age = " for this age" if case.minor() else ""
        yield general(
            f"no_dose_limit:{'+'.join(open_)}",
            verdict,
            f"{taking.label}: no dose limit on record for {' and '.join(open_)}{age}.{many}",
            "Read the dosage section of the label.",
            (taking,),
        )


def _unusually_many(taking: Taking) -> str:
    """What to say where so many tablets or capsules are directed that they may be a slip; "" otherwise."""
    use = taking.use
    if taking.unit != "pill" or is_local(taking):
        return ""
    if use.most_a_day is not None and use.most_a_day > MANY_A_DAY:
        return f" {figure(use.most_a_day)} tablets or capsules a day are unusually many."
    if use.at_once is not None and use.at_once > MANY_AT_ONCE:
        return f" {figure(use.at_once)} tablets or capsules at one time are unusually many."
    return ""


def _has_limit(case: Case, taking: Taking, name: str) -> bool:
    facts = case.book.of(name)
    return facts is not None and any(
        case.fit(fact.scope, taking, indication=False) and not (is_local(taking) and not fact.scope.route)
        for fact in facts.of(Kind.MAX_DAILY, Kind.MAX_SINGLE)
    )


def _not_compared(case: Case, taking: Taking) -> Iterator[Alert]:
    """Directions or a strength that are not read, where there is a limit to hold them against."""
    limited = [name for name in case.ingredients(taking) if _has_limit(case, taking, name)]
    if not limited or all(mg_of(case, name, taking, Kind.MAX_DAILY) is not None for name in limited):
        return
    rule = f"dose_not_checked:{'+'.join(limited)}"
    if by_package(taking):
        yield general(
            rule,
            Verdict.ADVICE,
            f"{taking.label} is taken as its package directs. Its dose isn’t checked.",
            "",
            (taking,),
        )
        return
    unread = "directions" if taking.use.most_a_day is None else "strength"
    yield general(
        rule,
        Verdict.NEEDS,
        f"{taking.label}: dose not checked, because its {unread} couldn’t be read.",
        "Work out the daily dose and compare it with the label.",
        (taking,),
    )
