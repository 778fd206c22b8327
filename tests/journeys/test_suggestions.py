"""Looking something up with the keyboard, with the mouse, and without JavaScript."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # suggestions read no database
]


def box(page: Page):
    return page.get_by_role("combobox").first


def test_a_medicine_is_reached_by_typing_an_arrow_and_enter(open_page):
    page = open_page()
    page.goto("/")
    box(page).press_sequentially("bacl")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_contain_text("Baclofen tablets")
    expect(box(page)).to_have_attribute("aria-expanded", "true")

    box(page).press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box(page)).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box(page).press("Enter")

    expect(page).to_have_url(re.compile(r"/medicines/baclofen-tablets$"))


def test_arrows_go_round_escape_closes_and_enter_alone_looks_up_what_was_typed(open_page):
    page = open_page()
    page.goto("/medicines")
    box(page).press_sequentially("bac")
    options = page.get_by_role("listbox").get_by_role("option")
    expect(options.first).to_be_visible()
    count = options.count()

    box(page).press("ArrowUp")
    expect(options.nth(count - 1)).to_have_attribute("aria-selected", "true")
    box(page).press("ArrowDown")
    expect(page.locator('[role=option][aria-selected="true"]')).to_have_count(0)
    box(page).press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box(page)).to_have_value("bac")
    box(page).press("Enter")

    expect(page).to_have_url(re.compile(r"/search\?q=bac$"))


def test_a_suggestion_can_be_clicked_and_leaving_the_box_closes_the_list(open_page):
    page = open_page(width=390)
    page.goto("/")
    box(page).press_sequentially("lorat")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("heading", level=1).click()
    expect(page.get_by_role("listbox")).to_be_hidden()

    box(page).press("End")
    box(page).press_sequentially("a")
    page.get_by_role("listbox").get_by_role("option", name="Loratadine tablets").click()

    expect(page).to_have_url(re.compile(r"/medicines/loratadine-tablets$"))


def test_an_answer_that_comes_late_does_not_replace_the_newer_one(open_page):
    page = open_page()
    page.goto("/")
    held = []
    asks = re.compile(r"/suggest\?q=bac$")
    page.route(asks, lambda route: held.append(route))
    with page.expect_request(asks):
        box(page).press_sequentially("bac")
    box(page).fill("lorat")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text("Loratadine")
    (late,) = held
    assert late.request.failure, "it is aborted, so that its answer reaches nobody"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_open_list_is_accessible(open_page, dark):
    page = open_page(dark=dark)
    page.goto("/")
    box(page).press_sequentially("bac")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    box(page).press("ArrowDown")

    faults = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["html"][:120]) for fault in faults] == []


def test_without_an_answer_or_without_javascript_the_form_leads_to_the_results(open_page):
    deaf = open_page(loses_requests=True)
    deaf.goto("/")
    deaf.route("**/suggest?*", lambda route: route.abort())
    box(deaf).press_sequentially("baclofen")
    box(deaf).press("Enter")
    expect(deaf.get_by_role("heading", level=1)).to_contain_text("baclofen")

    plain = open_page(javascript=False)
    plain.goto("/")
    plain.locator('[role=search] input[name="q"]').fill("baclofen")
    plain.locator("[role=search] button").click()
    expect(plain.get_by_role("link", name="Baclofen tablets")).to_be_visible()
