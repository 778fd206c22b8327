"""Two medicines on one page: the pharmacist declines one, and the customer reads of each what is its own."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

NAME = "Ada Specimen"
NOTE = "Please ask for one of its own."


@pytest.mark.journey
@on("postgresql")
def test_one_medicine_is_approved_the_other_declined_and_the_first_is_ordered(open_page):
    customer = open_page()
    customer.goto("/register?next=/basket")
    people.register(customer, NAME, f"ada-{uuid4().hex[:8]}@demo.example")
    people.add_to_basket(customer, "baclofen-tablets", 90)
    people.send_prescription(customer)
    people.wait_until_checked(customer)

    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    enter_the_first(pharmacist)
    decline_the_second(pharmacist)
    approve(pharmacist)

    read_of_each_what_is_its_own(customer)
    people.order(customer, NAME)
    expect(customer.get_by_role("main")).to_contain_text("Baclofen tablet 10 mg")


def enter_the_first(page: Page) -> None:
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link", name=re.compile(NAME)).last.click()
    written = {
        "patient_name": NAME,
        "prescriber_name": "Ivor Sample, MD",
        "prescriber_npi": people.NPI,
        "issued_on": people.issued(),
        "prescriber_address": "1 Example Road, Springfield, NY 10001",
        "prescriber_phone": "(555) 555-0111",
        "items-0-directions": "One tablet three times a day",
        "items-0-quantity": "90",
        "items-0-refills": "1",
        "items-0-days_supply": "30",
        "items-0-indication": "muscle spasm",
    }
    for field, value in written.items():
        page.locator(f'[name="{field}"]').fill(value)
    page.locator('[name="signed"]').check()
    page.locator('[name="items-0-variant_id"]').select_option(label="Baclofen tablet 10 mg")
    page.locator('[name="items-0-dispense_as_written"]').check()


def decline_the_second(page: Page) -> None:
    """It is looked for, found to be controlled, and declined with the button that is there then."""
    page.locator('#entry [value="add_item"]').click()
    page.locator('[name="items-1-find"]').fill("tramadol")
    page.locator('[value="find-1"]').click()
    page.locator('[value="decline-1-controlled"]').click()
    expect(page.locator('[name="items-1-decision"]')).to_have_value("controlled")
    written = page.locator('[name="items-1-as_written"]')
    expect(written).to_have_value("tramadol")
    expect(page.locator('[name="items-1-quantity"]')).to_be_hidden()
    expect(page.locator('[name="items-0-as_written"]')).to_be_hidden()
    written.fill("Tramadol 50 mg")
    page.locator('[name="items-1-decline_note"]').fill(NOTE)
    page.locator('[name="items-1-decision"]').select_option("")  # it might be dispensed after all
    expect(page.locator('[name="items-1-quantity"]')).to_be_visible()
    page.locator('[name="items-1-decision"]').select_option("controlled")
    expect(page.locator('[name="items-1-decline_note"]')).to_have_value(NOTE)


def approve(page: Page) -> None:
    """With the keys of the desk."""
    page.locator("h1").click()
    page.keyboard.press("c")
    expect(page.locator(".checks .stops")).to_have_count(0)
    expect(page.locator("#check-declined-1")).to_be_visible()
    copies = page.locator('[name^="outcome-reuse-"]').all()  # every journey sends the same photo
    for copy in copies:
        copy.select_option("different")
    if people.settle_review(page) or copies:
        page.locator("h1").click()
        page.keyboard.press("c")
        expect(page.locator('[value="approve"]:not([aria-disabled])')).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_be_visible()


def read_of_each_what_is_its_own(page: Page) -> None:
    page.goto("/prescriptions")
    expect(page.locator('[data-standing="partly"]')).to_be_visible()
    first, second = (page.locator(f'li[data-line="{line}"]') for line in (1, 2))
    expect(first).to_have_attribute("data-standing", "approved")
    expect(first).to_contain_text("Baclofen tablet 10 mg")
    expect(second).to_have_attribute("data-reason", "controlled")
    expect(second).to_contain_text("Tramadol 50 mg")
    expect(second).to_contain_text(NOTE)
    expect(first).not_to_contain_text(NOTE)
    expect(first).not_to_contain_text("controlled")
