"""A prescription by telephone: entered by staff, approved, ordered by the customer, shipped."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

NAME, BORN = "Fay Specimen", "1988-05-04"
MEDICINE = "Baclofen tablet 10 mg"


@pytest.mark.journey
@on("postgresql")
def test_a_prescription_by_telephone_from_the_call_to_the_parcel(open_page):
    customer = open_page(width=390)
    customer.goto("/register?next=/account/patients/add")
    people.register(customer, NAME, "fay@demo.example")
    customer.goto("/account/patients/add")
    customer.locator('[name="relation"]').select_option("self")
    customer.locator('[name="name"]').fill(NAME)
    customer.locator('[name="birth_date"]').fill(BORN)
    customer.locator("main form button.button").click()
    people.answer_health(customer)

    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    somebody_else_is_not_found(pharmacist)
    find(pharmacist, NAME, BORN)
    pharmacist.locator('[name="origin"]').select_option("phone")
    pharmacist.locator(".found-patient button.button").click()
    expect(pharmacist.locator("[data-no-document]")).to_be_visible()
    type_in(pharmacist)
    pharmacist.locator('[name="decision"][value="approve"]').click()
    expect(pharmacist.get_by_role("status")).to_be_visible()

    customer.goto("/prescriptions")
    expect(customer.locator('[data-status="approved"]')).to_be_visible()
    rx = re.search(r"[0-9]{7}-1", customer.locator("[data-rx]").inner_text())[0]
    customer.locator(".again button").click()
    number = people.order(customer, NAME)
    expect(customer.get_by_role("main")).to_contain_text(rx)

    admin = open_page()
    people.sign_in(admin, "admin")
    admin.goto("/admin/orders")
    admin.locator('form[action="/admin/orders/find"] [name="q"]').fill(f"rx {rx}")
    admin.locator('form[action="/admin/orders/find"] button').click()
    expect(admin).to_have_url(re.compile(number))
    admin.locator('form[action$="/ship"] button').click()
    expect(admin.locator('[data-status="shipped"]')).to_be_visible()
    customer.goto(f"/orders/{number}")
    expect(customer.locator('[data-status="shipped"]')).to_be_visible()
    the_prescriber_is_found_while_typing(pharmacist)


def find(page: Page, name: str, born: str) -> None:
    page.goto("/pharmacist/enter")
    page.locator('[name="name"]').fill(name)
    page.locator('[name="birth_date"]').fill(born)
    page.locator("form.narrow button").click()


def somebody_else_is_not_found(page: Page) -> None:
    find(page, NAME, "1988-05-05")
    expect(page.locator('[data-state="nobody"]')).to_be_visible()
    expect(page.locator("[data-patient]")).to_have_count(0)


def type_in(page: Page) -> None:
    """What the caller said; only what a call asks for is on the form."""
    expect(page.locator('[name="signed"]')).to_be_hidden()
    expect(page.locator('[name="original_number"]')).to_be_hidden()
    typed = {
        "received_name": "Pat Sample, nurse",
        "prescriber_name": "Iris Sample, MD",
        "prescriber_npi": "1000000004",
        "prescriber_address": "2 Example Road, Springfield, NY 10001",
        "prescriber_phone": "(555) 555-0112",
        "issued_on": people.issued(),
        "items-0-directions": "One tablet three times a day",
        "items-0-quantity": "90",
        "items-0-refills": "0",
        "items-0-days_supply": "30",
        "items-0-find": "baclofen 10",
    }
    for field, value in typed.items():
        page.locator(f'[name="{field}"]').fill(value)
    page.locator('[name="read_back"]').check()
    page.locator('[name="do"][value="find-0"]').click()
    page.locator('[name="items-0-variant_id"]').select_option(label=MEDICINE)
    page.locator('#entry .entry-tools [value="check"]').click()
    expect(page.locator(".checks .stops")).to_have_count(0)


def the_prescriber_is_found_while_typing(page: Page) -> None:
    find(page, NAME, BORN)
    page.locator(".found-patient button.button").click()
    page.locator('[name="prescriber_name"]').press_sequentially("iris sa")
    page.locator(".found button", has_text="Iris Sample").click()
    expect(page.locator('[name="prescriber_npi"]')).to_have_value("1000000004")
    expect(page.locator('[name="prescriber_phone"]')).to_have_value("(555) 555-0112")
    page.locator('details.revoke:has(form[action$="/discard"]) summary').click()
    page.locator('form[action$="/discard"] button').click()
    expect(page.get_by_role("status")).to_be_visible()
