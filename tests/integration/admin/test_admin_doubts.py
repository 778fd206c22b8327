"""Strengths that cannot be right as filed, at the admin's desk: found, explained, listed by hand."""

import pytest

from tests.factories import make_variant
from tests.integration.listing.products import make_product


@pytest.fixture
def aspirin(context) -> int:
    make_product("Baclofen", listed=False)
    number = make_product("Aspirin", strength="325 g", listed=False)
    make_variant("Aspirin", "81 mg", listed=False)
    return number


def test_the_filter_shows_them_with_a_count(desk, aspirin):
    words = desk.open("/admin/catalogue?state=to-check")
    assert 'value="to-check" selected' in desk.page.text
    assert [(row[1], row[9]) for row in desk.rows()] == [("Aspirin tablets", "1 implausible strength")]
    assert "1 product has a strength that cannot be right as filed." in words
    assert "cannot be right" not in desk.open("/admin/catalogue")
    assert "No product fits all of this." in desk.open("/admin/catalogue?state=to-check&q=baclofen")


def test_the_product_says_which_strength_and_why(desk, aspirin):
    words = desk.open("/admin/catalogue/aspirin-tablets")
    assert "To check: more than a tablet can weigh" in words
    assert words.count("To check:") == 1
    assert (
        "One strength cannot be right as the directory has it, and is not sold at a price that a rule"
        in words
    )
    assert "Put it on sale" in words


def test_who_lists_it_by_hand_is_told_what_is_to_check(desk, aspirin):
    assert "Goes on sale, except implausible strengths" in desk.open(f"/admin/listing?do=list&id={aspirin}")
    assert "1 product is now on sale." in desk.send("/admin/listing", do="list", id=aspirin, back="")
    assert "cannot be right as the directory has it" not in desk.open("/admin/catalogue/aspirin-tablets")
