"""Facts about the patient: age, conditions, kidneys, pregnancy and breastfeeding. Pure.

What nobody answered is not "no": where a fact would stop it is asked, else it is shown.
"""

from collections.abc import Iterator

from shop.drug_review.case import (
    Case,
    Fit,
    at_most,
    capped,
    general,
    gravest_known,
    is_local,
    milder,
    of_fact,
    said_of,
)
from shop.drug_review.taking import Alert, Taking
from shop.patients.profile import PREGNANCY_FROM_YEARS, Kidneys, YesNo
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import Fact, Kind

UNSURE = {
    Kind.KIDNEYS: "Kidney function isn’t known.",
    Kind.PREGNANCY: "It isn’t known whether the patient is pregnant.",
    Kind.BREASTFEEDING: "It isn’t known whether the patient is breastfeeding.",
}
TOLD = "The patient’s conditions speak of it, and the answer doesn’t."
ABOUT = {
    Kind.KIDNEYS: "reduced kidney function",
    Kind.PREGNANCY: "pregnancy",
    Kind.BREASTFEEDING: "breastfeeding",
}


def alerts(case: Case) -> Iterator[Alert]:
    """Of each ingredient: all that is known to hold, and of what is not known the gravest fact."""
    for taking in case.under_review:
        for name in case.ingredients(taking):
            yield from gravest_known(_too_young(case, taking, name))
            yield from gravest_known(_too_old(case, taking, name))
            yield from _no_age(case, taking, name)
            for kind in UNSURE:
                yield from _asked(case, taking, name, kind)
                yield from _no_fact(case, taking, name, kind)
        yield from _conditions(case, taking)


def _facts(case: Case, name: str, kind: Kind) -> tuple[Fact, ...]:
    found = case.book.of(name)
    return found.of(kind) if found else ()


def _too_young(case: Case, taking: Taking, name: str) -> Iterator[Alert]:
    age = case.person.age
    for fact in _facts(case, name, Kind.MIN_AGE):
        least = fact.scope.age_from
        fit = case.fit(fact.scope, taking, ages=False)
        if fit is Fit.NO or least is None or (age is not None and age >= least):
            continue
        if age is None:
            sentence = f"{taking.label}: for ages {least} and older, and no age is on record. {fact.say}"
            yield of_fact(fact, capped(fact.weight, Fit.MAYBE), sentence, (taking,), unsure=True)
        else:
            sentence = f"{taking.label}: the patient is under {least} years old. {fact.say}"
            unsure = case.unsure(fact, fit)
            yield of_fact(fact, capped(fact.weight, fit), sentence, (taking,), unsure=unsure)


def _too_old(case: Case, taking: Taking, name: str) -> Iterator[Alert]:
    for fact in _facts(case, name, Kind.MAX_AGE):
        fit = case.fit(fact.scope, taking)
        if fit is Fit.NO:
            continue
        no_age = " The patient’s age isn’t on record." if case.person.age is None else ""
        sentence, unsure = f"{taking.label}: {fact.say}{no_age}", case.unsure(fact, fit)
        yield of_fact(fact, capped(fact.weight, fit), sentence, (taking,), unsure=unsure)


def _no_age(case: Case, taking: Taking, name: str) -> Iterator[Alert]:
    """A minor, and no age among the facts: nobody has looked, or the label is silent.

    A dose that a label states for the patient's age says as much as an age.
    """
    if not case.minor() or case.book.of(name) is None:
        return
    if any(case.fit(fact.scope, taking, ages=False) for fact in _facts(case, name, Kind.MIN_AGE)):
        return
    doses = (*_facts(case, name, Kind.MAX_DAILY), *_facts(case, name, Kind.MAX_SINGLE))
    if any(fact.scope.age_under is not None and case.fit(fact.scope, taking) for fact in doses):
        return
    yield general(
        f"no_minimum_age:{name}",
        Verdict.NEEDS,
        f"{taking.label}: no minimum age on record for {name}, and the patient is under 18.",
        "Read the label’s section on pediatric use.",
        (taking,),
    )


def _asked(case: Case, taking: Taking, name: str, kind: Kind) -> Iterator[Alert]:
    sure: list[Alert] = []
    unsure: list[Alert] = []
    for fact in _facts(case, name, kind):
        scope_fit, state = case.fit(fact.scope, taking), _state(case, fact)
        fit = min(scope_fit, state)
        if fit is Fit.NO:
            continue
        if fit is Fit.YES:
            verdict = capped(fact.weight, fit)
            excepted = any(meant.conditions & set(fact.scope.needs_with) for meant in case.conditions)
            if excepted:
                verdict = at_most(verdict, Verdict.NEEDS)
            sure.append(of_fact(fact, verdict, f"{taking.label}: {fact.say}", (taking,)))
        elif state is Fit.YES:  # the patient said yes; whether the fact is about this medicine is open
            sentence = f"{taking.label}: {fact.say} {_open_scope(fact, taking)}"
            unsure.append(of_fact(fact, capped(fact.weight, fit), sentence, (taking,), unsure=True))
        else:
            told = _told(case, kind)
            verdict = capped(fact.weight, fit) if told else milder(fact.weight)
            sentence = f"{taking.label}: {fact.say} {TOLD if told else UNSURE[kind]}"
            open_ = not told or case.unsure(fact, scope_fit)
            unsure.append(of_fact(fact, verdict, sentence, (taking,), unsure=open_))
    yield from gravest_known(sure) if any(one.verdict == Verdict.STOPS for one in sure) else sure
    yield from gravest_known(unsure)


def _open_scope(fact: Fact, taking: Taking) -> str:
    """What nobody knows of the medicine or the patient, so that the fact may not be about this one."""
    if use := fact.scope.indication:
        stated = f"this is prescribed for {taking.indication}" if taking.indication else "no use is stated"
        return f"That is for {use}; {stated}."
    if fact.scope.route:
        return f"That is for the {fact.scope.route} form; how it’s given isn’t known."
    return "The patient’s age isn’t on record."


def _no_fact(case: Case, taking: Taking, name: str, kind: Kind) -> Iterator[Alert]:
    """A patient who said yes, and nothing among the facts: nobody has looked, or the label is silent.

    With reduced kidneys it is advice, because labels speak where the dose goes by them.
    """
    if case.book.of(name) is None or not _said_yes(case, kind) or is_local(taking):
        return
    of_kidneys = _facts(case, name, Kind.MAX_DAILY) if kind is Kind.KIDNEYS else ()
    facts = (*_facts(case, name, kind), *(fact for fact in of_kidneys if fact.scope.kidneys))
    if any(case.fit(fact.scope, taking) for fact in facts):
        return
    dialysis = case.person.profile.kidneys is Kidneys.DIALYSIS
    yield general(
        f"no_{kind}_fact:{name}",
        Verdict.ADVICE if kind is Kind.KIDNEYS and not dialysis else Verdict.NEEDS,
        f"{taking.label}: nothing on record for {name} and {ABOUT[kind]}.",
        "Read the label.",
        (taking,),
    )


def _said_yes(case: Case, kind: Kind) -> bool:
    """Whether the patient said so, also among the conditions; what they don't know, and nobody asked, is not
    yes."""
    profile = case.person.profile
    if _told(case, kind):
        return True
    if kind is Kind.KIDNEYS:
        return profile.kidneys in (Kidneys.REDUCED, Kidneys.DIALYSIS)
    return (profile.pregnancy if kind is Kind.PREGNANCY else profile.breastfeeding) is YesNo.YES


def _state(case: Case, fact: Fact) -> Fit:
    """Whether the patient is in the state that the fact is about."""
    if fact.kind is Kind.KIDNEYS:
        return case.kidneys_fit(fact.scope.kidneys or ("reduced", "dialysis"))
    age = case.person.age
    if age is not None and age < PREGNANCY_FROM_YEARS:
        return Fit.NO  # not asked of them
    profile = case.person.profile
    answer = profile.pregnancy if fact.kind is Kind.PREGNANCY else profile.breastfeeding
    if answer is YesNo.YES:
        return Fit.YES
    return Fit.NO if answer is YesNo.NO and not _told(case, fact.kind) else Fit.MAYBE


def _told(case: Case, kind: Kind) -> bool:
    """Whether the patient's conditions speak of what the answer leaves open, or denies."""
    return bool(said_of(kind, case.person.profile))


def _conditions(case: Case, taking: Taking) -> Iterator[Alert]:
    for fact in case.facts(taking, Kind.CONDITION):
        fit = case.fit(fact.scope, taking)
        met = [meant for meant in case.conditions if meant.conditions & set(fact.others)]
        if fit is Fit.NO or not met:
            continue
        words = " and ".join(f"“{meant.words}”" for meant in met)
        codes = sorted({code for meant in met for code in meant.conditions & set(fact.others)})
        sentence = f"{taking.label}: the patient reported {words}. {fact.say}"
        verdict, unsure = capped(fact.weight, fit), case.unsure(fact, fit)
        yield of_fact(fact, verdict, sentence, (taking,), codes, unsure=unsure)
