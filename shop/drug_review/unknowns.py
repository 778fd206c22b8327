"""What could not be compared: words nobody recognized, unknown medicines, unanswered questions. Pure."""

from collections.abc import Iterable, Iterator

from shop.drug_review.case import Case, class_words, general
from shop.drug_review.interactions import names_it
from shop.drug_review.taking import Alert, From, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import Kind, Weight
from shop.safety.drug_facts.matching import Meant


def alerts(case: Case) -> Iterator[Alert]:
    """One alert for each question of the profile, and one for each medicine that is not known."""
    yield from _words(case, "allergies", "an allergy", case.allergies)
    yield from _words(case, "conditions", "a condition", case.conditions)
    yield from _unanswered(case)
    yield from _medicines(case)
    yield from _which_of_a_class(case)
    for one in case.under_review:
        if one.unrecognized:
            yield _no_ingredients(one, (one,))
    for one in case.beside:
        if one.unrecognized and one.known is not From.ELSEWHERE:
            yield _no_ingredients(one, (*case.under_review, one))


def _medicines(case: Case) -> Iterator[Alert]:
    """What the patient told and nobody recognized, also where it is only a part of an entry."""
    told = {one.label: one for one in case.beside if one.known is From.ELSEWHERE}
    meant = {label: case.matching.medicine(label) for label in told}
    pieces = {
        label: one.unknown
        for label, one in meant.items()
        if told[label].unrecognized or one.ingredients or one.classes
    }
    unknown = [piece for some in pieces.values() for piece in some]
    if unknown:
        silent = [told[label] for label, some in pieces.items() if some]
        yield _unrecognized(case, "medicines", "a medicine", unknown, silent)


def _which_of_a_class(case: Case) -> Iterator[Alert]:
    """A class that the patient told ("a statin"), where facts speak of some of its members only."""
    for told in case.beside:
        for name in () if told.parts else told.classes:
            asking = tuple(one for one in case.under_review if _of_some(case, one, name))
            if asking:
                yield general(
                    f"which_medicine:{name}",
                    Verdict.NEEDS,
                    f"{asking[0].label} with {told.label}: it isn’t known which of the {class_words(name)} "
                    "the patient takes.",
                    "Ask the patient which one it is.",
                    (*asking, told),
                    (told.label,),
                )


def _of_some(case: Case, taking: Taking, name: str) -> bool:
    """Whether the medicine and some of a class interact, and no fact says so of the whole class."""
    own = [fact for fact in case.facts(taking, Kind.INTERACTION) if fact.weight is not Weight.ADVICE]
    if any(name in fact.others for fact in own):
        return False
    for member in case.book.classes[name].members:
        theirs = case.book.of(member)
        if any(names_it(case.book, fact.others, member) for fact in own) or any(
            names_it(case.book, fact.others, ingredient)
            for fact in (theirs.of(Kind.INTERACTION) if theirs else ())
            for ingredient in case.ingredients(taking)
            if fact.weight is not Weight.ADVICE
        ):
            return True
    return False


def _words(case: Case, topic: str, word: str, entries: Iterable[Meant]) -> Iterator[Alert]:
    unknown = [piece for meant in entries for piece in meant.unknown]
    if unknown:
        yield _unrecognized(case, topic, word, unknown, ())


def _unrecognized(case: Case, topic: str, word: str, unknown: list[str], told: Iterable[Taking]) -> Alert:
    words = ", ".join(f"“{piece[:120]}”" for piece in unknown)
    return general(
        f"not_recognized:{topic}",
        Verdict.NEEDS,
        f"Not recognized as {word}: {words}. Nothing is checked against it.",
        "Check the label for it, or ask the patient what they mean.",
        (*case.under_review, *told),
        sorted(piece.casefold()[:120] for piece in unknown),
    )


def _no_ingredients(taking: Taking, about: Iterable[Taking]) -> Alert:
    return general(
        "no_ingredients",
        Verdict.NEEDS,
        f"{taking.label}: its ingredients aren’t known, so nothing is checked against it.",
        "Read the label.",
        about,
        (taking.label,),
    )


def _unanswered(case: Case) -> Iterator[Alert]:
    """Questions without answer; pregnancy, kidneys and weight are asked where a fact is about them."""
    profile = case.person.profile
    if profile.allergies is None:
        yield _question(case, "allergies", "Allergies", case.under_review)
    if profile.medicines is None:
        yield _question(case, "medicines", "Other medicines", case.under_review)
    asking = tuple(one for one in case.under_review if any(True for _ in case.facts(one, Kind.CONDITION)))
    if profile.conditions is None and asking:
        yield _question(case, "conditions", "Conditions", asking)


def _question(case: Case, topic: str, words: str, about: Iterable[Taking]) -> Alert:
    return general(
        f"not_answered:{topic}",
        Verdict.NEEDS,
        f"{words}: the patient hasn’t answered, so nothing is checked.",
        "Ask the patient.",
        about,
    )
