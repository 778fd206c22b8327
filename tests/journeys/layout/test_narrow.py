"""On a phone and a small desk: one header row, a menu, a drawer, the form beside the document; no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import people
from tests.journeys.layout.walk import open_desk

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # looks do not depend on the database
]

PHONES = (320, 390, 640)
ONE_ROW = """() => {
  const parts = [...document.querySelectorAll(".masthead-row > *, .places > *")];
  const boxes = parts.filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect());
  return Math.max(...boxes.map((box) => box.top)) < Math.min(...boxes.map((box) => box.bottom));
}"""


@pytest.mark.parametrize("role", ["visitor", "customer", "admin"])
def test_the_header_is_one_row_and_its_menu_loses_nothing(open_page, role):
    page = open_page(javascript=False)
    if role != "visitor":
        people.sign_in(page, role)
    if role == "customer":
        people.add_to_basket(page, "baclofen-tablets", 90)
    page.goto("/admin/" if role == "admin" else "/medicines")
    wide = {link.get_attribute("href") for link in page.locator(".masthead a:visible").all()}
    for width in (*PHONES, 820):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(ONE_ROW), f"the header of {width} px has more than one row"
    page.get_by_role("button", name="Menu").click()
    narrow = {link.get_attribute("href") for link in page.locator(".masthead a:visible").all()}
    assert wide <= narrow
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()


def test_facets_are_a_drawer_that_needs_no_script(open_page):
    page = open_page(javascript=False, width=390)
    page.goto("/medicines")
    facets = page.locator("#narrow")
    expect(facets).to_be_hidden()
    page.locator("[popovertarget=narrow]:visible").click()
    expect(facets).to_be_visible()
    facets.locator("input[type=checkbox]").first.check()
    facets.locator("button:not([type])").last.click()
    expect(page).to_have_url(re.compile(r"/medicines\?\w+="))
    page.goto("/medicines?all=category#narrow")
    expect(facets).to_be_visible()


def test_the_form_stays_beside_the_document_from_1024_px(open_page):
    page = open_desk(open_page)
    for width, is_beside in ((1280, True), (1024, True), (1023, False)):
        page.set_viewport_size({"width": width, "height": 900})
        document, form = (page.locator(part).bounding_box() for part in (".evidence", ".review"))
        assert document is not None
        assert form is not None
        assert (form["x"] >= document["x"] + document["width"] - 1) is is_beside
        if is_beside:
            assert page.evaluate("document.documentElement.scrollHeight") <= 901
    page.locator("[popovertarget=queue]").click()
    expect(page.locator("#queue a").first).to_be_visible()
