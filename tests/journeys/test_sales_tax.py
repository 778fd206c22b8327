"""A first order to a state with sales tax: its total is read before it is agreed to, nothing typed twice."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

NAME = "Ada Specimen"


def at_checkout(page: Page) -> None:
    people.add_to_basket(page, "loratadine-tablets", 30)
    page.goto("/register")
    people.register(page, NAME, f"ada-{uuid4().hex[:8]}@demo.example")
    page.goto("/checkout")
    people.fill_in_address(page, NAME)


def total(page: Page) -> str:
    return page.locator('[data-line="total"] dd').inner_text()


@on("postgresql")
@pytest.mark.journey
def test_without_script_the_total_is_a_step_of_its_own(open_page) -> None:
    page = open_page(javascript=False)
    at_checkout(page)
    before, street = total(page), page.locator('input[name="line1"]').input_value()
    page.locator('select[name="region"]').select_option("CA")
    page.locator('input[name="postal_code"]').fill("94103")
    page.locator("button[data-total]").click()
    expect(page).to_have_url(re.compile(r"/checkout$"))
    expect(page.locator('[data-line="tax"]')).to_contain_text("CA")
    expect(page.locator("#total")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert total(page) != before
    for field, value in {"recipient": NAME, "line1": street, "postal_code": "94103"}.items():
        expect(page.locator(f'input[name="{field}"]')).to_have_value(value)
    expect(page.locator('select[name="region"]')).to_have_value("CA")
    read = total(page)
    page.locator("button[data-total]").click()
    people.pay_with(page, people.GOOD_CARD)
    expect(page.get_by_role("main")).to_contain_text(read)


@on("sqlite")
@pytest.mark.journey
def test_with_script_the_total_follows_the_state(open_page) -> None:
    page = open_page()
    at_checkout(page)
    without = total(page)
    page.locator('select[name="region"]').select_option("CA")
    expect(page.locator('[data-line="tax"]')).to_contain_text("CA")
    expect(page.locator("[data-said]")).to_contain_text(total(page))
    taxed = total(page)
    assert taxed != without
    page.locator('select[name="region"]').select_option("NY")
    expect(page.locator('[data-line="tax"]')).to_be_hidden()
    assert total(page) == without
    page.locator('input[name="method"]:checked').press("ArrowDown")  # the quicker way, by keyboard
    expect(page.locator('[data-line="delivery"] dd')).not_to_contain_text("4.90")
    expect(page.locator('input[name="method"][value="express"]')).to_be_focused()
    page.locator('input[name="method"]:checked').press("ArrowUp")
    expect(page.locator('[data-line="total"] dd')).to_have_text(without)
    page.locator('select[name="region"]').select_option("CA")
    page.locator('input[name="postal_code"]').fill("94103")
    expect(page.locator('[data-line="tax"]')).to_contain_text("CA")
    page.locator("button[data-total]").click()
    people.pay_with(page, people.GOOD_CARD)  # no step between: the total was read
    expect(page.get_by_role("main")).to_contain_text(taxed)
