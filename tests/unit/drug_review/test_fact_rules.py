"""Which changes of a fact are tighter, which looser, and what of them counts after a new release."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.drug_review.effective import book_with
from shop.drug_review.fact_rules import (
    Change,
    Way,
    applied,
    compare,
    figure_of,
    figure_problem,
    fingerprint,
    is_stale,
    with_values,
)
from shop.drug_review.known_names import matching
from shop.safety.drug_facts.facts import Weight
from shop.safety.drug_facts.reading import book as store_book
from tests.unit.drug_review.small_facts import book_of, fact, facts

STOPS, NEEDS, ADVICE = Weight.STOPS, Weight.NEEDS, Weight.ADVICE


def one(kind, weight, *others, **more):
    return facts("specimenol", fact(kind, weight, *others, **more)).facts[0]


DAILY = one("max_daily", "needs", amount=80)
SINGLE = one("max_single", "needs", amount="0.5", unit="g")
PAIR = one("interaction", "needs", "sampline", amount=20)
PLAIN_PAIR = one("interaction", "needs", "sampline")
YOUNGEST = one("min_age", "needs", age_from=Decimal(12))
OLDEST = one("max_age", "advice", age_from=Decimal(65))
OFTEN = one("frequency", "stops", days=1)


@pytest.mark.parametrize(
    ("before", "weight", "figure", "way"),
    [
        (DAILY, NEEDS, None, "same"),
        (DAILY, NEEDS, Decimal("80.00"), "same"),
        (DAILY, STOPS, None, "tighter"),
        (DAILY, ADVICE, None, "looser"),
        (DAILY, NEEDS, Decimal(79), "tighter"),
        (DAILY, NEEDS, Decimal("80.001"), "looser"),
        (DAILY, STOPS, Decimal(60), "tighter"),
        (DAILY, ADVICE, Decimal(90), "looser"),
        (DAILY, STOPS, Decimal(90), "looser"),  # both at once
        (DAILY, ADVICE, Decimal(60), "looser"),
        (SINGLE, NEEDS, Decimal("0.4"), "tighter"),
        (PAIR, NEEDS, Decimal(10), "tighter"),
        (PAIR, NEEDS, Decimal(40), "looser"),
        (PLAIN_PAIR, STOPS, Decimal(40), "tighter"),  # it has no figure that could change
        (YOUNGEST, NEEDS, Decimal(18), "tighter"),
        (YOUNGEST, NEEDS, Decimal(6), "looser"),
        (YOUNGEST, STOPS, Decimal(6), "looser"),
        (OLDEST, ADVICE, Decimal(60), "tighter"),
        (OLDEST, ADVICE, Decimal(70), "looser"),
        (OLDEST, NEEDS, Decimal(65), "tighter"),
        (OFTEN, NEEDS, None, "looser"),
        (OFTEN, STOPS, None, "same"),
    ],
)
def test_heavier_or_lower_is_tighter_and_whatever_is_both_is_looser(before, weight, figure, way):
    after = with_values(before, weight, figure)
    assert compare(before, after) == way
    back = {"same": "same", "tighter": "looser"}.get(way)
    if back:
        assert compare(after, before) == back


@pytest.mark.parametrize(
    ("weight", "amount", "unit", "way"),
    [
        ("advice", 70, "mg", "looser"),  # what is above both would go by this lighter one
        ("advice", 60, "mg", "tighter"),
        ("advice", 81, "mg", "tighter"),  # it was the highest before
        ("needs", 70, "mg", "tighter"),
        ("advice", 1, "mg/kg", "looser"),  # the higher one for some patients
        ("advice", "0.07", "g", "looser"),
    ],
)
def test_a_maximum_that_falls_below_a_lighter_one_is_looser(weight, amount, unit, way):
    other = fact("max_daily", weight, amount=amount, unit=unit)
    both = facts("specimenol", fact("max_daily", "needs", amount=80), other)
    before = both.facts[0]
    assert compare(before, with_values(before, NEEDS, Decimal(60)), both.facts) == way
    assert compare(before, with_values(before, STOPS, None), both.facts) is Way.TIGHTER


def changed(of, weight=None, figure=None, unit="mg"):
    return Change(7, of.key, weight, figure, unit, fingerprint(of))


NEW_FILE = {"say": "Said anew."}


@pytest.mark.parametrize(
    ("change", "file", "counts"),
    [
        (changed(DAILY, STOPS), DAILY, (STOPS, Decimal(80))),
        (changed(DAILY, ADVICE), DAILY, (ADVICE, Decimal(80))),
        (changed(DAILY, STOPS, Decimal(60)), DAILY, (STOPS, Decimal(60))),
        (changed(DAILY, None, Decimal(90)), DAILY, (NEEDS, Decimal(90))),
        # the file changed: what is tighter than it stays, what is looser doesn't
        (changed(DAILY, STOPS), replace(DAILY, **NEW_FILE), (STOPS, Decimal(80))),
        (changed(DAILY, ADVICE), replace(DAILY, **NEW_FILE), (NEEDS, Decimal(80))),
        (changed(DAILY, None, Decimal(60)), replace(DAILY, amount=Decimal(70)), (NEEDS, Decimal(60))),
        (changed(DAILY, None, Decimal(60)), replace(DAILY, amount=Decimal(50)), (NEEDS, Decimal(50))),
        (changed(DAILY, STOPS, Decimal(60)), replace(DAILY, amount=Decimal(50)), (STOPS, Decimal(50))),
        (changed(DAILY, STOPS, Decimal(90)), replace(DAILY, **NEW_FILE), (STOPS, Decimal(80))),
        (changed(DAILY, None, Decimal(60)), replace(DAILY, unit="mcg"), (NEEDS, Decimal(80))),
        (changed(YOUNGEST, None, Decimal(18), "years"), replace(YOUNGEST, **NEW_FILE), (NEEDS, Decimal(18))),
        (changed(YOUNGEST, None, Decimal(6), "years"), replace(YOUNGEST, **NEW_FILE), (NEEDS, Decimal(12))),
    ],
)
def test_what_of_a_change_counts(change, file, counts):
    found = applied(file, change)
    assert (found.weight, figure_of(found)[0]) == counts
    assert is_stale(file, change) is (file not in (DAILY, YOUNGEST))
    assert compare(file, found) is not Way.LOOSER or not is_stale(file, change)


@pytest.mark.parametrize(
    "other",
    [
        replace(DAILY, say="Other."),
        replace(DAILY, weight=STOPS),
        replace(DAILY, amount=Decimal(81)),
        replace(DAILY, scope=replace(DAILY.scope, age_under=Decimal(18))),
        replace(DAILY, label=replace(DAILY.label, quote="Another sentence.")),
        replace(DAILY, label=replace(DAILY.label, effective=None)),
        replace(DAILY, others=("sampline",)),
    ],
)
def test_a_change_rests_on_all_that_the_file_says(other):
    assert is_stale(other, changed(DAILY, STOPS))
    assert not is_stale(replace(DAILY), changed(DAILY, STOPS))
    assert is_stale(None, changed(DAILY, STOPS))


@pytest.mark.parametrize(
    ("fact", "figure", "right"),
    [
        (DAILY, Decimal("0.5"), True),
        (DAILY, Decimal(0), False),
        (DAILY, Decimal(1_000_000), False),
        (DAILY, Decimal("0.0000001"), False),
        (YOUNGEST, Decimal(130), True),
        (YOUNGEST, Decimal(131), False),
        (replace(YOUNGEST, scope=replace(YOUNGEST.scope, age_under=Decimal(18))), Decimal(18), False),
    ],
)
def test_a_figure_is_one_that_a_file_could_have(fact, figure, right):
    assert (figure_problem(fact, figure) == "") is right


def test_a_book_with_changes_says_so_in_its_version_and_reads_words_as_the_files_do():
    limited = facts("specimenol", fact("max_daily", "needs", amount=80))
    files = book_of(limited, facts("sampline", fact("taper", "needs")))
    assert book_with(files, ()) is files
    gone = replace(changed(DAILY, STOPS), key="specimenol:max_daily:9")
    assert book_with(files, (gone,)) is files
    book = book_with(files, (changed(DAILY, STOPS),))
    assert book.facts["specimenol"].facts[0].weight is STOPS
    assert [book.facts[name].version for name in ("specimenol", "sampline")] == ["1+7", "1"]
    store = store_book()
    first = store.facts["warfarin"].facts[0]
    heavier = STOPS if first.weight is not STOPS else NEEDS
    assert matching(book_with(store, (changed(first, heavier),))) is matching()
