"""What does not go smoothly: files that are none, a question and its answer, a refusal with its reason."""

from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

pytestmark = pytest.mark.journey

HTML_AS_PHOTO = {
    "name": "rx.jpg",
    "mimeType": "image/jpeg",
    "buffer": b"<!doctype html><script>alert(1)</script>",
}
NOTE = "The second page is on its way."


@pytest.fixture
def customer(open_page) -> Page:
    """Somebody new, on the page of prescriptions."""
    page = open_page()
    page.goto("/register?next=/prescriptions")
    people.register(page, "Bo Placeholder", f"bo-{uuid4().hex[:8]}@demo.example")
    page.goto("/prescriptions")
    return page


@on("sqlite")
def test_a_file_that_is_no_picture_is_refused_and_the_rest_of_the_form_stays(customer):
    customer.locator('[name="note"]').fill(NOTE)
    people.send_prescription(customer, HTML_AS_PHOTO)
    expect(customer.locator("#problems")).to_be_focused()
    expect(customer.locator("[id$='documents-e']")).to_be_visible()
    expect(customer.locator('[name="note"]')).to_have_value(NOTE)
    expect(customer.locator('[name="confirmed"]')).to_be_checked()
    customer.goto("/prescriptions")
    expect(customer.locator("section.prescription")).to_have_count(0)


@on("postgresql")
def test_a_question_is_answered_and_a_refusal_gives_its_reason(customer, open_page):
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    people.decide(
        pharmacist, "Bo Placeholder", "ask", "refills_missing", "How many refills did you agree on?"
    )

    customer.goto("/prescriptions")
    expect(customer.get_by_role("main")).to_contain_text("How many refills did you agree on?")
    customer.locator('main a[href$="#answer"]').click()
    customer.locator('main [name="text"]').fill("Two, she said.")
    customer.locator('form[action$="/answer"] button').click()
    expect(customer.locator('form[action$="/answer"]')).to_have_count(0)  # it has arrived

    people.decide(pharmacist, "Bo Placeholder", "refuse", "not_confirmed", "")
    customer.goto("/prescriptions")
    expect(customer.locator('[data-status="refused"]')).to_be_visible()
    expect(customer.locator('[data-reason="not_confirmed"]')).to_be_visible()
