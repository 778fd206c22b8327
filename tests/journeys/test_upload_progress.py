"""A file that takes long or cannot be opened: progress, the reason, and another file right there."""

from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.integration.prescriptions.bad_documents import heavy_pdf, locked_pdf
from tests.journeys import people
from tests.journeys.databases import on

pytestmark = pytest.mark.journey


def a_pdf(content: bytes) -> dict:
    return {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": content}


def somebody_new(page: Page) -> None:
    page.goto("/register?next=/prescriptions")
    people.register(page, "Cy Placeholder", f"cy-{uuid4().hex[:8]}@demo.example")
    page.goto("/prescriptions")


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in found]


def another_file_is_taken(page: Page) -> None:
    page.locator('input[type="file"]').set_input_files(people.SAMPLE)
    page.locator('form[action$="/files"] button').click()
    expect(page.locator('main a[href^="/prescriptions/documents/"]')).to_be_visible()
    expect(page.locator("[data-checking]")).to_have_count(0)


@on("sqlite")
def test_a_heavy_file_shows_progress_and_then_its_refusal_without_a_reload(open_page):
    page = open_page(width=390)
    somebody_new(page)
    people.send_prescription(page, a_pdf(heavy_pdf()))
    expect(page.locator("[data-checking] progress")).to_be_visible()
    assert faults(page) == []
    page.evaluate("window.sameDocument = true")
    people.wait_until_checked(page)
    expect(page.locator('form[action$="/files"]')).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    another_file_is_taken(page)


@on("postgresql")
def test_without_javascript_the_page_refreshes_itself_until_the_file_is_checked(open_page):
    page = open_page(javascript=False)
    somebody_new(page)
    people.send_prescription(page, a_pdf(locked_pdf(b"secret")))
    people.wait_until_checked(page)
    expect(page.locator('form[action$="/files"]')).to_be_visible()
    another_file_is_taken(page)
