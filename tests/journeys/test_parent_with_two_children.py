"""A parent orders for two children: each prescription fills its own child's line, and no other."""

import re
from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.databases import on

PARENT, FIRST, SECOND = "Ada Specimen", "Ben Specimen", "Cleo Specimen"
MEDICINE = "Amoxicillin capsule 250 mg"


@pytest.mark.journey
@on("sqlite")
def test_a_parent_with_two_children(open_page):
    parent = open_page(width=390)
    parent.goto("/register?next=/account/patients")
    people.register(parent, PARENT, f"ada-{uuid4().hex[:8]}@demo.example")
    add(parent, "self", PARENT, born(38))
    add(parent, "child", FIRST, born(8), allergies="latex: rash")
    add(parent, "child", SECOND, born(5))
    expect(parent.locator(".people [data-relation]")).to_have_count(3)

    for name in (FIRST, SECOND):
        take_for(parent, name)
    people.send_prescription(parent, patient=FIRST)
    people.wait_until_checked(parent)
    expect(parent.locator("[data-for]")).to_contain_text(FIRST)

    pharmacist = open_page()
    people.sign_in(pharmacist, "pharmacist")
    outcomes = {"birth": "dose_checked"}
    figures = {"quantity": 42, "refills": 0}
    people.approve_newest(pharmacist, FIRST, MEDICINE, **figures, customer=PARENT, outcomes=outcomes)

    parent.goto("/basket")
    expect(line_of(parent, FIRST)).to_have_attribute("data-state", "ok")
    expect(line_of(parent, SECOND)).not_to_have_attribute("data-state", "ok")
    line_of(parent, SECOND).locator('form[action$="/remove"] button').click()
    number = people.order(parent, PARENT)
    parent.goto(f"/orders/{number}")
    expect(parent.get_by_role("main")).to_contain_text(FIRST)
    expect(parent.get_by_role("main")).not_to_contain_text(SECOND)
    who_has_read(parent, FIRST, ["pharmacist", "customer"])
    who_has_read(parent, SECOND, ["customer"])


def born(years: int) -> str:
    """So many years ago and a day, so that it is nobody's birthday."""
    today = datetime.now(UTC).date()
    return date(today.year - years - 1, 7, 1).isoformat()


def add(page: Page, relation: str, name: str, birth_date: str, allergies: str = "") -> None:
    page.goto("/account/patients/add")
    page.locator('[name="relation"]').select_option(relation)
    page.locator('[name="name"]').fill(name)
    page.locator('[name="birth_date"]').fill(birth_date)
    page.locator("main form button.button").click()
    expect(page).to_have_url(re.compile("/health"))
    if allergies:
        page.locator('[name="allergies_said"][value="some"]').check()
        page.locator('[name="allergies"]').fill(allergies)
    people.answer_health(page, but=["allergies_said"] if allergies else [])
    expect(page).to_have_url(re.compile(r"/account/patients/[0-9a-f]{32}$"))
    expect(page.locator("[data-missing]")).to_have_count(0)
    page.goto("/account/patients")


def take_for(page: Page, name: str) -> None:
    people.look_at(page, "amoxicillin-capsules", "250 mg")
    page.locator('input[name="quantity"][value="42"]').check(force=True)
    page.locator('[data-do="add"]').click()
    people.say_for_whom(page, name)


def line_of(page: Page, name: str):
    chosen = page.locator("select[name=patient] option[selected]", has_text=name)
    return page.locator(".lines > li", has=chosen)


def who_has_read(page: Page, name: str, roles: list[str]) -> None:
    page.goto("/account/patients")
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()
    found = page.locator(".readings [data-role]")
    expect(found.first).to_be_visible()
    seen = [one.get_attribute("data-role") for one in found.all()]
    assert sorted(set(seen)) == sorted(roles)
