"""A refill is refused on the day before it opens, with the day, and taken with one click on the day."""

import sqlite3
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from shop.clock import day_in_words
from shop.config import SQLITE_FILE
from tests.journeys import people
from tests.journeys.databases import on
from tests.journeys.test_buy_on_prescription import ship
from tests.running_store import PATIENCE

NAME = "Ada Specimen"
OPENS_AFTER = 20
"""Days after the shipment of 30 days' supply, with a week's delivery."""
LEDGER = "prescription_quantity_entry"


@pytest.mark.journey
@on("sqlite")
def test_a_refill_on_the_day_it_opens(open_page, store):
    customer = open_page(width=390)
    people.add_to_basket(customer, "baclofen-tablets", 90, "10 mg")
    customer.goto("/register?next=/basket")
    people.register(customer, NAME, f"ada-{uuid4().hex[:8]}@demo.example")
    customer.goto("/basket")
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    people.approve_newest(pharmacist, NAME, "Baclofen tablet 10 mg", quantity=90, refills=2)
    says_on_the_medicines_page(customer, "approved")
    number = people.order(customer, NAME)
    people.confirm_copy(pharmacist, NAME)
    admin = open_page()
    people.sign_in(admin, "admin")
    ship(admin, number)

    days_pass(store, OPENS_AFTER - 1)
    tomorrow = day_in_words(datetime.now(UTC).date() + timedelta(days=1))
    says_on_the_medicines_page(customer, "too_early", tomorrow)
    customer.goto("/prescriptions")
    expect(customer.locator('[data-fill="too_early"]')).to_contain_text(tomorrow)
    expect(customer.locator("form.again")).to_have_count(0)
    refused_in_the_basket(customer, tomorrow)

    days_pass(store, 1)
    customer.goto("/prescriptions")
    expect(customer.locator('[data-fill="approved"]')).to_be_visible()
    customer.locator("form.again button").click()
    expect(customer.locator('main [data-state="ok"]')).to_be_visible()
    people.order(customer, NAME)
    says_on_the_medicines_page(customer, "too_early")


def says_on_the_medicines_page(page: Page, state: str, day: str = "") -> None:
    people.look_at(page, "baclofen-tablets", "10 mg")
    expect(page.locator(f'#on-prescription [data-coverage="{state}"]')).to_contain_text(day)


def refused_in_the_basket(page: Page, day: str) -> None:
    people.add_to_basket(page, "baclofen-tablets", 90, "10 mg")
    expect(page.locator('main [data-state="too_early"]')).to_contain_text(day)
    page.goto("/checkout")
    expect(page.locator("button[data-total]")).to_have_count(0)
    page.goto("/basket")
    page.locator('form[action$="/remove"] button').first.click()


def days_pass(store, days: int) -> None:
    """What was dispensed last was so many days earlier: the ledger's lock is lifted, and put back."""
    lock = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?"
    earlier = "strftime('%Y-%m-%d %H:%M:%S', at, ?)"
    with sqlite3.connect(store.instance / SQLITE_FILE, timeout=PATIENCE) as database:
        (trigger,) = database.execute(lock, (f"{LEDGER}_no_update",)).fetchone()
        database.execute(f"DROP TRIGGER {LEDGER}_no_update")
        latest = "item_id = (SELECT max(id) FROM prescription_item)"
        database.execute(f"UPDATE {LEDGER} SET at = {earlier} WHERE {latest}", (f"-{days} days",))
        database.execute(trigger)
    database.close()
