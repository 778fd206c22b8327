"""Strengths that cannot be right as filed, at the admin's desk: found, explained, listed by hand."""

import re

import pytest

from tests.factories import make_variant
from tests.integration.listing.products import listed_names, make_product


@pytest.fixture
def aspirin(context) -> int:
    make_product("Baclofen", listed=False)
    number = make_product("Aspirin", strength="325 g", listed=False)
    make_variant("Aspirin", "81 mg", listed=False)
    return number


def test_the_filter_shows_them_with_a_count(desk, aspirin):
    desk.open("/admin/catalogue?state=to-check")
    assert 'value="to-check" selected' in desk.page.text
    assert [row[1] for row in desk.rows()] == ["Aspirin tablets"]
    assert 'data-doubted="1"' in desk.page.text
    desk.open("/admin/catalogue")
    assert "data-doubted" not in desk.page.text
    desk.open("/admin/catalogue?state=to-check&q=baclofen")
    assert 'data-state="none-match"' in desk.page.text


def test_the_product_says_which_strength_and_why(desk, aspirin):
    desk.open("/admin/catalogue/aspirin-tablets")
    assert re.findall(r'data-doubt="(\w+)"', desk.page.text) == ["too_heavy"]
    assert 'data-doubted="1"' in desk.page.text
    assert 'name="do" value="list"' in desk.page.text


def test_who_lists_it_by_hand_is_told_what_is_to_check(desk, aspirin):
    desk.open(f"/admin/listing?do=list&id={aspirin}")
    assert 'data-tag="strength_to_check"' in desk.page.text
    desk.send("/admin/listing", do="list", id=aspirin, back="")
    assert listed_names() == ["Aspirin"]
    desk.open("/admin/catalogue/aspirin-tablets")
    assert "data-doubted" not in desk.page.text
