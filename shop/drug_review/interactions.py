"""Medicines that do not go together, both ways and by class; of each pair the gravest fact. Pure."""

from collections.abc import Iterator

from shop.drug_review.case import RANK, Case, Fit, at_most, capped, is_local, of_fact
from shop.drug_review.taking import Alert, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind


def alerts(case: Case) -> list[Alert]:
    """One alert a pair: of ingredients, and of the first medicines under review that bring them."""
    found: dict[frozenset[str], Alert] = {}
    for number, one in enumerate(case.under_review):
        for other in (*case.under_review[number + 1 :], *case.beside):
            for pair, alert in _of_two(case, one, other):
                known = found.get(pair)
                if known is None or RANK[Verdict(alert.verdict)] < RANK[Verdict(known.verdict)]:
                    found[pair] = alert
    return list(found.values())


def _of_two(case: Case, one: Taking, other: Taking) -> Iterator[tuple[frozenset[str], Alert]]:
    for fact, taking, partner, met in (*_asked(case, one, other), *_asked(case, other, one)):
        fit = case.fit(fact.scope, taking)
        if fit is Fit.NO:
            continue
        verdict = capped(fact.weight, fit)
        if (is_local(taking) and not fact.scope.route) or is_local(partner):
            verdict = at_most(verdict, Verdict.NEEDS)  # little of it reaches the blood
        sentence = f"{one.label} with {other.label}: {fact.say}"
        pair = frozenset({fact.ingredient, met})
        yield pair, of_fact(fact, verdict, sentence, (one, other), (met,))


def _asked(case: Case, taking: Taking, partner: Taking) -> Iterator[tuple[Fact, Taking, Taking, str]]:
    """The facts of one medicine that name an ingredient of the other, or its class."""
    for fact in case.facts(taking, Kind.INTERACTION):
        for met in (*case.ingredients(partner), *partner.classes):
            if met != fact.ingredient and names_it(case.book, fact.others, met):
                yield fact, taking, partner, met


def names_it(book: Book, others: tuple[str, ...], met: str) -> bool:
    """Whether a fact's others name this ingredient, by its name or a class of it; or this class."""
    return met in others or not book.classes_of(met).isdisjoint(others)
