"""Allergies the patient told of, against each ingredient: itself, its classes, and cross-reactions. Pure."""

from collections.abc import Iterator

from shop.drug_review import outcomes
from shop.drug_review.case import Case, Fit, capped, class_words, gravest_known, of_fact
from shop.drug_review.interactions import names_it
from shop.drug_review.taking import Alert, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.matching import Meant

FAMILIES = frozenset(
    {
        *("penicillins", "cephalosporins", "sulfonamide antibiotics", "macrolides", "fluoroquinolones"),
        *("tetracyclines", "nsaids", "salicylates", "ace inhibitors", "opioids", "statins"),
        *("thiazide diuretics", "arbs", "azole antifungals", "nitroimidazoles", "aminoglycosides"),
        *("proton pump inhibitors", "h2 blockers", "beta blockers", "dihydropyridines", "sulfonylureas"),
        *("triptans", "tricyclic antidepressants", "benzodiazepines", "barbiturates", "bisphosphonates"),
        *("5-HT3 antagonists", "dpp-4 inhibitors", "glp-1 receptor agonists", "nitrates", "fibrates"),
    }
)
"""Classes whose members are like each other, so that an allergy to one is asked about for another (general
knowledge: a pharmacist must review it). Facts of labels say more."""


def alerts(case: Case) -> Iterator[Alert]:
    """The gravest alert of each medicine and entry of the patient's allergies."""
    for taking in case.under_review:
        for meant in case.allergies:
            yield from gravest_known(_of_entry(case, taking, meant))


def _of_entry(case: Case, taking: Taking, meant: Meant) -> Iterator[Alert]:
    for name in case.ingredients(taking):
        if name in meant.ingredients:
            yield _general(taking, name, Verdict.STOPS, f"allergy to “{meant.words}” on record.", meant)
        for class_ in sorted(case.book.classes_of(name) & meant.classes):
            said = f"one of the {class_words(class_)}; allergy to “{meant.words}” on record."
            yield _general(taking, name, Verdict.STOPS, said, meant)
        relatives = {
            class_
            for allergen in meant.ingredients
            if allergen != name
            for class_ in case.book.classes_of(allergen) & case.book.classes_of(name) & FAMILIES
        }
        for class_ in sorted(relatives):
            same = f"allergy to “{meant.words}” on record, also one of the {class_words(class_)}."
            yield _general(taking, name, Verdict.NEEDS, same, meant)
    yield from _of_facts(case, taking, meant)


def _of_facts(case: Case, taking: Taking, meant: Meant) -> Iterator[Alert]:
    for fact in case.facts(taking, Kind.ALLERGY):
        fit = case.fit(fact.scope, taking)
        met = sorted(
            allergen
            for allergen in meant.ingredients | meant.classes | meant.allergens
            if names_it(case.book, fact.others, allergen)
        )
        if fit is not Fit.NO and met:
            sentence = f"{taking.label}: allergy to “{meant.words}” on record. {fact.say}"
            verdict, unsure = capped(fact.weight, fit), case.unsure(fact, fit)
            yield of_fact(fact, verdict, sentence, (taking,), met, unsure=unsure)


def _general(taking: Taking, name: str, verdict: Verdict, said: str, meant: Meant) -> Alert:
    return Alert(
        rule=f"allergy:{name}",
        verdict=verdict,
        sentence=f"{taking.label}: {said}",
        do="Ask the patient about the reaction, and the prescriber for another medicine."
        if verdict is Verdict.STOPS
        else "Ask the patient about the reaction.",
        about=(taking.key,),
        outcomes=outcomes.ALLERGY if verdict is Verdict.NEEDS else {},
        beside=tuple(sorted(meant.ingredients | meant.classes)),
    )
