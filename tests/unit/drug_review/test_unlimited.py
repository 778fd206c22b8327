"""Doses without a limit on record, or that cannot be held against it; and what is far too much."""

from decimal import Decimal

import pytest

from tests.unit.drug_review.small_facts import book_of, fact, facts, person, rules, taking

PLAIN = book_of(
    facts("acetaminophen", fact("max_daily", "stops", amount=4000), fact("max_single", "stops", amount=1000)),
    facts("dextromethorphan", fact("max_daily", "needs", amount=120)),
)


@pytest.mark.parametrize(
    ("pill", "expected"),
    [
        (taking("a", ("acetaminophen", 500), at_once=None), {("acetaminophen", "needs")}),
        (taking("a", ("acetaminophen", None)), {("acetaminophen", "needs")}),
        (taking("a", ("acetaminophen", "NaN")), {("acetaminophen", "needs")}),
        (taking("a", ("acetaminophen", -500), a_day=99), {("acetaminophen", "needs")}),
        (
            taking("a", ("acetaminophen", 500), at_once=None, directions="", prescription=False),
            {("acetaminophen", "advice")},
        ),
        (taking("a", ("nobody knows", 500), at_once=None), {("nobody knows", "needs")}),
        (taking("a", ("acetaminophen", 500), ("nobody knows", 5)), {("nobody knows", "needs")}),
        (taking("a", label="a box"), {("no_ingredients", "needs")}),
    ],
)
def test_what_cannot_be_compared_is_said_once_a_medicine(pill, expected):
    assert rules(PLAIN, [pill]) == expected


def test_an_ingredient_with_facts_and_no_limit_is_said_as_advice_and_for_a_child_it_needs():
    book = book_of(
        facts("sampline", fact("pregnancy", "needs"), fact("min_age", "needs", age_from=Decimal(2)))
    )
    assert rules(book, [taking("a", ("sampline", 5))]) == {("sampline", "advice")}
    assert rules(book, [taking("a", ("sampline", 5))], who=person(10)) == {("sampline", "needs")}


@pytest.mark.parametrize(("a_day", "verdict"), [(10, None), (11, "advice"), (50, "advice"), (51, "stops")])
def test_many_times_the_highest_limit_stops_whatever_its_weight(a_day, verdict):
    book = book_of(facts("sampline", fact("max_daily", "advice", amount=100)))
    found = rules(book, [taking("a", ("sampline", 10), a_day=a_day)])
    assert found == ({("max_daily:1", verdict)} if verdict else set())


@pytest.mark.parametrize(
    ("scope", "a_day", "expected"),
    [
        ({"prescription": False}, 5, {("sampline", "advice")}),
        ({"prescription": False}, 6, {("max_daily:1", "stops"), ("sampline", "advice")}),
        ({"kidneys": ("dialysis",)}, 6, {("max_daily:1", "stops"), ("sampline", "advice")}),
        ({"age_from": Decimal(65)}, 6, {("max_daily:1", "stops"), ("sampline", "advice")}),
        # another release may hold what is split over the day otherwise; a child’s limit says nothing here
        ({"release": "extended"}, 6, {("max_daily:1", "needs"), ("sampline", "advice")}),
        ({"age_under": Decimal(12)}, 6, {("sampline", "advice")}),
        ({"route": "vaginal"}, 6, {("sampline", "advice")}),
    ],
)
def test_far_above_the_limits_of_others_where_none_is_of_this_patient(scope, a_day, expected):
    book = book_of(facts("sampline", fact("max_daily", "needs", amount=100, **scope)))
    assert rules(book, [taking("a", ("sampline", 100), a_day=a_day, route="oral")]) == expected


@pytest.mark.parametrize(
    ("at_once", "a_day", "more", "verdict"),
    [
        (1, 1, {}, "advice"),
        (2, 12, {}, "advice"),
        (4, 12, {}, "advice"),
        (2, 13, {}, "needs"),
        (5, 5, {}, "needs"),
        (20, 60, {"unit": "mL"}, "advice"),
        (None, None, {}, "advice"),
    ],
)
def test_unusually_many_are_asked_where_no_limit_is_on_record(at_once, a_day, more, verdict):
    pill = taking("a", ("specimenol", 10), at_once=at_once, a_day=a_day, **more)
    assert rules(book_of(facts("specimenol")), [pill]) == {("specimenol", verdict)}
