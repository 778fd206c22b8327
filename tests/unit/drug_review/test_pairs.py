"""Two medicines: interactions both ways, duplicates, and what is handled whole."""

from dataclasses import replace
from fractions import Fraction

import pytest

from shop.drug_review.handling import acts_in, on_stopping
from shop.drug_review.review import review
from shop.drug_review.taking import From
from tests.unit.drug_review.small_facts import ADULT, book_of, fact, facts, said, taking

LIMIT = fact("max_daily", "needs", amount=1000)
BOOK = book_of(
    facts(
        "simvastatin",
        LIMIT,
        fact("interaction", "needs", "clarithromycin"),
        fact("interaction", "stops", "strong CYP3A4 inhibitors"),
        classes=["statins"],
    ),
    facts("clarithromycin", LIMIT, fact("interaction", "needs", "statins")),
    facts("warfarin", LIMIT, fact("interaction", "needs", "anticoagulants"), classes=["anticoagulants"]),
    facts("apixaban", LIMIT, fact("interaction", "advice", "warfarin"), classes=["anticoagulants"]),
    *(facts(name, LIMIT) for name in ("lisinopril", "amlodipine", "atorvastatin", "baclofen", "tizanidine")),
    facts("hydrochlorothiazide", LIMIT),
)


def one(key, name, **more):
    return taking(key, *((part, 10) for part in name.split("+")), **more)


PAIRS = [
    (
        "the gravest fact of a pair, once",
        "simvastatin",
        "clarithromycin",
        {("simvastatin:interaction:2", "stops")},
    ),
    ("the other way round", "clarithromycin", "simvastatin", {("simvastatin:interaction:2", "stops")}),
    ("by the partner's class", "clarithromycin", "atorvastatin", {("clarithromycin:interaction:1", "needs")}),
    ("by class, itself no file", "simvastatin", "ketoconazole", {("simvastatin:interaction:2", "stops")}),
    ("an interaction speaks for the class", "warfarin", "apixaban", {("warfarin:interaction:1", "needs")}),
    ("nothing", "lisinopril", "amlodipine", set()),
    ("the same ingredient", "lisinopril", "lisinopril", {("duplication:lisinopril", "needs")}),
    (
        "in a combination",
        "lisinopril",
        "hydrochlorothiazide+lisinopril",
        {("duplication:lisinopril", "needs")},
    ),
    ("two of a class", "simvastatin", "atorvastatin", {("duplication:statins", "needs")}),
    ("two of another class", "baclofen", "tizanidine", {("duplication:skeletal muscle relaxants", "needs")}),
]


@pytest.mark.parametrize(("name", "first", "second", "expected"), PAIRS, ids=[row[0] for row in PAIRS])
def test_pairs(name, first, second, expected):
    assert said([one("item-0", first)], [one("active-1", second, known=From.ACTIVE)], book=BOOK) == expected
    assert said([one("item-0", first), one("item-1", second)], book=BOOK) == expected


def test_what_is_taken_already_is_not_reviewed_among_itself():
    others = [one("a", "simvastatin", known=From.ACTIVE), one("b", "clarithromycin", known=From.ACTIVE)]
    assert said([one("item-0", "lisinopril")], others, book=BOOK) == set()


def test_an_interaction_names_both_medicines_and_keeps_its_decision_apart():
    pills = [one("item-0", "simvastatin"), one("item-1", "clarithromycin"), one("item-2", "ketoconazole")]
    alerts = [alert for alert in review(pills, [], ADULT, BOOK) if alert.fact]
    assert len({alert.code for alert in alerts}) == len(alerts)
    assert all(len(set(alert.about)) == 2 for alert in alerts)
    assert "simvastatin" in alerts[0].sentence
    assert "clarithromycin" in alerts[0].sentence


def test_medicines_of_the_profile_count_by_themselves_and_what_nobody_knows_is_named():
    profile = replace(ADULT.profile, medicines=("Clarithromycin and those red ones", "a water pill"))
    person = replace(ADULT, profile=profile)
    alerts = review([one("item-0", "simvastatin")], [], person, BOOK)
    assert alerts[0].rule == "simvastatin:interaction:2"
    [unknown] = [alert for alert in alerts if alert.rule == "not_recognized:medicines"]
    assert unknown.beside == ("a water pill", "those red ones")
    told = replace(one("elsewhere-0", "x", known=From.ELSEWHERE), label=profile.medicines[1], parts=())
    assert len(review([one("item-0", "simvastatin")], [told], person, BOOK)) == len(alerts)


def test_a_fact_of_two_strengths_is_one_alert_about_both():
    book = book_of(facts("lisinopril", LIMIT, fact("max_age", "advice", age_from=30)))
    two = [
        one("item-0", "lisinopril", for_days=7),
        replace(one("item-1", "lisinopril"), directions="2 daily"),
    ]
    [alert] = review(two, [], ADULT, book)
    assert alert.about == ("item-0", "item-1")


def test_a_combination_does_not_interact_with_itself():
    assert said([one("item-0", "simvastatin+clarithromycin")], book=BOOK) == set()


def test_a_class_that_a_patient_named_counts():
    thinner = replace(one("e", "x", known=From.ELSEWHERE), parts=(), classes=("anticoagulants",))
    assert said([one("item-0", "warfarin")], [thinner], book=BOOK) == {("warfarin:interaction:1", "needs")}


ONLY_ABOVE = fact("interaction", "needs", "amlodipine", amount=20)


@pytest.mark.parametrize(
    ("a_day", "expected"), [(1, "advice"), (2, "advice"), ("2.5", "needs"), (4, "needs"), (None, "needs")]
)
def test_an_interaction_only_above_an_amount_is_advice_up_to_it(a_day, expected):
    book = book_of(
        facts("simvastatin", LIMIT, ONLY_ABOVE),
        facts("amlodipine", LIMIT),
    )
    read = {"a_day": a_day} if a_day else {"at_once": None}
    simvastatin = taking("item-0", ("simvastatin", 10), **read)
    for under_review, others in [
        ([simvastatin], [one("x", "amlodipine", known=From.ACTIVE)]),
        ([one("item-1", "amlodipine")], [replace(simvastatin, known=From.ACTIVE)]),
    ]:
        found = dict(said(under_review, others, book=book))
        assert found["simvastatin:interaction:1"] == expected


def test_what_one_fact_says_of_a_combination_is_one_alert():
    book = book_of(facts("warfarin", LIMIT, fact("interaction", "needs", "sulfamethoxazole", "trimethoprim")))
    both = one("item-1", "sulfamethoxazole+trimethoprim", known=From.ACTIVE)
    [alert] = [x for x in review([one("item-0", "warfarin")], [both], ADULT, book) if x.fact]
    assert alert.beside == ("sulfamethoxazole", "trimethoprim")


@pytest.mark.parametrize(
    ("name", "class_", "asked"),
    [
        ("gemfibrozil", "statins", True),  # a fact of simvastatin only
        ("clarithromycin", "statins", False),  # its fact names the class
        ("pimozide", "macrolides", True),  # the fact is of a member
        ("lisinopril", "statins", False),
    ],
)
def test_which_of_a_class_the_patient_takes_is_asked_where_they_differ(name, class_, asked):
    book = book_of(
        *(facts(plain, LIMIT) for plain in ("lisinopril", "pimozide")),
        facts("gemfibrozil", LIMIT, fact("interaction", "stops", "simvastatin")),
        facts(
            "clarithromycin", LIMIT, *(fact("interaction", "stops", who) for who in ("statins", "pimozide"))
        ),
    )
    told = replace(one("e", "x", known=From.ELSEWHERE), parts=(), classes=(class_,))
    rules = {rule for rule, verdict in said([one("item-0", name)], [told], book=book)}
    assert (f"which_medicine:{class_}" in rules) == asked


@pytest.mark.parametrize(
    ("local", "verdict"),
    [
        ({"unit": "g"}, "advice"),
        ({"route": "topical"}, "advice"),
        ({"form": "otic drops", "unit": "mL"}, "advice"),
        ({"route": "ophthalmic", "unit": "mL"}, "needs"),  # mucous membranes take up more than skin
        ({"route": "vaginal", "unit": "g"}, "needs"),
    ],
)
def test_what_acts_where_it_is_put_stops_nothing(local, verdict):
    cream = one("item-1", "ketoconazole", **local)
    assert said([one("item-0", "simvastatin"), cream], book=BOOK) == {("simvastatin:interaction:2", verdict)}
    assert said([one("item-0", "simvastatin"), one("item-1", "atorvastatin", **local)], book=BOOK) == set()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({"known": From.ACTIVE, "item_id": 7}, set()),
        ({"known": From.RECENT, "item_id": 7}, set()),
        ({"known": From.ACTIVE, "item_id": 8}, {("duplication:baclofen", "needs")}),
        ({"known": From.RECENT}, {("duplication:baclofen", "needs")}),
        ({"known": From.ELSEWHERE}, {("duplication:baclofen", "advice")}),
    ],
)
def test_a_refill_is_no_duplicate_of_itself(other, expected):
    line = one("line-1", "baclofen", known=From.BASKET, item_id=7)
    assert said([line], [one("x", "baclofen", **other)], book=BOOK) == expected


def test_the_same_package_bought_again_is_no_duplicate():
    line = one("line-1", "lisinopril", known=From.BASKET, variant_id=3, prescription=False)
    again = replace(line, key="recent-1", known=From.RECENT)
    assert said([line], [again], book=BOOK) == set()
    assert said([line], [replace(again, variant_id=4)], book=BOOK) == {("duplication:lisinopril", "needs")}


def test_steps_of_a_titration_are_no_duplicates():
    week = one("item-0", "lisinopril", for_days=7)
    then = replace(one("item-1", "lisinopril"), directions="2 daily")
    assert said([week, then], book=BOOK) == set()
    assert said([replace(week, known=From.ACTIVE), then], book=BOOK)
    same = [replace(one(key, "lisinopril", for_days=10), directions=key) for key in ("item-0", "item-1")]
    assert said(same, book=BOOK) == {("duplication:lisinopril", "needs")}


WHOLE = "Swallow whole. Do not crush, chew or divide."
SCORED = "Tablets are scored and may be divided. Do not crush or chew."
DIRECTIONS = [
    ("1 tablet daily", WHOLE, False),
    ("1 tablet daily before breakfast", WHOLE, False),
    ("1 tablet daily, crush in applesauce", WHOLE, True),
    ("CRUSH and take 1 tablet daily", WHOLE, True),
    ("1 tablet daily, do not crush", WHOLE, False),
    ("1 tablet daily. Do not crush or chew.", WHOLE, False),
    ("swallow whole, do not crush, chew or split", WHOLE, False),
    ("½ tablet daily", WHOLE, True),
    ("1/2 tab daily", WHOLE, True),
    ("half a tablet daily", WHOLE, True),
    ("1.5 tablets daily", WHOLE, True),
    ("open capsule and sprinkle on food", WHOLE, True),
    ("open 1 capsule daily into pudding", WHOLE, True),
    ("1 capsule daily, opened into water", WHOLE, True),
    ("1 capsule daily, empty contents onto yogurt", WHOLE, True),
    ("1 capsule daily on an empty stomach", WHOLE, False),
    ("1 capsule daily. Use within 30 days once the bottle is opened.", WHOLE, False),
    ("1 capsule daily until the open wound heals", WHOLE, False),
    ("chew 1 tablet daily", WHOLE, True),
    ("½ tablet daily", SCORED, False),
    ("1 tablet daily, crushed", SCORED, True),
    ("1 chewable tablet daily", WHOLE, False),
    ("", WHOLE, False),
    ("crush 1 tablet daily", "Swallow without chewing.", True),
    ("½ tablet daily", "Swallow without chewing.", False),
]


@pytest.mark.parametrize(("directions", "quote", "fires"), DIRECTIONS)
def test_whole_or_not(directions, quote, fires):
    book = book_of(facts("bupropion", LIMIT, fact("do_not_crush", "stops", quote=quote, release="extended")))
    at_once = "1.5" if "1.5" in directions else 1
    pill = replace(taking("item-0", ("bupropion", 150), at_once=at_once), directions=directions)
    assert said([pill], book=book) == set()  # the immediate release may be crushed
    slow = replace(pill, release="extended")
    assert said([slow], book=book) == ({("bupropion:do_not_crush:1", "stops")} if fires else set())


def test_half_of_a_teaspoon_is_no_half_tablet():
    assert acts_in("2.5 mL daily") == ()
    assert acts_in("1 tablet daily", Fraction(1, 2)) == ("split",)


def test_stopping_is_said_where_it_is_asked():
    book = book_of(facts("baclofen", LIMIT, fact("taper", "needs")))
    pill = one("item-0", "baclofen")
    assert said([pill], book=book) == set()
    assert [(alert.rule, str(alert.verdict)) for alert in on_stopping(pill, book)] == [
        ("baclofen:taper:1", "advice")
    ]
    assert on_stopping(one("item-0", "specimenol"), book) == []


def test_what_two_ingredients_of_a_medicine_say_in_the_same_words_is_said_once():
    book = book_of(
        facts(
            "amoxicillin", fact("max_daily", "needs", amount=4000), fact("interaction", "needs", "warfarin")
        ),
        facts(
            "clavulanate", fact("max_daily", "needs", amount=4000), fact("interaction", "needs", "warfarin")
        ),
    )
    both = taking("item-0", ("amoxicillin", 875), ("clavulanate", 125))
    other = taking("item-1", ("warfarin", 5))
    found = said([both, other], book=book)
    assert found == {("amoxicillin:interaction:1", "needs")}


@pytest.mark.parametrize(
    ("one_way", "other_way", "verdict"),
    [
        ("oral", "oral", "needs"),
        ("respiratory (inhalation)", "oral", "advice"),  # an inhaler, and tablets for an attack
        ("respiratory (inhalation)", "respiratory (inhalation)", "needs"),
        ("topical", "oral", None),
    ],
)
def test_two_of_a_class_of_which_one_is_inhaled_are_often_meant(one_way, other_way, verdict):
    inhaled = one("item-0", "budesonide", route=one_way)
    tablets = one("item-1", "prednisone", route=other_way)
    found = {alert.rule: str(alert.verdict) for alert in review([inhaled, tablets], [], ADULT, BOOK)}
    assert found.get("duplication:corticosteroids") == verdict
