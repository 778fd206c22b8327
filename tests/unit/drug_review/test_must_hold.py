"""Ten cases that must hold, whatever else the rules say.

Simvastatin is the store’s own file; the other facts are made here as short as the case needs, so that the
rules hold by themselves whatever the files say. `test_real_facts` asks the same of the files.
"""

from dataclasses import replace
from decimal import Decimal

from shop.drug_review.review import review
from shop.drug_review.taking import From
from shop.safety.drug_facts.facts import Kind
from tests.unit.drug_review.small_facts import ADULT, book_of, fact, facts, said, taking

BACLOFEN = facts("baclofen", fact("max_daily", "stops", amount=80), classes=["skeletal muscle relaxants"])
ACETAMINOPHEN = facts("acetaminophen", fact("max_daily", "stops", amount=4000))
COLD = [("acetaminophen", 325), ("dextromethorphan", 10)]


def gravest(under_review, others=(), person=ADULT, book=None):
    alerts = review(under_review, others, person, book)
    return str(alerts[0].verdict) if alerts else "passed"


def test_1_simvastatin_with_clarithromycin_stops():
    simvastatin = taking("item-0", ("simvastatin", 20))
    clarithromycin = taking("item-1", ("clarithromycin", 500), a_day=2)
    for under_review, others in [
        ([simvastatin], [replace(clarithromycin, known=From.ACTIVE)]),
        ([clarithromycin], [replace(simvastatin, known=From.ELSEWHERE)]),
        ([simvastatin, clarithromycin], []),
    ]:
        [alert] = [one for one in review(under_review, others, ADULT) if one.verdict == "stops"]
        assert alert.fact.kind is Kind.INTERACTION
        assert alert.fact.label.quote
        assert "simvastatin" in alert.sentence
        assert "clarithromycin" in alert.sentence


def test_2_warfarin_with_sulfamethoxazole_needs_a_decision():
    book = book_of(facts("warfarin", fact("interaction", "needs", "sulfamethoxazole")))
    warfarin = taking("item-0", ("warfarin", 5), known=From.ACTIVE)
    both = taking("item-1", ("sulfamethoxazole", 800), ("trimethoprim", 160), a_day=2)
    assert ("warfarin:interaction:1", "needs") in said([both], [warfarin], book=book)
    assert ("warfarin:interaction:1", "needs") in said([warfarin], [both], book=book)


def test_3_clopidogrel_with_omeprazole_in_one_basket_needs_a_decision_and_with_pantoprazole_passes():
    book = book_of(
        facts(
            "clopidogrel", fact("interaction", "needs", "omeprazole"), fact("max_daily", "needs", amount=75)
        ),
        facts("omeprazole", fact("max_daily", "needs", amount=360)),
        facts("pantoprazole", fact("max_daily", "needs", amount=240)),
    )
    clopidogrel = taking("line-1", ("clopidogrel", 75), known=From.BASKET, item_id=1)
    omeprazole = taking("line-2", ("omeprazole", 20), known=From.BASKET, prescription=False)
    pantoprazole = taking("line-2", ("pantoprazole", 40), known=From.BASKET, item_id=2)
    assert said([clopidogrel, omeprazole], book=book) == {("clopidogrel:interaction:1", "needs")}
    assert gravest([clopidogrel, pantoprazole], book=book) == "passed"


def test_4_baclofen_20_mg_five_times_a_day_stops():
    book = book_of(BACLOFEN)
    five = taking("item-0", ("baclofen", 20), a_day=5)
    four = taking("item-0", ("baclofen", 20), a_day=4)
    assert said([five], book=book) == {("baclofen:max_daily:1", "stops")}
    assert gravest([four], book=book) == "passed"


def test_5_penicillin_allergy_and_amoxicillin_stops():
    book = book_of(facts("amoxicillin", fact("max_daily", "needs", amount=3000)))
    amoxicillin = taking("item-0", ("amoxicillin", 500), a_day=3)
    for words in ["penicillin", "PENICILLINS (rash)", "amoxicillin", "allergic to penicillin"]:
        person = replace(ADULT, profile=replace(ADULT.profile, allergies=(words,)))
        assert gravest([amoxicillin], person=person, book=book) == "stops"
    assert gravest([amoxicillin], book=book) == "passed"


def test_6_acetaminophen_500_twice_every_4_hours_stops_and_a_cold_medicine_beside_it_counts():
    cold_facts = facts("dextromethorphan", fact("max_daily", "needs", amount=120))
    book = book_of(ACETAMINOPHEN, cold_facts)
    six_grams = taking("item-0", ("acetaminophen", 500), at_once=2, a_day=12)
    at_limit = taking("item-0", ("acetaminophen", 500), at_once=2, a_day=8)
    cold = taking("line-1", *COLD, at_once=2, a_day=8, known=From.BASKET, prescription=False)
    assert ("acetaminophen:max_daily:1", "stops") in said([six_grams], book=book)
    assert gravest([at_limit], book=book) == "passed"
    assert ("acetaminophen:max_daily:1", "stops") in said([at_limit], [cold], book=book)
    assert ("acetaminophen:max_daily:1", "stops") in said([at_limit, cold], book=book)
    by_package = replace(cold, directions="", use=type(cold.use)())
    assert ("dose_not_added:acetaminophen", "needs") in said([at_limit, by_package], book=book)


def test_7_lisinopril_with_amlodipine_passes():
    book = book_of(
        facts("lisinopril", fact("max_daily", "needs", amount=80), classes=["ace inhibitors"]),
        facts("amlodipine", fact("max_daily", "needs", amount=10), classes=["dihydropyridines"]),
    )
    both = [taking("item-0", ("lisinopril", 20)), taking("item-1", ("amlodipine", 5))]
    assert review(both, [], ADULT, book) == []
    assert review(both[:1], [replace(both[1], known=From.ACTIVE)], ADULT, book) == []


def test_8_the_same_baclofen_item_refilled_is_neither_a_duplicate_nor_added_to_itself():
    book = book_of(BACLOFEN)
    line = taking("line-1", ("baclofen", 20), a_day=4, known=From.BASKET, item_id=7, variant_id=3)
    itself = [
        replace(line, key="active-7", known=From.ACTIVE),
        replace(line, key="recent-7", known=From.RECENT),
    ]
    assert review([line], itself, ADULT, book) == []
    other = replace(line, key="active-8", known=From.ACTIVE, item_id=8)
    assert ("duplication:baclofen", "needs") in said([line], [other], book=book)


def test_9_a_child_of_two_and_a_tablet_above_its_labels_ages_needs_a_decision_with_the_labels_words():
    book = book_of(
        facts("baclofen", fact("min_age", "needs", age_from=Decimal(12), quote="below the age of 12"))
    )
    child = replace(ADULT, age=Decimal(2))
    alerts = review([taking("item-0", ("baclofen", 10))], [], child, book)
    [alert] = [one for one in alerts if one.rule == "baclofen:min_age:1"]
    assert alert.verdict == "needs"
    assert alert.fact.label.quote == "below the age of 12"
    assert alert.outcomes


def test_10_an_ingredient_without_facts_is_said_and_never_passes():
    for parts in [[("specimenol", 10)], [("specimenol", None)], [("baclofen", 10), ("specimenol", 10)]]:
        alerts = review([taking("item-0", *parts)], [], ADULT, book_of(BACLOFEN))
        assert ("no_dose_limit:specimenol", "needs") in {(one.rule, str(one.verdict)) for one in alerts}
