"""The ten cases that must hold, asked of the store's own files of facts.

A case whose ingredients have no file yet is skipped and names them; none may be once the files are complete.
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.drug_review.review import review
from shop.drug_review.taking import From
from shop.drug_review.usage import use_of
from shop.patients.profile import Kidneys, YesNo
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book
from tests.unit.drug_review.small_facts import ADULT, taking


def need(*ingredients):
    missing = [name for name in ingredients if book().of(name) is None]
    assert not missing


def pill(key, *parts, directions="1 tablet daily", **more):
    one = taking(key, *parts, directions=directions, route="oral", **more)
    return replace(one, use=use_of(directions, "pill"))


def verdicts(under_review, others=(), person=ADULT):
    """The gravest verdict, and by kind of fact or name of rule."""
    alerts = review(under_review, others, person)
    kinds = {}
    for one in reversed(alerts):
        kinds[one.fact.kind if one.fact else one.rule.partition(":")[0]] = str(one.verdict)
    return (str(alerts[0].verdict) if alerts else "passed"), kinds


def allergic(*words):
    return replace(ADULT, profile=replace(ADULT.profile, allergies=words))


def test_1_simvastatin_with_clarithromycin():
    need("simvastatin")
    both = [pill("a", ("simvastatin", 20)), pill("b", ("clarithromycin", 500), directions="1 tab bid")]
    assert verdicts(both)[1][Kind.INTERACTION] == "stops"


def test_2_warfarin_with_sulfamethoxazole_trimethoprim():
    need("warfarin", "sulfamethoxazole", "trimethoprim")
    warfarin = pill("w", ("warfarin", 5), known=From.ACTIVE)
    other = pill("a", ("sulfamethoxazole", 800), ("trimethoprim", 160), directions="1 tab bid")
    assert verdicts([other], [warfarin])[1][Kind.INTERACTION] == "needs"


@pytest.mark.parametrize(
    ("other", "mg", "expected"), [("omeprazole", 20, "needs"), ("pantoprazole", 40, None)]
)
def test_3_clopidogrel_with_an_acid_reducer(other, mg, expected):
    need("clopidogrel", other)
    both = [
        pill("line-1", ("clopidogrel", 75), known=From.BASKET, item_id=1),
        pill("line-2", (other, mg), known=From.BASKET, prescription=False),
    ]
    assert verdicts(both)[1].get(Kind.INTERACTION) == expected


@pytest.mark.parametrize(("directions", "expected"), [("1 tab 5 times a day", "stops"), ("1 tab qid", None)])
def test_4_baclofen_above_80_mg(directions, expected):
    need("baclofen")
    found = verdicts([pill("a", ("baclofen", 20), directions=directions)])[1]
    assert found.get(Kind.MAX_DAILY) == expected
    assert expected or "no_dose_limit" not in found


def test_5_penicillin_allergy_and_amoxicillin():
    need("amoxicillin")
    amoxicillin = pill("a", ("amoxicillin", 500), directions="1 cap tid")
    assert verdicts([amoxicillin], person=allergic("Penicillin"))[0] == "stops"


def test_6_acetaminophen_6_grams_and_a_cold_medicine_beside_it():
    need("acetaminophen", "dextromethorphan")
    plain = [("acetaminophen", 500)]
    cold = pill(
        "cold",
        ("acetaminophen", 325),
        ("dextromethorphan", 10),
        directions="2 caplets every 6 hours",
        prescription=False,
    )
    assert verdicts([pill("a", *plain, directions="2 tabs every 4 hours")])[1][Kind.MAX_DAILY] == "stops"
    at_limit = pill("a", *plain, directions="2 tabs every 8 hours")
    assert verdicts([at_limit])[0] != "stops"
    assert verdicts([at_limit], [cold])[1][Kind.MAX_DAILY] == "stops"


def test_7_lisinopril_with_amlodipine():
    need("lisinopril", "amlodipine")
    assert verdicts([pill("a", ("lisinopril", 20)), pill("b", ("amlodipine", 5))])[0] == "passed"


def test_8_a_refill_of_the_same_baclofen_item():
    need("baclofen")
    line = pill("a", ("baclofen", 20), directions="1 tab qid", known=From.BASKET, item_id=7)
    others = [replace(line, key="x", known=From.ACTIVE), replace(line, key="y", known=From.RECENT)]
    assert verdicts([line], others)[1].keys() <= {Kind.MAX_SINGLE}


@pytest.mark.parametrize("name", ["baclofen", "warfarin", "clopidogrel"])
def test_9_a_child_of_two(name):
    need(name)
    child = replace(ADULT, age=Decimal(2), profile=replace(ADULT.profile, weight=Decimal(12)))
    gravest, kinds = verdicts([pill("a", (name, 5))], person=child)
    assert gravest in ("needs", "stops")
    assert kinds.get(Kind.MIN_AGE) or kinds.get("no_minimum_age")


def test_10_an_ingredient_without_facts():
    gravest, kinds = verdicts([pill("a", ("specimenol", 10))])
    assert (gravest, kinds) == ("needs", {"no_dose_limit": "needs"})


@pytest.mark.parametrize(
    ("kind", "rule", "age", "profile"),
    [
        (Kind.MAX_DAILY, "no_dose_limit", 40, {}),
        (Kind.MIN_AGE, "no_minimum_age", 9, {"weight": Decimal(30)}),
        (Kind.PREGNANCY, "no_pregnancy_fact", 30, {"pregnancy": YesNo.YES}),
        (Kind.BREASTFEEDING, "no_breastfeeding_fact", 30, {"breastfeeding": YesNo.YES}),
        (Kind.KIDNEYS, "no_kidneys_fact", 60, {"kidneys": Kidneys.DIALYSIS}),
    ],
)
def test_what_no_label_says_of_an_ingredient_is_said(kind, rule, age, profile):
    who = replace(ADULT, age=Decimal(age), profile=replace(ADULT.profile, **profile))
    for name, facts in book().facts.items():
        limits = facts.of(Kind.MAX_DAILY, Kind.MAX_SINGLE)
        speaks = facts.of(kind) or any(
            fact.scope.kidneys if kind is Kind.KIDNEYS else fact.scope.age_under for fact in limits
        )
        if not speaks and not (kind is Kind.MAX_DAILY and limits):
            said = {one.rule for one in review([pill("a", (name, "0.001"))], [], who)}
            assert f"{rule}:{name}" in said


WALKED = [
    ("nothing", [("metformin", 1000, "1 tab bid")], {}, "passed"),
    ("nothing", [("levothyroxine", "0.1", "1 tab every morning")], {}, "passed"),
    ("common together", [("sertraline", 100, "1 tab daily"), ("trazodone", 50, "1 tab hs")], {}, "advice"),
    ("within", [("simvastatin", 20, "1 tab daily"), ("amlodipine", 5, "1 tab daily")], {}, "advice"),
    ("above", [("simvastatin", 40, "1 tab daily"), ("amlodipine", 5, "1 tab daily")], {}, "needs"),
    ("within", [("citalopram", 20, "1 tab daily"), ("omeprazole", 20, "1 cap daily")], {}, "advice"),
    ("above", [("citalopram", 40, "1 tab daily"), ("omeprazole", 20, "1 cap daily")], {}, "needs"),
    ("a killer", [("ibuprofen", 400, "1 tab tid")], {"medicines": ("lithium",)}, "needs"),
    ("a narrow margin", [("digoxin", "0.5", "1 tab daily")], {}, "needs"),
    ("nobody knows the kidneys", [("lisinopril", 10, "1 tab daily")], {"kidneys": None}, "advice"),
    ("and metformin", [("metformin", 500, "1 tab bid")], {"kidneys": None}, "needs"),
    ("everyday conditions", [("allopurinol", 300, "1 tab daily")], {"conditions": ("gout", "MS")}, "passed"),
    ("a block", [("metoprolol", 50, "1 tab bid")], {"conditions": ("heart block",)}, "stops"),
    ("no block", [("metoprolol", 50, "1 tab bid")], {"conditions": ("first-degree heart block",)}, "passed"),
    ("which statin", [("clarithromycin", 500, "1 tab bid")], {"medicines": ("a statin",)}, "needs"),
]


@pytest.mark.parametrize(("why", "given", "profile", "expected"), WALKED)
def test_what_a_pharmacist_would_say(why, given, profile, expected):
    need(*(name for name, _, _ in given))
    pills = [pill(name, (name, mg), directions=directions) for name, mg, directions in given]
    who = replace(ADULT, profile=replace(ADULT.profile, **profile))
    assert verdicts(pills, person=who)[0] == expected


@pytest.mark.parametrize(
    ("pregnancy", "conditions", "expected"),
    [
        (YesNo.YES, (), "stops"),
        (YesNo.YES, ("mechanical heart valve",), "needs"),  # the label's one exception
        (YesNo.YES, ("artificial heart valve",), "stops"),
        (YesNo.NO, ("mechanical heart valve",), "passed"),
    ],
)
def test_warfarin_in_pregnancy_is_decided_about_with_a_mechanical_heart_valve(
    pregnancy, conditions, expected
):
    need("warfarin")
    profile = replace(ADULT.profile, pregnancy=pregnancy, conditions=conditions)
    _, kinds = verdicts([pill("item-0", ("warfarin", 5))], person=replace(ADULT, profile=profile))
    assert kinds.get(Kind.PREGNANCY, "passed") == expected


@pytest.mark.parametrize(
    ("medicine", "mg", "directions", "verdict"),
    [
        ("ibuprofen", 800, "1 tab tid", "passed"),
        ("ibuprofen", 800, "2 tabs q4h", "needs"),
        ("diclofenac", 75, "1 tab bid", "passed"),
        ("diclofenac", 75, "5 tabs tid", "stops"),
        ("morphine", 30, "1 tab q4h", "advice"),
        ("morphine", 30, "10 tabs q4h", "needs"),
        ("oxycodone", 10, "1 tab q6h prn", "advice"),
        ("oxycodone", 10, "20 tabs q4h", "needs"),
        ("hydrocodone", 10, "4 tabs tid", "needs"),
        ("cefuroxime", 500, "1 tab bid", "advice"),
        ("cefuroxime", 500, "5 tabs qid", "needs"),
        ("methimazole", 10, "1 tab tid", "advice"),
        ("methimazole", 10, "5 tabs tid", "needs"),
        ("omeprazole", 40, "1 cap bid", "passed"),
        ("omeprazole", 40, "2 caps bid", "needs"),
        ("metformin", 500, "4 tabs daily", "passed"),
    ],
)
def test_a_high_dose_on_prescription_is_never_only_noted(medicine, mg, directions, verdict):
    assert verdicts([pill("a", (medicine, mg), directions=directions)])[0] == verdict
