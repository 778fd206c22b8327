"""The way back from every step: an order canceled, one refunded and returned, a receipt corrected, an account
exported and deleted."""

import json
import re
import zipfile
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

NAME, PASSWORD = "Ada Specimen", "a long enough sentence"


@pytest.mark.journey
@on("sqlite")
def test_every_step_has_a_way_back(open_page):
    email = f"mend-{uuid4().hex[:8]}@demo.example"
    customer, admin = open_page(), open_page()
    customer.goto("/register")
    people.register(customer, NAME, email)
    people.sign_in(admin, "admin")

    canceled = bought(customer)
    customer.locator('form[action$="/cancel"] button').click()
    expect(customer.locator('[data-status="canceled"]')).to_be_visible()

    number = bought(customer)
    assert number != canceled
    packed_and_unpacked(admin, customer, number)
    refunded_and_returned(admin, number)
    expect_refund(customer, number)
    a_mistaken_receipt_is_corrected(admin)
    everything_is_exported(customer, number)
    deletion_is_taken_back(customer, email)


def bought(page: Page) -> str:
    """Two medicines over the counter, paid for; the order's number."""
    people.add_to_basket(page, "loratadine-tablets", 30)
    people.add_to_basket(page, "acetaminophen-tablets", 24)
    page.goto("/checkout")
    people.confirm_health(page)
    if page.locator('input[name="line1"]').is_visible():
        people.fill_in_address(page, NAME)
    if (age := page.locator('input[name="of_age"]')).count():
        age.check()
    page.locator("button[data-total]").click()
    people.pay_with(page, people.GOOD_CARD)
    expect(page).to_have_url(re.compile("/orders/F-"))
    return page.url.rsplit("/", 1)[1].split("?")[0]


def packed_and_unpacked(admin: Page, customer: Page, number: str) -> None:
    """The customer's page was open when the order was packed: its button says so."""
    admin.goto(f"/admin/orders/{number}")
    admin.locator('form[action$="/pack"] button').click()
    expect(admin.locator("[data-packed]")).to_be_visible()
    customer.locator('form[action$="/cancel"] button').click()
    expect(customer.locator('[data-status="packed"]')).to_be_visible()
    expect(customer.locator('form[action$="/cancel"] button')).to_have_count(0)
    admin.locator('form[action$="/unpack"] button').click()
    customer.reload()
    expect(customer.locator('form[action$="/cancel"] button')).to_be_visible()
    admin.locator('form[action$="/pack"] button').click()
    admin.locator('form[action$="/ship"] button').click()
    expect(admin.locator('[data-status="shipped"]').first).to_be_visible()


def refunded_and_returned(admin: Page, number: str) -> None:
    """One line's money goes back, and the units that arrive are never sold again."""
    admin.locator('a[href$="/return"]').click()
    for field in admin.locator('input[name^="units_"]').all()[:1]:
        field.fill("30")
    admin.locator('input[name="fate"][value="quarantined"]').check()
    admin.locator('select[name="reason"]').select_option("unwanted")
    admin.locator("form.decide button").click()
    expect(admin).to_have_url(re.compile(rf"/admin/orders/{number}"))
    admin.goto(f"/admin/orders/{number}/refund")
    for field in admin.locator('input[name^="line_"]').all()[1:] + admin.locator('[name="delivery"]').all():
        field.fill("")
    admin.locator('select[name="reason"]').select_option("returned")
    admin.locator("form.decide button").click()
    expect(admin.locator("[data-refund]")).to_have_count(1)
    expect(admin.locator("[data-return]")).to_have_count(1)
    expect(admin.locator('[data-set-aside="30"]')).to_be_visible()


def expect_refund(customer: Page, number: str) -> None:
    customer.goto(f"/orders/{number}")
    expect(customer.locator("[data-refunded]")).to_have_count(1)


def a_mistaken_receipt_is_corrected(admin: Page) -> None:
    """Five bottles booked, four came: the first movement stays, another takes the fifth out."""
    lot = f"T-{uuid4().hex[:6].upper()}"
    admin.goto("/admin/stock/receive?q=00527133001")
    admin.locator('input[name="item"]').first.check()
    typed = {"number": lot, "expires_on": "2031-06-30", "packs": "5", "unit_cost": "$0.034"}
    for field, value in typed.items():
        admin.locator(f'input[name="{field}"]').fill(value)
    admin.locator('[data-do="check"]').click()
    admin.locator('[data-do="receive"]').click()
    admin.locator('select[name="why"]').select_option("received_fewer")
    admin.locator('form[action$="/correct"] input[name="units"]').fill("100")
    admin.locator('form[action$="/correct"] button').click()
    expect(admin.locator('[data-correction="received_fewer"]')).to_be_visible()
    expect(admin.locator("td[data-after]")).to_have_text(["400", "500"])


def everything_is_exported(customer: Page, number: str) -> None:
    customer.goto("/account/data")
    customer.locator('input[name="password"]').fill(PASSWORD)
    with customer.expect_download() as saved:
        customer.locator("main form button").click()
    with zipfile.ZipFile(saved.value.path()) as archive:
        texts = [
            json.dumps(json.loads(archive.read(one))) for one in archive.namelist() if one.endswith(".json")
        ]
    assert any(number in text for text in texts)


def deletion_is_taken_back(customer: Page, email: str) -> None:
    """Asked for twice: signing in keeps the account, as the page says."""
    for _ in range(2):
        customer.goto("/account/delete")
        customer.locator('input[name="password"]').fill(PASSWORD)
        customer.locator("main form button.refuse").click()
        expect(customer).to_have_url(re.compile("/sign-in"))
        customer.locator('main input[name="email"]').fill(email)
        customer.locator('main input[name="password"]').fill(PASSWORD)
        customer.locator("main form button").click()
        expect(customer).not_to_have_url(re.compile("/sign-in"))
        customer.goto("/account/delete")
        expect(customer.locator("main form button.refuse")).to_be_visible()
