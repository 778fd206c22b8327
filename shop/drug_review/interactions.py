"""Medicines that do not go together, both ways and by class; of each pair the gravest fact. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shop.drug_review.case import Case, Fit, at_most, capped, gravity, is_local, is_on_skin, of_fact
from shop.drug_review.sums import limit_mg, mg_of
from shop.drug_review.taking import Alert, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind


def alerts(case: Case) -> list[Alert]:
    """One alert a pair: of ingredients, and of the first medicines under review that bring them.

    What one fact says of two ingredients of one medicine is one alert.
    """
    found: dict[frozenset[str], Alert] = {}
    for number, one in enumerate(case.under_review):
        for other in (*case.under_review[number + 1 :], *case.beside):
            for pair, alert in _of_two(case, one, other):
                known = found.get(pair)
                if known is None or gravity(alert) < gravity(known):
                    found[pair] = alert
    return list(_joined(found.values()))


def _joined(alerts: Iterable[Alert]) -> Iterator[Alert]:
    joined: dict[tuple[str, tuple[str, ...]], Alert] = {}
    for alert in alerts:
        known = joined.setdefault((alert.rule, alert.about), alert)
        if known is not alert:
            beside = tuple(sorted({*known.beside, *alert.beside}))
            joined[alert.rule, alert.about] = replace(known, beside=beside)
    yield from joined.values()


def _of_two(case: Case, one: Taking, other: Taking) -> Iterator[tuple[frozenset[str], Alert]]:
    for fact, taking, partner, met in (*_asked(case, one, other), *_asked(case, other, one)):
        fit = case.fit(fact.scope, taking)
        if fit is Fit.NO:
            continue
        above = _above(case, fact, taking)
        verdict = capped(case.weighed(fact, fit), above)
        local = [part for part in (*([] if fact.scope.route else [taking]), partner) if is_local(part)]
        if local:  # little of it reaches the blood, through skin hardly any
            verdict = at_most(verdict, Verdict.ADVICE if any(map(is_on_skin, local)) else Verdict.NEEDS)
        if above is Fit.NO:
            verdict = at_most(verdict, Verdict.ADVICE)
        unsure = " The daily dose isn’t known." if above is Fit.MAYBE else ""
        sentence = f"{one.label} with {other.label}: {fact.say}{unsure}"
        pair = frozenset({fact.ingredient, met})
        open_ = case.unsure(fact, fit)
        yield pair, of_fact(fact, verdict, sentence, (one, other), (met,), unsure=open_)


def _above(case: Case, fact: Fact, taking: Taking) -> Fit:
    """Whether more is taken than a fact allows together; without an amount any is."""
    limit = limit_mg(fact, case.person.profile.weight)
    if fact.amount is None:
        return Fit.YES
    mg = mg_of(case, fact.ingredient, taking, Kind.MAX_DAILY)
    if mg is None or limit is None:
        return Fit.MAYBE
    return Fit.YES if mg > limit else Fit.NO


def _asked(case: Case, taking: Taking, partner: Taking) -> Iterator[tuple[Fact, Taking, Taking, str]]:
    """The facts of one medicine that name an ingredient of the other, or its class."""
    for fact in case.facts(taking, Kind.INTERACTION):
        for met in (*case.ingredients(partner), *partner.classes):
            if met != fact.ingredient and names_it(case.book, fact.others, met):
                yield fact, taking, partner, met


def names_it(book: Book, others: tuple[str, ...], met: str) -> bool:
    """Whether a fact's others name this ingredient, by its name or a class of it; or this class."""
    return met in others or not book.classes_of(met).isdisjoint(others)
