"""What does not go smoothly: files that are none, a question and its answer, a refusal with its reason."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people

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


def test_a_file_that_is_no_picture_is_refused_and_the_rest_of_the_form_stays(customer):
    customer.get_by_label(re.compile("^Note")).fill(NOTE)
    people.send_prescription(customer, HTML_AS_PHOTO)
    expect(customer.locator("#problems")).to_be_focused()
    expect(customer.locator("[id$='documents-e']")).to_contain_text(
        re.compile("page from the web|HTML", re.I)
    )
    expect(customer.get_by_label(re.compile("^Note"))).to_have_value(NOTE)
    expect(customer.get_by_label(re.compile("written for me"))).to_be_checked()
    customer.goto("/prescriptions")
    expect(customer.locator("section.prescription")).to_have_count(0)


def test_a_question_is_answered_and_a_refusal_gives_its_reason(customer, open_page):
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    people.decide(
        pharmacist, "Bo Placeholder", "Ask", "Refills missing", "How many refills did you agree on?"
    )

    customer.goto("/prescriptions")
    expect(customer.get_by_role("main")).to_contain_text("How many refills did you agree on?")
    customer.get_by_role("link", name="Answer the pharmacist").click()
    customer.get_by_role("textbox", name="Your answer").fill("Two, she said.")
    customer.get_by_role("button", name="Send answer").click()
    expect(customer.get_by_role("button", name="Send answer")).to_have_count(0)  # it has arrived

    people.decide(pharmacist, "Bo Placeholder", "Refuse", "Not confirmed by prescriber", "")
    customer.goto("/prescriptions")
    expect(customer.get_by_role("main")).to_contain_text("Refused")
    expect(customer.get_by_role("main")).to_contain_text(re.compile("confirm", re.I))
