"""Stops that ended because another patient or other medicines were entered, and those to ask about."""

import pytest

from shop.drug_review.lifted import Entered, subject_gone
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book

ADA, BEN = 1, 2


def rule(ingredient: str, kind: Kind, other: str = "") -> str:
    facts = book().facts[ingredient].facts
    return next(one.key for one in facts if one.kind is kind and (not other or other in one.others))


PAIR = ("simvastatin", Kind.INTERACTION, "strong CYP3A4 inhibitors")
DOSE = ("baclofen", Kind.MAX_DAILY)
ROWS = [
    # the stop, whom it was shown for, who and what is entered now, whether its subject is gone
    (DOSE, ADA, ADA, ["baclofen"], False),
    (DOSE, ADA, ADA, ["baclofen hydrochloride", "naproxen"], False),
    (DOSE, ADA, ADA, ["naproxen"], True),
    (DOSE, ADA, BEN, ["baclofen"], True),
    (DOSE, ADA, None, ["baclofen"], False),  # typed as a new patient: it may be Ada
    (DOSE, None, BEN, ["baclofen"], False),
    (PAIR, ADA, ADA, ["simvastatin"], False),
    (PAIR, ADA, ADA, ["clarithromycin"], False),
    (PAIR, ADA, ADA, ["naproxen"], True),
]


@pytest.mark.parametrize(("stop", "shown_for", "now_for", "medicines", "gone"), ROWS)
def test_a_stop_whose_patient_or_medicines_are_no_longer_entered(stop, shown_for, now_for, medicines, gone):
    assert subject_gone(rule(*stop), shown_for, Entered.of(now_for, medicines, book()), book()) is gone


@pytest.mark.parametrize(
    ("name", "gone"), [("allergy:amoxicillin", False), ("allergy:naproxen", True), ("unknown rule", False)]
)
def test_rules_without_a_fact(name, gone):
    assert subject_gone(name, ADA, Entered.of(ADA, ["amoxicillin"], book()), book()) is gone
