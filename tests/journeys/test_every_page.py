"""Every main page, for every role: accessible, nothing clipped at 390 px, one first heading and a title."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys import people

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # looks do not depend on the database
]

CONTRAST, ALL = {"runOnly": ["color-contrast"]}, {}
LOOKS = (  # of what axe asks, only contrast depends on colors; it takes most of the time
    (1280, "light", ALL),
    (1280, "dark", CONTRAST),
    (390, "dark", CONTRAST),
    (390, "light", {"rules": {"color-contrast": {"enabled": False}}}),
)
AXE = Axe().axe_script
PAGES = {
    "visitor": (
        "/",
        "/medicines",
        "/medicines?category=muscle-spasticity",
        "/medicines/baclofen-tablets",
        "/medicines/baclofen-tablets/25-mg",
        "/medicines/amoxicillin-capsules",
        "/search?q=baclofn",
        "/search?q=zzzz",
        "/identify",
        "/identify?imprint=pd+155",
        "/identify?imprint=pd+999&shape=tear",
        "/basket",
        "/privacy",
        "/notice-of-privacy-practices",
        "/sign-in",
        "/register",
        "/reset-password",
        "/no-such-page",
    ),
    "customer": (
        "/basket",
        "/prescriptions",
        "/orders",
        "/checkout",
        "/account",
        "/account/addresses/add",
        "/account/back-in-stock",
        "/account/emails",
        "/account/delete",
        "/account/patients",
        "/account/patients/add",
    ),
    "pharmacist": (
        "/pharmacist/",
        "/pharmacist/?tab=asked",
        "/pharmacist/?tab=decided",
        "/pharmacist/copies",
        "/pharmacist/enter",
        "/pharmacist/reviews",
        "/pharmacist/rules",
        "/pharmacist/facts",
        "/pharmacist/facts/simvastatin",
        "/pharmacist/fact-changes",
        "/pharmacist/prescribers",
    ),
    "admin": (
        "/admin/",
        "/admin/stock/receive",
        "/admin/lots/without-pack",
        "/admin/no-quantity",
        "/admin/releases",
        "/admin/orders",
        "/admin/outbox",
        "/admin/catalogue",
        "/admin/catalogue/baclofen-tablets",
        "/admin/catalogue/baclofen-tablets/edit",
        "/admin/catalogue/baclofen-tablets/strengths/new",
        "/admin/catalogue/baclofen-tablets/strengths/1/packs/new",
        "/admin/catalogue/new",
        "/admin/listing?do=unlist&id=1",
        "/admin/not-by-mail",
        "/admin/delivery-methods",
        "/admin/delivery-methods/standard",
        "/admin/prices",
        "/admin/prices/store",
        "/admin/searches",
        "/admin/payments",
    ),
}


@pytest.mark.parametrize("role", list(PAGES))
def test_main_pages_are_accessible_and_nothing_is_clipped(open_page, role):
    page = open_page()
    if role != "visitor":
        people.sign_in(page, role)
    if role == "customer":
        people.add_to_basket(page, "baclofen-tablets", 90)
        people.add_to_basket(page, "loratadine-tablets", 30)
    faults, titles = [], {}
    for address in PAGES[role]:
        page.goto(address)
        for width, scheme, rules in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            faults += [f"{width} {scheme} {one}" for one in faults_of(page, address, width, rules)]
        if address != "/checkout":  # refused, so the basket again
            titles.setdefault(page.title(), []).append(address)
    faults += [f"“{title}” is the title of {same}" for title, same in titles.items() if len(same) > 1]
    assert faults == []


def test_a_desk_with_a_document_is_accessible_and_fits_the_screen(open_page):
    customer = open_page()
    people.sign_in(customer, "customer")
    customer.goto("/prescriptions")
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    page = open_page()
    people.sign_in(page, "pharmacist")
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link").last.click()
    expect(page.locator("svg.sheet image")).to_be_visible()
    assert faults_of(page, page.url, 1280, ALL) == []
    assert page.evaluate("document.documentElement.scrollHeight") <= 901, (
        "evidence and decision do not fit one screen"
    )


def faults_of(page: Page, address: str, width: int, rules: dict[str, object]) -> list[str]:
    """What is wrong with the open page; `rules` are options of axe that choose among its rules."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    answer = page.evaluate(
        "(options) => axe.run(options).then(({ violations }) => violations)",
        {"resultTypes": ["violations"]} | rules,
    )
    found = [f"{address}: {fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in answer]
    across = page.evaluate("document.documentElement.scrollWidth")
    if across > width:
        found.append(f"{address}: {across} px wide on a screen of {width}")
    if page.locator("h1").count() != 1:
        found.append(f"{address}: {page.locator('h1').count()} first headings")
    if not re.search(r"\S+.* \| Formulary", page.title()):
        found.append(f"{address}: title “{page.title()}”")
    return found
