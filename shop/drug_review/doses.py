"""How much of each ingredient comes together in a day and at one time, against its limits. Pure.

Strengths and uses are added over everything the patient takes; what cannot be added is said.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from shop.drug_review import as_directed, unlimited
from shop.drug_review.as_directed import by_package, most_a_day
from shop.drug_review.case import (
    RANK,
    Case,
    Fit,
    at_most,
    capped,
    general,
    gravest,
    is_local,
    of_fact,
    same_use,
)
from shop.drug_review.sums import Limit, figure, limit_of, mg_of, summed
from shop.drug_review.taking import Alert, From, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import Fact, Kind, Scope

IMPLAUSIBLE = 5
"""So many times the highest limit on record nobody takes, whatever the fact's weight (store policy)."""
TWICE = 2
"""A child’s limit by weight passed so many times is asked about, though its fact is advice (store policy): an
ear infection is treated with 90 mg/kg of amoxicillin, twice the 45 of its label, and not with more."""
ABOVE = {Kind.MAX_DAILY: "a day", Kind.MAX_SINGLE: "at one time"}


@dataclass(frozen=True)
class _Takers:
    """Who brings an ingredient: `sure` are taken together, `same` may be what a new one replaces."""

    ingredient: str
    sure: tuple[Taking, ...]
    same: tuple[Taking, ...]
    reviewed: tuple[Taking, ...]


def alerts(case: Case) -> Iterator[Alert]:
    """Doses above a limit, limits that nobody has on record, and doses that could not be compared."""
    for ingredient in dict.fromkeys(name for one in case.under_review for name in case.ingredients(one)):
        takers = _takers(case, ingredient)
        for kind in ABOVE:
            yield from gravest(_above(case, takers, kind))
        yield from as_directed.alerts(case, ingredient, takers.reviewed, (*takers.sure, *takers.same))
        yield from _not_added(case, takers)
        yield from _weight_needed(case, takers)
    for taking in case.under_review:
        yield from unlimited.alerts(case, taking)
        yield from gravest(_too_often(case, taking))


def _takers(case: Case, ingredient: str) -> _Takers:
    reviewed = [one for one in case.under_review if ingredient in case.ingredients(one)]
    beside = [one for one in case.beside if ingredient in case.ingredients(one)]
    contents = {frozenset(case.ingredients(one)) for one in reviewed}
    same = [one for one in beside if frozenset(case.ingredients(one)) in contents]
    sure = [*reviewed, *(one for one in beside if one not in same)]
    return _Takers(ingredient, tuple(sure), tuple(same), tuple(reviewed))


def _above(case: Case, takers: _Takers, kind: Kind) -> Iterator[Alert]:
    """One alert for each limit that is passed; those of another indication stop nothing."""
    # of equally grave ones, one that holds for sure is named, and of these the lowest
    limits = sorted(_limits(case, takers, kind), key=lambda one: (one.fit is Fit.MAYBE, one.mg))
    stated = {one.indication for one in takers.reviewed if one.indication}
    named = [one for one in limits if one.fact.scope.indication]
    met = [one for one in named if any(same_use(one.fact.scope.indication, use) for use in stated)]
    asked = [one for one in limits if one in met or one not in named or not met]
    passed = [one for one in asked if _sum(case, takers, one, takers.sure, kind) > one.mg]
    all_passed = len(passed) == len(asked) and not stated
    for limit in asked:
        fit = limit.fit
        if all_passed and limit.mg == max(one.mg for one in asked):
            fit = limit.fit_but_use  # above every limit on record, whatever it is for
        yield from _one_above(case, takers, limit, kind, fit)
    yield from _mixed(case, takers, asked, kind)
    yield from _implausible(case, takers, asked, kind)


def _limits(case: Case, takers: _Takers, kind: Kind) -> Iterator[Limit]:
    facts = case.book.of(takers.ingredient)
    for fact in facts.of(kind) if facts else ():
        if limit := limit_of(case, fact, takers.reviewed):
            yield limit


def _one_above(case: Case, takers: _Takers, limit: Limit, kind: Kind, fit: Fit) -> Iterator[Alert]:
    verdict = case.weighed(limit.fact, fit)
    everyone = (*takers.sure, *takers.same)
    if kind is Kind.MAX_SINGLE:
        alone = max((_sum(case, takers, limit, (one,), kind) for one in takers.reviewed), default=Fraction())
        if alone > limit.mg:
            sum_, counted = alone, takers.reviewed
        else:
            sum_, counted = _sum(case, takers, limit, everyone, kind), everyone
            verdict = at_most(verdict, Verdict.NEEDS)  # taken apart, each is within it
    else:
        sum_, counted = _sum(case, takers, limit, takers.sure, kind), takers.sure
        if sum_ <= limit.mg:
            sum_, counted = _sum(case, takers, limit, everyone, kind, at_worst=True), everyone
            verdict = at_most(verdict, Verdict.NEEDS)  # the new one may replace the earlier one
    if sum_ > limit.mg:
        unsure = case.unsure(limit.fact, fit)
        if limit.fact.unit.endswith("/kg") and case.minor() and fit is Fit.YES and sum_ > TWICE * limit.mg:
            verdict = min(verdict, Verdict.NEEDS, key=lambda one: RANK[one])  # the graver of the two
        yield replace(_above_alert(takers, limit, kind, sum_, counted, verdict, fit), unsure=unsure)


def _mixed(case: Case, takers: _Takers, limits: Sequence[Limit], kind: Kind) -> Iterator[Alert]:
    """Limits of single releases or routes are passed together where the sum is above the highest."""
    limits = [one for one in limits if not one.fact.is_weekly]
    if kind is Kind.MAX_SINGLE or len(limits) < 2:
        return
    highest = max(limits, key=lambda one: one.mg)
    body = tuple(one for one in takers.sure if not is_local(one))
    sum_ = summed(case, takers.ingredient, body, kind)
    if sum_ > highest.mg:
        verdict = at_most(capped(highest.fact.weight, highest.fit), Verdict.NEEDS)
        yield _above_alert(takers, highest, kind, sum_, body, verdict, highest.fit)


def _implausible(case: Case, takers: _Takers, limits: Sequence[Limit], kind: Kind) -> Iterator[Alert]:
    """Far above the highest limit; where none is of this patient and medicine, far above any other's."""
    if limits := [one for one in limits if not one.fact.is_weekly]:
        highest = max(limits, key=lambda one: one.mg)
        counted = tuple(one for one in takers.reviewed if highest.counts(case, one))
    else:
        others = list(_of_others(case, takers, kind))
        if not others:
            return
        highest = max(others, key=lambda one: one.mg)
        counted = tuple(one for one in takers.reviewed if not is_local(one))
    sum_ = summed(case, takers.ingredient, counted, kind)
    if sum_ > IMPLAUSIBLE * highest.mg:
        release = highest.fact.scope.release  # a tablet for all day may hold what is split over one otherwise
        asked = release and all(one.release != release for one in counted)
        verdict = Verdict.NEEDS if asked else Verdict.STOPS
        yield _above_alert(takers, highest, kind, sum_, takers.reviewed, verdict, Fit.YES)


def _of_others(case: Case, takers: _Takers, kind: Kind) -> Iterator[Limit]:
    """The limits of other releases, uses, kidneys, and without a prescription, whatever the lowest age; not
    of another route, which needs other amounts, nor of children alone."""
    facts = case.book.of(takers.ingredient)
    for fact in facts.of(kind) if facts else ():
        scope = Scope(age_under=fact.scope.age_under, route=fact.scope.route)
        limit = limit_of(case, replace(fact, scope=scope), takers.reviewed)
        if limit and not fact.is_weekly:
            yield replace(limit, fact=fact)


def _sum(
    case: Case,
    takers: _Takers,
    limit: Limit,
    counted: Iterable[Taking],
    kind: Kind,
    *,
    at_worst: bool = False,
) -> Fraction:
    fitting = tuple(one for one in counted if limit.counts(case, one))
    if limit.fact.is_weekly:
        fitting = tuple(replace(one, use=one.use.in_a_week) for one in fitting)
    return summed(case, takers.ingredient, fitting, kind, at_worst=at_worst)


def _above_alert(
    takers: _Takers,
    limit: Limit,
    kind: Kind,
    sum_: Fraction,
    counted: Iterable[Taking],
    verdict: Verdict,
    fit: Fit,
) -> Alert:
    names = list(dict.fromkeys(one.label for one in counted))
    unsure = limit.doubt if fit is Fit.MAYBE else ""
    within = "a week" if limit.fact.is_weekly else ABOVE[kind]
    sentence = (
        f"{' with '.join(names)}: {figure(sum_)} mg of {takers.ingredient} {within}, "
        f"above the limit of {figure(limit.mg)} mg. "
        f"{limit.fact.say}{unsure}"
    )
    about = (*takers.reviewed, *counted)
    return of_fact(limit.fact, verdict, sentence, about, sorted(names) if len(names) > 1 else ())


def _not_added(case: Case, takers: _Takers) -> Iterator[Alert]:
    """What else brings the ingredient and nobody knows how much."""
    everyone = (*takers.sure, *takers.same)
    silent = [
        one
        for one in everyone
        if not is_local(one) and mg_of(case, takers.ingredient, one, Kind.MAX_DAILY) is None
    ]
    others = [
        one
        for one in silent
        if (one not in takers.reviewed or by_package(one)) and not most_a_day(case, takers.ingredient, one)
    ]
    if len(everyone) < 2 or not others:
        return
    told = all(one.known is From.ELSEWHERE and one in takers.same for one in others)
    names = " and ".join(one.label for one in others)
    yield general(
        f"dose_not_added:{takers.ingredient}",
        Verdict.ADVICE if told else Verdict.NEEDS,
        f"{names} also {'contains' if len(others) == 1 else 'contain'} {takers.ingredient}, in an amount "
        "that isn’t known. The daily total isn’t checked.",
        "Ask the patient how much they take, and whether it’s the same medicine.",
        (*takers.reviewed, *others),
        sorted({one.label for one in others}),
    )


def _weight_needed(case: Case, takers: _Takers) -> Iterator[Alert]:
    if isinstance(case.person.profile.weight, Decimal):
        return
    facts = case.book.of(takers.ingredient)
    by_weight = [
        fact
        for fact in (facts.of(*ABOVE) if facts else ())
        if fact.unit.endswith("/kg") and any(case.fit(fact.scope, one) for one in takers.reviewed)
    ]
    if by_weight:
        yield general(
            f"weight_needed:{takers.ingredient}",
            Verdict.NEEDS,
            f"{takers.reviewed[0].label}: the dose limit depends on weight, and no weight is on record.",
            "Ask for the patient’s weight in kilograms.",
            takers.reviewed,
        )


def _too_often(case: Case, taking: Taking) -> Iterator[Alert]:
    for fact in case.facts(taking, Kind.FREQUENCY):
        fit = case.fit(fact.scope, taking)
        if not fit or is_local(taking):
            continue
        yield from _frequency(taking, fact, fit)


def _frequency(taking: Taking, fact: Fact, fit: Fit) -> Iterator[Alert]:
    use = taking.use
    most_days, most_times = fact.most_days_a_week or 7, fact.most_times_a_day
    if use.most_a_day is None or (most_times and use.times_a_day is None):
        verdict = capped(fact.weight, Fit.MAYBE)
        sentence = f"{taking.label}: the directions don’t say clearly how often it’s taken. {fact.say}"
        yield of_fact(fact, verdict, sentence, (taking,), unsure=True)
    elif use.days_a_week > most_days:
        sentence = (
            f"{taking.label}: {use.days_a_week} days a week; the label’s limit is {most_days}. {fact.say}"
        )
        yield of_fact(fact, capped(fact.weight, fit), sentence, (taking,))
    elif most_times and use.times_a_day and use.times_a_day > most_times:
        often = f"{figure(use.times_a_day)} times a day; the label’s limit is {most_times}"
        yield of_fact(fact, capped(fact.weight, fit), f"{taking.label}: {often}. {fact.say}", (taking,))
