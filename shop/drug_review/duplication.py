"""The same ingredient twice, or two of a class of which one is enough. Pure.

Not with itself: a refill of the same item, the steps of a titration or taper in one document, and what is
taken on other days of the week.
"""

from collections.abc import Iterator, Sequence

from shop.drug_review import outcomes
from shop.drug_review.case import Case, class_words, is_local
from shop.drug_review.sums import may_follow, on_other_days
from shop.drug_review.taking import Alert, From, Taking
from shop.prescriptions.verification.typed import Verdict


def alerts(case: Case, interactions: Sequence[Alert] = ()) -> Iterator[Alert]:
    """One alert for each two medicines; none by class where an interaction already speaks of the two."""
    spoken = {frozenset(alert.about) for alert in interactions if alert.verdict != Verdict.ADVICE}
    for number, one in enumerate(case.under_review):
        for other in (*case.under_review[number + 1 :], *case.beside):
            if one.item_id is not None and one.item_id == other.item_id:
                continue
            if alert := _same(case, one, other):
                yield alert
            elif frozenset({one.key, other.key}) not in spoken:
                yield from _of_class(case, one, other)


def _same(case: Case, one: Taking, other: Taking) -> Alert | None:
    names = set(case.ingredients(one))
    shared = sorted(names & set(case.ingredients(other)))
    if not shared or may_follow(case, one, other) or on_other_days(case, one, other):
        return None
    told = other.known is From.ELSEWHERE and names == set(case.ingredients(other))
    mild = told or is_local(one) != is_local(other)
    sentence = f"{one.label} and {other.label} both contain {' and '.join(shared)}."
    if told:
        sentence += " They may be the same medicine: the patient listed the second one."
    return _alert("+".join(shared), Verdict.ADVICE if mild else Verdict.NEEDS, sentence, one, other)


def _of_class(case: Case, one: Taking, other: Taking) -> Iterator[Alert]:
    """The first class that both belong to, by other ingredients."""
    if is_local(one) or is_local(other):
        return
    mine, theirs = _by_class(case, one), _by_class(case, other)
    for name in sorted(mine.keys() & theirs.keys()):
        if mine[name] == theirs[name] and mine[name]:
            continue  # the same ingredient, in steps
        sentence = f"{one.label} and {other.label} are both {class_words(name)}."
        yield _alert(name, Verdict(case.book.classes[name].duplication), sentence, one, other)
        return


def _by_class(case: Case, taking: Taking) -> dict[str, frozenset[str]]:
    """Its classes of which one medicine is enough, with the ingredients that belong to each."""
    found: dict[str, frozenset[str]] = {name: frozenset() for name in taking.classes}
    for ingredient in case.ingredients(taking):
        for name in case.book.classes_of(ingredient):
            found[name] = found.get(name, frozenset()) | {ingredient}
    return {
        name: members
        for name, members in found.items()
        if name in case.book.classes and case.book.classes[name].duplication
    }


def _alert(what: str, verdict: Verdict, sentence: str, one: Taking, other: Taking) -> Alert:
    return Alert(
        rule=f"duplication:{what}",
        verdict=verdict,
        sentence=sentence,
        do="Ask whether both are intended or one replaces the other.",
        about=(one.key, other.key),
        outcomes=outcomes.DUPLICATION if verdict is Verdict.NEEDS else {},
        beside=(other.label,),
    )
