"""A guest buys over the counter: no account, a mistyped email, the order found again by its link."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys import people
from tests.journeys.databases import on
from tests.running_store import until

NAME = "Gil Sample"


def mailed(store, email: str, link: str) -> str:
    """The link of this kind in a mail to the address, once the worker has sent it."""
    found: list[str] = []

    def look() -> bool:
        found[:] = re.findall(link, "".join(people.mails_to(store, email)))
        return bool(found)

    assert until(look)
    return found[0]


@on("sqlite")
@pytest.mark.journey
def test_a_guest_buys_over_the_counter_and_keeps_the_order(store, open_page) -> None:
    page, email = open_page(javascript=False), f"gil-{uuid4().hex[:8]}@demo.example"
    mistyped = email.replace("gil", "gli")
    people.add_to_basket(page, "loratadine-tablets", 30)
    page.locator('main a[href="/checkout/guest"]').click()
    page.locator("button[data-total]").click()
    expect(page.locator("#problems")).to_be_focused()
    page.locator('input[name="email"]').fill(mistyped)
    people.fill_in_address(page, NAME)
    page.locator("button[data-total]").click()
    people.pay_with(page, people.DECLINED_CARD)
    expect(page.get_by_role("alert")).to_be_visible()
    page.go_back()
    page.goto(f"{store.address}/basket")
    page.locator('main .note a[href^="/orders/F-"]').click()
    page.locator('form[action$="/pay"] button').click()
    people.pay_with(page, people.GOOD_CARD)
    expect(page).to_have_url(re.compile(r"/orders/F-"))
    expect(page.locator("[data-guest]")).to_contain_text(mistyped)
    here = page.url
    page.locator(f'a[href$="{here.rsplit("/", 1)[1]}/email"]').click()
    page.locator('main input[name="email"]').fill(email)
    page.locator("form.stack-form button").click()
    expect(page.locator("#problems")).to_be_focused()
    page.locator('main input[name="email_again"]').fill(email)
    page.locator("form.stack-form button").click()
    expect(page.locator("[data-guest]")).to_contain_text(email)

    link = mailed(store, email, r"/guest-order/[^\s\"/]+")
    assert "loratadine" not in "".join(people.mails_to(store, email)).lower()
    elsewhere = open_page()
    elsewhere.goto(here)
    expect(elsewhere).to_have_url(re.compile("/sign-in"))
    elsewhere.goto(link)
    expect(elsewhere).to_have_url(here)
    elsewhere.locator('form[action$="/keep"] button').click()
    expect(elsewhere.locator(".flashes")).to_contain_text(email)
    elsewhere.goto(mailed(store, email, r"/guest-order/keep/[^\s\"/]+"))
    elsewhere.locator('main input[name="password"]').fill("four unrelated words here")
    elsewhere.locator("form[data-keep] button").click()
    expect(elsewhere).to_have_url(here)
    elsewhere.goto("/orders")
    expect(elsewhere.get_by_role("main")).to_contain_text(here.rsplit("/", 1)[1])
