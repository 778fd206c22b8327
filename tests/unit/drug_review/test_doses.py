"""Doses: added over everything, for this patient, against limits; and what cannot be compared is said."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.drug_review.review import review
from shop.drug_review.taking import From, Use
from shop.drug_review.usage import use_of
from shop.patients.profile import UNKNOWN, Kidneys
from tests.unit.drug_review.small_facts import ADULT, book_of, fact, facts, person, rules, taking

BY_AGE = book_of(
    facts(
        "speciprofen",
        fact("max_daily", "stops", amount=3200, age_from=Decimal(12)),
        fact("max_daily", "stops", amount=40, unit="mg/kg", age_under=Decimal(12)),
        fact("max_single", "needs", amount="0.8", unit="g"),
        fact("min_age", "needs", age_from=Decimal("0.5")),
    )
)
PILL = ("speciprofen", 400)


@pytest.mark.parametrize(
    ("who", "a_day", "expected"),
    [
        (person(40), 8, set()),
        (person(40), 9, {("max_daily:1", "stops")}),
        (person(12), 8, set()),
        (person("11.9", weight=Decimal(40)), 4, set()),
        (person("11.9", weight=Decimal(40)), 5, {("max_daily:2", "stops")}),
        (person(2, weight=Decimal("12.5")), 2, {("max_daily:2", "stops")}),
        (person(2, weight=UNKNOWN), 2, {("speciprofen", "needs")}),
        (person(2, weight=None), 2, {("speciprofen", "needs")}),
        # nobody knows the age: what may hold is asked, and stops nothing
        (person(None, weight=Decimal(70)), 9, {("max_daily:2", "needs"), ("min_age:1", "needs")}),
        (person(None, weight=Decimal(20)), 3, {("max_daily:2", "needs"), ("min_age:1", "needs")}),
    ],
)
def test_the_limit_is_of_the_patients_age_and_weight(who, a_day, expected):
    assert rules(BY_AGE, [taking("item-0", PILL, a_day=a_day)], who=who) == expected


@pytest.mark.parametrize(
    ("kidneys", "a_day", "expected"),
    [
        (Kidneys.NO_PROBLEM, 2, set()),
        (Kidneys.REDUCED, 1, set()),
        (Kidneys.REDUCED, 2, {("max_daily:2", "stops")}),
        (Kidneys.DIALYSIS, 2, {("max_daily:2", "stops")}),
        (Kidneys.UNKNOWN, 2, {("max_daily:2", "needs")}),
        (None, 2, {("max_daily:2", "needs")}),
        (Kidneys.REDUCED, 4, {("max_daily:2", "stops")}),
        (Kidneys.NO_PROBLEM, 4, {("max_daily:1", "stops")}),
    ],
)
def test_the_limit_is_of_the_patients_kidneys(kidneys, a_day, expected):
    book = book_of(
        facts(
            "specimycin",
            fact("max_daily", "stops", amount=300),
            fact("max_daily", "stops", amount=100, kidneys=("reduced",)),
        )
    )
    assert (
        rules(book, [taking("item-0", ("specimycin", 100), a_day=a_day)], who=person(kidneys=kidneys))
        == expected
    )


RELEASES = book_of(
    facts(
        "samplexin",
        fact("max_daily", "stops", amount=450, release="immediate"),
        fact("max_daily", "stops", amount=300, release="extended"),
        fact("max_single", "stops", amount=150, release="immediate"),
    )
)


@pytest.mark.parametrize(
    ("release", "at_once", "a_day", "expected"),
    [
        ("extended", 2, 2, set()),
        ("extended", 2, 3, {("max_daily:2", "stops")}),
        ("immediate", 1, 3, set()),
        ("immediate", 1, 4, {("max_daily:1", "stops")}),
        ("immediate", 2, 2, {("max_single:1", "stops")}),
    ],
)
def test_the_limit_is_of_the_release(release, at_once, a_day, expected):
    pill = taking("item-0", ("samplexin", 150), at_once=at_once, a_day=a_day, release=release)
    assert rules(RELEASES, [pill]) == expected


def test_two_releases_together_are_held_against_the_higher_limit():
    slow = taking("item-0", ("samplexin", 150), a_day=2, release="extended")
    fast = taking("item-1", ("samplexin", 150), a_day=2)
    assert ("max_daily:1", "needs") in rules(RELEASES, [slow, fast])


USES = book_of(
    facts(
        "trialine",
        fact("max_daily", "stops", amount=60, indication="bulimia"),
        fact("max_daily", "stops", amount=80, indication="depression"),
    )
)


@pytest.mark.parametrize(
    ("indication", "a_day", "expected"),
    [
        ("depression", 4, set()),
        ("major depression", 5, {("max_daily:2", "stops")}),
        ("Bulimia", 4, {("max_daily:1", "stops")}),
        ("", 3, set()),
        ("", 4, {("max_daily:1", "needs")}),  # above one of them: which is it for?
        ("", 5, {("max_daily:2", "stops")}),  # above all on record
        ("night terrors", 5, {("max_daily:1", "needs")}),  # no limit for that is on record
    ],
)
def test_a_limit_of_one_indication_never_stops_another(indication, a_day, expected):
    pill = taking("item-0", ("trialine", 20), a_day=a_day, indication=indication)
    assert rules(USES, [pill]) == expected


@pytest.mark.parametrize("indication", ["Alzheimer's disease", "Alzheimer’s disease"])
def test_an_indication_is_the_same_with_either_apostrophe(indication):
    limit = fact("max_daily", "stops", amount=10, indication="mild to moderate Alzheimer’s disease")
    pill = taking("item-0", ("sampline", 20), indication=indication)
    assert rules(book_of(facts("sampline", limit)), [pill]) == {("max_daily:1", "stops")}


PLAIN = book_of(
    facts("acetaminophen", fact("max_daily", "stops", amount=4000), fact("max_single", "stops", amount=1000)),
    facts("dextromethorphan", fact("max_daily", "needs", amount=120)),
)
EIGHT = taking("item-0", ("acetaminophen", 500), at_once=2, a_day=8)
COLD = [("acetaminophen", 325), ("dextromethorphan", 10)]


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        (
            "a combination elsewhere adds up",
            taking("x", *COLD, known=From.ACTIVE),
            {("max_daily:1", "stops"), ("max_single:1", "needs"), ("acetaminophen", "needs")},
        ),
        (
            "the same medicine may be what the new one replaces",
            taking("x", ("acetaminophen", 500), known=From.ACTIVE, item_id=9),
            {("max_daily:1", "needs"), ("max_single:1", "needs"), ("acetaminophen", "needs")},
        ),
        (
            "how much is not known",
            taking("x", *COLD, at_once=None, known=From.ELSEWHERE),
            {("acetaminophen", "needs")},
        ),
        (
            "the same medicine told by the patient, how much is not known",
            taking("x", ("acetaminophen", None), at_once=None, known=From.ELSEWHERE),
            {("acetaminophen", "advice")},
        ),
        (
            "a cream of it is no dose",
            taking("x", ("acetaminophen", 500), known=From.ACTIVE, unit="g", route="topical"),
            {("acetaminophen", "advice")},
        ),
    ],
)
def test_all_that_bring_an_ingredient_are_added(name, other, expected):
    assert rules(PLAIN, [EIGHT], [other]) == expected


def test_steps_of_a_taper_in_one_document_are_not_added():
    book = book_of(facts("predniprim", fact("max_daily", "stops", amount=60), fact("taper", "needs")))
    first = taking("item-0", ("predniprim", 20), at_once=2, a_day=2, for_days=5)
    then = taking("item-1", ("predniprim", 10), at_once=3, a_day=3, for_days=5)
    assert rules(book, [first, then]) == set()
    assert ("max_daily:1", "stops") in rules(
        book, [replace(first, use=replace(first.use, most_a_day=4)), then]
    )
    added = [first, replace(then, use=replace(then.use, for_days=None))]  # a step of it, or beside it?
    assert rules(book, added) == {("max_daily:1", "needs")}
    untimed = [replace(one, use=replace(one.use, for_days=None)) for one in (first, then)]
    assert rules(book, untimed) == {("max_daily:1", "stops"), ("predniprim", "needs")}


WEEKLY = book_of(
    facts("methotrexate", fact("frequency", "stops", days=1), fact("max_daily", "needs", amount=25))
)


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        ("4 tablets once a week", set()),
        ("4 tablets daily", {("frequency:1", "stops")}),
        ("1 tablet every other day", {("frequency:1", "stops")}),
        ("11 tablets weekly", {("max_daily:1", "needs")}),
        ("as directed", {("frequency:1", "needs"), ("methotrexate", "needs")}),
        ("4 tablets on Mondays", set()),
        ("4 tablets on Mondays and Thursdays", {("frequency:1", "stops")}),
        ("4 tablets, start on Monday", {("frequency:1", "needs"), ("methotrexate", "needs")}),
    ],
)
def test_more_often_than_a_label_allows(directions, expected):
    pill = replace(
        taking("item-0", ("methotrexate", "2.5")), directions=directions, use=use_of(directions, "pill")
    )
    assert rules(WEEKLY, [pill]) == expected


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        ("1 tablet every morning", set()),
        ("2 tablets daily", set()),
        ("1 tablet bid", {("frequency:1", "needs")}),
        ("1 tablet in the morning and 1 tablet at bedtime", {("frequency:1", "needs")}),
        ("as directed", {("frequency:1", "needs"), ("bupropion", "needs")}),
    ],
)
def test_more_times_a_day_than_a_label_allows(directions, expected):
    book = book_of(
        facts("bupropion", fact("frequency", "needs", times=1), fact("max_daily", "stops", amount=450))
    )
    pill = replace(taking("a", ("bupropion", 150)), directions=directions, use=use_of(directions, "pill"))
    assert rules(book, [pill]) == expected


def test_figures_of_other_units_are_not_compared():
    book = book_of(facts("insulinoid", fact("max_daily", "stops", amount=10)))
    pen = taking("item-0", ("insulinoid", 100))
    pen = replace(pen, parts=(replace(pen.parts[0], unit="unit"),))
    assert rules(book, [pen]) == {("insulinoid", "needs")}
    micro = replace(pen, parts=(replace(pen.parts[0], unit="mcg"),))
    assert rules(book, [micro]) == set()


BY_THE_WEEK = book_of(
    facts(
        "methotrexate",
        fact("max_daily", "stops", amount=75),
        fact("max_daily", "needs", amount=30, unit="mg/week", indication="psoriasis"),
    )
)


@pytest.mark.parametrize(
    ("directions", "expected"),
    [
        ("4 tablets once weekly", set()),
        ("12 tablets once weekly", set()),
        ("13 tablets once weekly", {("max_daily:2", "needs")}),
        ("4 tablets three times a week", set()),
        ("6 tablets three times a week", {("max_daily:2", "needs")}),
        ("2 tablets daily", {("max_daily:2", "needs")}),
        ("31 tablets once weekly", {("max_daily:1", "stops")}),
    ],
)
def test_a_limit_of_a_week_is_held_against_what_a_week_brings(directions, expected):
    pill = taking("a", ("methotrexate", "2.5"), directions=directions)
    pill = replace(pill, use=use_of(directions, "pill"), indication="psoriasis")
    assert rules(BY_THE_WEEK, [pill]) == expected


def test_nothing_under_review_says_nothing():
    assert review([], [EIGHT], ADULT, PLAIN) == []
    assert Use() == use_of("as directed", "pill") == use_of("", "pack")
