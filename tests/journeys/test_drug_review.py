"""The drug utilization review walked: an override, a medicine over the counter, an allergy told later."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

NAME = "Gus Specimen"


@pytest.mark.journey
@on("sqlite")
def test_an_override_an_interaction_in_the_basket_and_an_allergy_after_the_order(open_page):
    customer, pharmacist = open_page(width=390), open_page()
    customer.goto("/register?next=/medicines/clopidogrel-tablets")
    people.register(customer, NAME, "gus@demo.example")
    people.add_to_basket(customer, "clopidogrel-tablets", 30)
    people.send_prescription(customer, patient=NAME)
    people.wait_until_checked(customer)
    people.sign_in(pharmacist, "pharmacist")
    an_override_is_given_with_its_reason(pharmacist)

    people.add_to_basket(customer, "omeprazole-delayed-release-tablets", 42)
    expect(customer.locator("[data-looked-at]").first).to_be_visible()
    number = people.order(customer, NAME)
    people.confirm_copy(pharmacist, NAME)
    customer.goto(f"/orders/{number}")
    expect(customer.locator("[data-in-review]")).to_be_visible()
    the_order_is_decided(pharmacist, number)
    the_report_names_the_reasons(pharmacist)
    customer.goto(f"/orders/{number}")
    expect(customer.locator("[data-in-review]")).to_have_count(0)

    tell_of_an_allergy(customer)
    customer.goto(f"/orders/{number}")
    expect(customer.locator("[data-in-review]")).to_be_visible()
    open_the_review(pharmacist, number)
    expect(pharmacist.locator(".checks .stops").first).to_be_visible()
    expect(pharmacist.locator('select[name^="outcome-"]')).to_have_count(0)


def an_override_is_given_with_its_reason(page: Page) -> None:
    """Nothing is known of the patient yet: the desk asks for a decision about that, and for a note."""
    how = {"quantity": 30, "refills": 1, "directions": "One tablet daily", "days": 30}
    people.approve_newest(page, NAME, "Clopidogrel film-coated tablet 75 mg", **how)


def open_the_review(page: Page, number: str) -> None:
    page.goto("/pharmacist/reviews")
    page.locator(f'[data-review="{number}"] a').click()
    expect(page.locator(".checks li").first).to_be_visible()


def the_order_is_decided(page: Page, number: str) -> None:
    open_the_review(page, number)
    page.locator(".label-says summary").first.click()
    expect(page.locator("blockquote").first).to_be_visible()
    assert people.settle_review(page, "Prescriber knows; takes it in the evening.")
    page.locator("form .entry-tools button").click()
    expect(page).to_have_url(re.compile("/pharmacist/reviews$"))
    expect(page.locator(f'[data-review="{number}"]')).to_have_count(0)


def the_report_names_the_reasons(page: Page) -> None:
    page.goto("/pharmacist/rules")
    expect(page.locator('[data-rule^="clopidogrel:interaction"] [data-outcome]').first).to_be_visible()
    expect(page.locator('[data-rule^="not_answered"] [data-outcome]').first).to_be_visible()


def tell_of_an_allergy(page: Page) -> None:
    page.goto("/account/patients")
    page.locator("li[data-relation] h2 a").first.click()
    page.locator('main a[href*="/health"]').first.click()
    page.locator('[name="allergies_said"][value="some"]').check()
    page.locator('[name="allergies"]').fill("clopidogrel")
    page.locator("form.questions button.button").click()
