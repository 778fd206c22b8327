"""What keeps a decision: the same fact, the same medicines taken the same way, the same answers."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shop.catalogue.queries import Contents
from shop.drug_review.basis import basis_of, still_open
from shop.drug_review.taking import Alert, From, Part
from shop.drug_review.takings import age_in_years, parts_of, taking_of
from shop.patients.profile import Kidneys, Profile
from shop.safety.drug_facts.facts import Fact, Kind, LabelSentence, Scope, Weight

TABLET = Contents(("warfarin sodium",), "5 mg", "pill", "oral", 30, "Warfarin tablet 5 mg", "tablet", True)
FACT = Fact(
    "warfarin:interaction:1",
    "warfarin",
    Kind.INTERACTION,
    Weight.NEEDS,
    "Bleeding.",
    "Watch the INR.",
    LabelSentence("1", None, "34073-7", "Bleeding."),
    others=("sulfamethoxazole",),
)
ALERT = Alert(FACT.key, "needs", "Bleeding.", "", ("line-1", "taking-2"), FACT, {}, ("sulfamethoxazole",))
LINE = taking_of("line-1", From.BASKET, TABLET, "1 tablet daily", item_id=7)
OTHER = replace(LINE, key="taking-2", known=From.ACTIVE, label="Other", parts=(Part("sulfamethoxazole"),))


def basis(alert=ALERT, line=LINE, other=OTHER, profile=None) -> str:
    return basis_of(alert, {"line-1": line, "taking-2": other}, profile or Profile())


def test_a_refill_rests_on_what_was_decided_at_entry():
    typed = replace(ALERT, about=("item-0", "taking-2"))
    item = replace(LINE, key="item-0", known=From.DOCUMENT, item_id=None, directions="1  Tablet daily")
    assert basis_of(typed, {"item-0": item, "taking-2": OTHER}, Profile()) == basis()
    assert (
        basis_of(replace(ALERT, about=("taking-2", "line-1")), {"line-1": LINE, "taking-2": OTHER}, Profile())
        == basis()
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"line": replace(LINE, directions="2 tablets daily")},
        {"line": replace(LINE, parts=(Part("warfarin", Decimal(10)),))},
        {"line": replace(LINE, release="extended")},
        {"other": replace(OTHER, parts=(Part("metronidazole"),))},
        {"alert": replace(ALERT, fact=replace(FACT, weight=Weight.STOPS))},
        {"alert": replace(ALERT, beside=("trimethoprim",))},
        {"alert": replace(ALERT, verdict="stops")},
    ],
)
def test_another_dose_medicine_or_fact_is_asked_again(changed):
    assert basis(**changed) != basis()


@pytest.mark.parametrize(
    ("kind", "topic", "asked"),
    [
        (Kind.INTERACTION, {"allergies": ("penicillin",)}, False),
        (Kind.ALLERGY, {"allergies": ("penicillin",)}, True),
        (Kind.MAX_DAILY, {"kidneys": Kidneys.REDUCED}, True),
        (Kind.MAX_DAILY, {"weight": Decimal("60.5")}, True),
        (Kind.CONDITION, {"conditions": ("asthma",)}, True),
        (Kind.CONDITION, {"weight": Decimal("60.5")}, False),
        (Kind.MAX_DAILY, {"conditions": ("Stage 4 kidney disease",)}, True),
        (Kind.MAX_DAILY, {"conditions": ("kidney stones", "asthma")}, False),
        (Kind.KIDNEYS, {"conditions": ("CKD, kidney stones",)}, True),
        (Kind.PREGNANCY, {"conditions": ("12 weeks pregnant",)}, True),
        (Kind.BREASTFEEDING, {"conditions": ("breast-feeding",)}, True),
    ],
)
def test_an_answer_counts_where_the_fact_looks_at_it(kind, topic, asked):
    alert = replace(ALERT, fact=replace(FACT, kind=kind))
    assert (basis(alert, profile=Profile(**topic)) != basis(alert)) is asked


def test_an_interaction_of_weak_kidneys_rests_on_the_kidneys():
    alert = replace(ALERT, fact=replace(FACT, scope=Scope(kidneys=("reduced",))))
    for topic in ({"kidneys": Kidneys.REDUCED}, {"conditions": ("CKD",)}):
        assert basis(alert, profile=Profile(**topic)) != basis(alert)


def test_a_worse_reaction_is_asked_again_where_no_fact_says_so():
    alert = replace(ALERT, rule="allergy:cephalexin", fact=None, beside=("amoxicillin",))
    mild, grave = ("amoxicillin, a rash",), ("amoxicillin, anaphylaxis",)
    assert basis(alert, profile=Profile(allergies=mild)) != basis(alert, profile=Profile(allergies=grave))


def test_strengths_that_are_not_read_are_told_apart_by_the_label():
    unread = replace(LINE, parts=(Part("potassium chloride"),), label="Potassium chloride tablet 10 mEq")
    other = replace(unread, label="Potassium chloride tablet 20 mEq")
    assert basis(line=unread) != basis(line=other)
    assert basis(line=unread) == basis(line=replace(unread, known=From.DOCUMENT))


def test_what_was_decided_without_an_age_is_asked_again_with_one():
    alert = replace(ALERT, fact=replace(FACT, kind=Kind.MIN_AGE, scope=Scope(age_from=Decimal(18))))
    takings = {"line-1": LINE, "taking-2": OTHER}
    assert basis_of(alert, takings, Profile(), age_known=False) != basis(alert)
    assert basis_of(ALERT, takings, Profile(), age_known=False) == basis()


@pytest.mark.parametrize(
    ("verdict", "settled", "open_"),
    [
        ("needs", {}, True),
        ("needs", {"r": frozenset({"old key"})}, False),
        ("needs", {"r": frozenset({"x"})}, True),
        ("needs", {"other": frozenset({"new key"})}, True),
        ("stops", {"r": frozenset({"new key"})}, True),
        ("advice", {}, False),
    ],
)
def test_what_was_decided_is_not_asked_again_and_what_stops_always_is(verdict, settled, open_):
    question = ("r", verdict, frozenset({"new key", "old key"}))
    assert still_open([question], settled) == ([0] if open_ else [])


@pytest.mark.parametrize(
    ("names", "strength", "unit", "parts"),
    [
        (("warfarin sodium",), "5 mg", "pill", [("warfarin", Decimal(5))]),
        (("amoxicillin",), "250 mg/5 mL", "mL", [("amoxicillin", Decimal(50))]),
        (
            ("trimethoprim", "sulfamethoxazole"),
            "800 mg / 160 mg",
            "pill",
            [("sulfamethoxazole", Decimal(800)), ("trimethoprim", Decimal(160))],
        ),
        (("levothyroxine sodium",), "50 mcg", "pill", [("levothyroxine", Decimal("0.05"))]),
        (("potassium chloride",), "10 mEq", "pill", [("potassium chloride", None)]),
    ],
)
def test_a_part_is_the_ingredient_without_salt_and_the_mg_of_one_unit(names, strength, unit, parts):
    found = parts_of(replace(TABLET, ingredients=names, strength=strength, unit=unit))
    assert [part.amount for part in found] == [amount for _, amount in parts]
    assert [part.ingredient for part in found][:1] == [parts[0][0]] or parts[0][1] is None


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (date(2024, 11, 29), Decimal("2.00")),
        (date(2024, 11, 30), Decimal("1.92")),
        (date(2026, 5, 29), Decimal("0.50")),
        (date(2026, 11, 29), Decimal("0.00")),
        (date(2027, 1, 1), None),
        (None, None),
    ],
)
def test_an_age_has_the_months_of_the_year_begun(born, age):
    assert age_in_years(born, date(2026, 11, 29)) == age
