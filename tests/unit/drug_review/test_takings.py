"""What a medicine of the catalogue is to the review: on prescription where a prescriber ordered it."""

from dataclasses import replace

import pytest

from shop.catalogue.queries import Contents
from shop.drug_review.review import review
from shop.drug_review.taking import From
from shop.drug_review.takings import taking_of
from tests.unit.drug_review.small_facts import ADULT

PACKAGE = Contents(
    *(("omeprazole",), "20 mg", "pill", "oral", 14, "Omeprazole 20 mg", "delayed-release tablet", False)
)


@pytest.mark.parametrize(
    ("known", "item_id", "required", "on_prescription"),
    [
        (From.DOCUMENT, None, False, True),
        (From.ACTIVE, 3, False, True),
        (From.RECENT, 3, False, True),
        (From.BASKET, 3, False, True),
        (From.BASKET, None, False, False),
        (From.RECENT, None, False, False),
        (From.BASKET, None, True, True),
    ],
)
def test_what_anybody_may_buy_is_on_prescription_where_it_was_prescribed(
    known, item_id, required, on_prescription
):
    contents = replace(PACKAGE, prescription_required=required)
    one = taking_of("a", known, contents, "1 tablet twice daily", item_id=item_id)
    assert one.prescription is on_prescription


@pytest.mark.parametrize(
    ("known", "asked"), [(From.DOCUMENT, set()), (From.BASKET, {"omeprazole:max_daily:1"})]
)
def test_a_limit_without_a_prescription_is_not_for_what_was_prescribed(known, asked):
    taking = taking_of("a", known, PACKAGE, "1 tablet twice daily")
    found = review([taking], [], ADULT)
    assert {one.rule for one in found if "max_daily" in one.rule} == asked


@pytest.mark.parametrize(
    ("substance", "ingredient"),
    [
        ("CALCIUM CARBONATE", "calcium carbonate"),
        ("MAGNESIUM HYDROXIDE", "magnesium hydroxide"),
        ("FERROUS SULFATE, DRIED", "ferrous sulfate"),
        ("SODIUM BICARBONATE", "sodium bicarbonate"),
        ("LEVOTHYROXINE SODIUM ANHYDROUS", "levothyroxine"),
        ("METOPROLOL TARTRATE", "metoprolol"),
        ("PENICILLIN V POTASSIUM", "penicillin v"),
    ],
)
def test_a_salt_keeps_its_name_where_nothing_is_on_record_without_it(substance, ingredient):
    taking = taking_of("a", From.BASKET, replace(PACKAGE, ingredients=(substance,), strength="500 mg"))
    assert [part.ingredient for part in taking.parts] == [ingredient]


def test_an_antacid_of_the_shelf_is_held_against_what_it_binds():
    tums = taking_of(
        "line-1", From.BASKET, replace(PACKAGE, ingredients=("CALCIUM CARBONATE",), strength="500 mg")
    )
    ciprofloxacin = taking_of(
        "line-2",
        From.BASKET,
        replace(PACKAGE, ingredients=("CIPROFLOXACIN HYDROCHLORIDE",), prescription_required=True),
        "1 tab bid",
        item_id=2,
    )
    assert "ciprofloxacin:interaction:11" in {one.rule for one in review([tums, ciprofloxacin], [], ADULT)}
