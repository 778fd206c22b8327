"""How a medicine is handled: whole or not, by its directions; and what must not stop suddenly. Pure.

Where no fact says whether a form that releases slowly may be crushed, that is asked.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from shop.drug_review.case import Case, Fit, capped, general, of_fact
from shop.drug_review.known_names import matching
from shop.drug_review.taking import Alert, Person, Taking
from shop.patients.profile import Profile
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind

_NOT = re.compile(
    r"\b(do not|don['’]?t|never|not|without|no|swallow(ed)? whole(,? do not)?)\b"
    r"((,| |or|and|be|to|crush\w*|chew\w*|split\w*|break\w*|cut\w*|dissolv\w*|open\w*)*)",
    re.IGNORECASE,
)
_ACTS = {
    "crushed": re.compile(r"\b(crush|grind|ground|pulveriz|powder(ed)?\b|mash)", re.IGNORECASE),
    "chewed": re.compile(r"\bchew(?!able)", re.IGNORECASE),
    "dissolved": re.compile(
        r"\bdissolv|\bmix(ed)? (in|with|into) (water|juice|food|applesauce)", re.IGNORECASE
    ),
    "opened": re.compile(  # "an open wound" and "once the bottle is opened" are no dose
        r"\bopen(ed|ing)?\b(?! (wound|sore|skin|area|cut)| ?(the )?(bottle|packet|pouch))(?<!is opened)"
        r"|\bsprinkl|\bempt(y|ied)\b(?! stomach)",
        re.IGNORECASE,
    ),
    "split": re.compile(
        r"\b(split|halv|cut|break(?!fast)|broken|divid(e|ed) (the )?tab|half|one[- ]half|quarter)|½|¼|¾"
        r"|(?<![\d/])[1-3]/[2-4](?![\d/])|(?<!\d)0?\.(5|25|75)\s*(tab|cap|pill)",
        re.IGNORECASE,
    ),
}
_ACTS["given by tube"] = re.compile(  # what goes through a feeding tube is crushed or dissolved before
    r"\b(feeding|gastric|gastrostomy|nasogastric|ng|g|gj|j|peg)[ -]?tube\b"
    r"|\b(via|per|through|thru|by|down) (the |a )?(peg|ngt?|gt|jt|tube)\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"\bwhole\b|\bintact\b", re.IGNORECASE)
_MAY_SPLIT = re.compile(
    r"\b(scored|may be (divided|split|halved|broken)|can be (divided|split|halved|broken))\b", re.IGNORECASE
)
_IN_LABEL = {
    "crushed": re.compile(r"crush|chew", re.IGNORECASE),  # crushing destroys what chewing does
    "chewed": re.compile(r"chew", re.IGNORECASE),
    "dissolved": re.compile(r"dissol", re.IGNORECASE),
    "opened": re.compile(r"open|sprinkl", re.IGNORECASE),
    "split": re.compile(r"split|cut|brok|break|divid|halv|half", re.IGNORECASE),
    "given by tube": re.compile(r"crush|dissol|tube", re.IGNORECASE),
}
_RELEASED_SLOWLY = re.compile(
    r"\b(extended|delayed|sustained|controlled|modified|prolonged)[ -]release\b"
    r"|\benteric\b|\bgastro-?resistant\b|\bcoated[ -]pellet",
    re.IGNORECASE,
)
_MADE_FOR = {  # what the form itself is made for is no slip, however it releases
    "chewed": re.compile(r"\bchewable", re.IGNORECASE),
    "dissolved": re.compile(r"\bdisintegrat|\beffervescent|\bsuspension|\bsolution", re.IGNORECASE),
}


def alerts(case: Case) -> Iterator[Alert]:
    """Directions that ask to crush, chew, open or split what the label keeps whole, or what nobody knows."""
    for taking in case.under_review:
        acts = acts_in(taking.directions, taking.use.at_once if taking.unit == "pill" else None)
        facts = [
            (fact, fit)
            for fact in case.facts(taking, Kind.DO_NOT_CRUSH)
            if (fit := case.fit(fact.scope, taking)) is not Fit.NO
        ]
        for fact, fit in facts:
            if against := [act for act in acts if _forbids(fact, act)]:
                sentence = f"{taking.label}: {_called_for(against)}. {fact.say}"
                yield of_fact(fact, capped(fact.weight, fit), sentence, (taking,))
        if releases_slowly(taking):
            yield from _not_on_record(case, taking, acts, [fact for fact, _ in facts])


def _not_on_record(case: Case, taking: Taking, acts: Iterable[str], facts: Sequence[Fact]) -> Iterator[Alert]:
    """What directions ask of a form that releases slowly, and no fact forbids or allows."""
    silent = [
        act
        for act in acts
        if not any(_speaks_of(fact, act) for fact in facts)
        and not (act in _MADE_FOR and _MADE_FOR[act].search(taking.form))
    ]
    if silent:
        names = "+".join(case.ingredients(taking))
        yield general(
            f"no_do_not_crush_fact:{names}",
            Verdict.NEEDS,
            f"{taking.label}: {_called_for(silent)}. No fact on record says whether this "
            f"{'extended' if taking.release == 'extended' else 'delayed'}-release form allows it.",
            "Read the label. If it isn’t allowed, ask the prescriber for another form.",
            (taking,),
            silent,
        )


def _called_for(acts: Sequence[str]) -> str:
    return f"the directions call for it to be {' and '.join(acts)}"


def releases_slowly(taking: Taking) -> bool:
    """Whether it is a tablet or capsule of extended or delayed release, by its form."""
    slowly = taking.release == "extended" or _RELEASED_SLOWLY.search(taking.form)
    return taking.unit == "pill" and bool(slowly)


def acts_in(directions: str, at_once: Fraction | None = None) -> tuple[str, ...]:
    """What directions ask to do to a tablet or capsule; what they forbid is not asked."""
    text = _NOT.sub(" ", directions)
    found = [act for act, words in _ACTS.items() if words.search(text)]
    if at_once is not None and at_once.denominator != 1 and "split" not in found:
        found.append("split")
    return tuple(found)


def _forbids(fact: Fact, act: str) -> bool:
    return _speaks_of(fact, act) and not (act == "split" and _MAY_SPLIT.search(fact.said))


def _speaks_of(fact: Fact, act: str) -> bool:
    return bool(_WHOLE.search(fact.said) or _IN_LABEL[act].search(fact.said))


def on_stopping(taking: Taking, book: Book | None = None) -> list[Alert]:
    """What to say where this medicine is refused, or its refill comes late: it must not stop suddenly.

    Advice, whatever the fact's weight: nothing is dispensed that could be stopped.
    """
    book = book or reading.book()
    nobody = Person(None, Profile(), date.min)
    case = Case((taking,), (), nobody, book, matching(book))
    return [
        of_fact(fact, Verdict.ADVICE, f"{taking.label} must not be stopped suddenly. {fact.say}", (taking,))
        for fact in case.facts(taking, Kind.TAPER)
        if case.fit(fact.scope, taking) is not Fit.NO
    ]
