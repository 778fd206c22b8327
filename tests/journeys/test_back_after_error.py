"""Going back to a form that answered with an error: it is there, with what was typed but no password."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

SECRET = "password1234"


def sent(page: Page, path: str, button: str, **fields: str) -> None:
    """Send a form that is wrong, leave by the address bar, and come back."""
    page.goto(path)
    for name, value in fields.items():
        page.locator(f'main input[name="{name}"]').fill(value)
    page.locator(button).click()
    expect(page.locator("#problems")).to_be_visible()
    page.goto("/privacy")
    page.go_back()
    expect(page).to_have_url(re.compile(f"{path}$"))
    for name, value in fields.items():
        expect(page.locator(f'main input[name="{name}"]')).to_have_value("" if value == SECRET else value)


@on("sqlite")
@pytest.mark.journey
@pytest.mark.parametrize("javascript", [True, False])
def test_back_leads_to_the_form_and_to_no_error(store, open_page, javascript: bool) -> None:
    page, email = open_page(javascript=javascript), "customer@demo.example"
    sent(page, "/register", "main form button", name="Gil Sample", email="gil@demo.example", password=SECRET)
    sent(page, "/sign-in", "main form button", email=email, password=SECRET)
    people.add_to_basket(page, "loratadine-tablets", 30)
    sent(page, "/checkout/guest", "button[data-total]", email="gil@demo.example", line1="7 Kept Road")
    page.goto("/register")
    people.register(page, "Gil Sample", f"gil-{uuid4().hex[:8]}@demo.example")
    expect(page).not_to_have_url(re.compile("/register"))
    sent(page, "/checkout", "button[data-total]", line1="7 Kept Road", city="")
