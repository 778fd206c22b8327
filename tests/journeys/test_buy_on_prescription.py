"""The whole way: a customer buys a prescription medicine, a pharmacist verifies it, an admin ships it."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people


@pytest.mark.journey
@pytest.mark.parametrize(
    ("store", "javascript"),
    [("sqlite", True), ("postgresql", False)],
    ids=["sqlite, with script", "postgresql, without script"],
    indirect=["store"],
)
def test_a_prescription_medicine_from_search_to_parcel(open_page, store, javascript):
    name = "Ada Specimen"
    email = f"ada-{uuid4().hex[:8]}@demo.example"
    customer = open_page(javascript=javascript)

    find_baclofen_although_misspelled(customer)
    compare_strengths_and_prices(customer)
    put_both_medicines_into_the_basket(customer)
    checkout_is_refused_before_signing_in(customer)
    register_and_keep_the_basket(customer, name, email)
    checkout_is_refused_without_a_prescription(customer)
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    customer.locator('main a[href="/basket"]').click()
    expect(customer.locator('main [data-state="waiting"]')).to_be_visible()
    checkout_is_refused_without_a_prescription(customer)

    pharmacist = open_page(javascript=javascript)
    people.sign_in(pharmacist, "pharmacist")
    people.approve_newest(pharmacist, name, "Baclofen tablet 10 mg", quantity=90, refills=0)
    assert_no_way_to_payments(pharmacist)
    assert_mail_without_health_data(store, email)

    number = people.order(customer, name)
    expect(customer.get_by_role("main")).to_contain_text("$45.90")
    prescription_has(customer, left=0)
    another_order_is_refused(customer)

    admin = open_page(javascript=javascript)
    people.sign_in(admin, "admin")
    receive_a_lot(admin)
    it_waits_for_the_prescriber(admin, customer, number)
    people.confirm_copy(pharmacist, name)
    ship(admin, number)
    customer.goto(f"/orders/{number}")
    expect(customer.locator('[data-status="shipped"]')).to_be_visible()
    documents_are_closed_to(admin, customer)


def find_baclofen_although_misspelled(page: Page) -> None:
    people.look_up(page, "baclofen")
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("^Baclofen")).first).to_be_visible()
    people.look_up(page, "baclofn")
    page.get_by_role("main").get_by_role("link", name=re.compile("baclofen", re.I)).first.click()
    if "/search" in page.url:  # it offered the name; nothing was chosen for us
        page.get_by_role("main").get_by_role("link", name=re.compile("^Baclofen")).first.click()
    expect(page).to_have_url(re.compile("/medicines/baclofen-tablets"))


def compare_strengths_and_prices(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Baclofen"))
    expect(page.locator(".price")).to_contain_text("$0.51")
    page.get_by_role("link", name=re.compile("^25 mg")).click()
    expect(page.locator(".price")).to_contain_text("$0.51")
    expect(page.get_by_role("main")).to_contain_text("Australia")
    expect(page.locator('[data-do="add"]')).to_have_count(0)
    page.get_by_role("link", name=re.compile("^10 mg")).click()
    for quantity, total in ((30, "$15.30"), (60, "$30.60"), (90, "$45.90")):
        page.locator(f'input[name="quantity"][value="{quantity}"]').check(force=True)
        expect(page.locator(".totals > div:visible").first).to_contain_text(total)
    expect(page.locator("#part-stop")).to_be_visible()
    expect(page.locator(".reviewed time").first).to_be_visible()


def put_both_medicines_into_the_basket(page: Page) -> None:
    page.locator('[data-do="add"]').click()
    people.add_to_basket(page, "loratadine-tablets", 30)
    page.goto("/basket")
    expect(page.get_by_role("main")).to_contain_text("Baclofen tablet 10 mg")
    expect(page.get_by_role("main")).to_contain_text("Loratadine")


def checkout_is_refused_before_signing_in(page: Page) -> None:
    page.goto("/checkout")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/basket")
    expect(page.locator('main [data-state="sign_in_first"]')).to_be_visible()


def register_and_keep_the_basket(page: Page, name: str, email: str) -> None:
    page.locator('main a[href^="/register"]').click()
    people.register(page, name, email)
    expect(page).to_have_url(re.compile("/basket"))
    expect(page.get_by_role("main")).to_contain_text("Baclofen tablet 10 mg")


def checkout_is_refused_without_a_prescription(page: Page) -> None:
    """By the link's address, and by a POST made by hand with the session and a true token."""
    page.goto("/checkout")
    expect(page.locator("main [data-state]").first).to_be_visible()  # the basket, and what to do first
    expect(page.locator("button[data-total]")).to_have_count(0)
    page.goto("/basket")
    token = page.locator('input[name="csrf_token"]').first.get_attribute("value")
    address = {"recipient": "Ada Specimen", "line1": "9 Nowhere Lane", "city": "Springfield", "region": "NY"}
    form = {
        "csrf_token": token or "",
        "address": "new",
        **address,
        "postal_code": "10001",
        "total_cents": "5080",
    }
    answer = page.request.post("/checkout", form=form, max_redirects=0)
    assert answer.status == 409
    assert re.search(r'data-state="(send_prescription|waiting)"', answer.text())
    page.goto("/orders")
    expect(page.locator('main a[href^="/orders/F-"]')).to_have_count(0)
    page.goto("/basket")


def assert_mail_without_health_data(store, email: str) -> None:
    mails = people.mails_to(store, email)
    assert mails, "no mail about the decision"
    for text in mails:
        assert not re.search("baclofen|mg|tablet|refill|Ivor|spasm", text, re.I)


def assert_no_way_to_payments(page: Page) -> None:
    assert page.request.get("/admin/orders", max_redirects=0).status == 403
    assert page.request.get("/checkout", max_redirects=0).status == 403


def prescription_has(page: Page, left: int) -> None:
    page.goto("/prescriptions")
    expect(page.locator(f'[data-left="{left}"]')).to_be_visible()


def another_order_is_refused(page: Page) -> None:
    people.add_to_basket(page, "baclofen-tablets", 30)
    page.goto("/checkout")
    expect(page.locator("button[data-total]")).to_have_count(0)
    expect(page.locator('main [data-state="used_up"]')).to_be_visible()


def receive_a_lot(page: Page) -> None:
    """A delivery, and where it then stands: by variant and lot, with its expiry."""
    lot = f"T-{uuid4().hex[:6].upper()}"
    page.goto("/admin/stock/receive")
    page.locator('main input[name="q"]').fill("00527133001")
    page.locator("main .filters button").click()
    page.get_by_label(re.compile("Baclofen tablet 10 mg")).first.check()
    typed = {"number": lot, "expires_on": "2031-06-30", "packs": "5", "unit_cost": "$0.034"}
    for field, value in typed.items():
        page.locator(f'input[name="{field}"]').fill(value)
    page.locator('[data-do="check"]').click()
    expect(page.locator('[data-sum="500"]')).to_be_visible()
    page.locator('[data-do="receive"]').click()
    page.goto(f"/admin/?q={lot}")
    row = page.get_by_role("row", name=re.compile(lot))
    for words in ("Baclofen tablet 10 mg", "500", "June 30, 2031"):
        expect(row).to_contain_text(words)


def it_waits_for_the_prescriber(admin: Page, customer: Page, number: str) -> None:
    """What the customer sent is a copy: paid for, and not shipped until it is confirmed."""
    admin.goto("/admin/orders")
    row = admin.get_by_role("row", name=re.compile(number))
    expect(row.locator('[data-block="prescription_is_a_copy"]')).to_be_visible()
    admin.goto(f"/admin/orders/{number}")
    expect(admin.locator('form[action$="/ship"]')).to_have_count(0)
    customer.goto(f"/orders/{number}")
    expect(customer.locator("[data-copy]")).to_be_visible()


def ship(page: Page, number: str) -> None:
    page.goto("/admin/orders")
    page.get_by_role("link", name=number).click()
    expect(page.get_by_role("main")).to_contain_text("DEMO-")  # the lot to pick
    page.locator('form[action$="/ship"] button').click()
    expect(page.locator('[data-status="shipped"]')).to_be_visible()


def documents_are_closed_to(admin: Page, customer: Page) -> None:
    customer.goto("/prescriptions")
    customer.locator('main a[href^="/prescriptions/"]').first.click()
    page_link = customer.locator('main [href^="/prescriptions/documents/"]').first
    address = page_link.get_attribute("href") or page_link.get_attribute("src")
    assert address
    own = customer.request.get(address)
    assert own.status == 200
    assert own.headers["cache-control"] == "no-store"
    assert admin.request.get(address, max_redirects=0).status == 403
