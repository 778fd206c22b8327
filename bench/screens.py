"""Take the pictures of docs/screens anew: the demo is started, walked to each state, and photographed.

`make screens`. Pictures are 1280 and 390 px wide, in light and dark, as indexed PNG files.
"""

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys import people
from tests.journeys.conftest import CHROMIUM_FLAGS
from tests.running_store import ROOT, start_store, stop_store

FOLDER = ROOT / "docs" / "screens"
LOOKS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
MOST_COLORS = 256
LONGEST_PX = 2400  # of a page's picture; a monograph goes on below


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="formulary-screens-") as folder, sync_playwright() as playwright:
        process, address = start_store(Path(folder) / "instance")
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        try:
            _walk(browser, address)
        finally:
            browser.close()
            stop_store(process)


def _walk(browser: Browser, address: str) -> None:
    def person(role: str = "") -> Page:
        context = browser.new_context(
            base_url=address, viewport={"width": 1280, "height": 900}, locale="en-US"
        )
        page = context.new_page()
        if role:
            people.sign_in(page, role)
        return page

    visitor, customer = person(), person("customer")
    pharmacist, admin = person("pharmacist"), person("admin")
    for name, path in {
        "home": "/",
        "list": "/medicines",
        "medicine": "/medicines/baclofen-tablets",
        "search": "/search?q=baclofn",
        "sign-in": "/sign-in",
    }.items():
        _take(visitor, name, path, address)
    people.add_to_basket(customer, "baclofen-tablets", 90)
    people.add_to_basket(customer, "loratadine-tablets", 30)
    _take(customer, "basket", "/basket", address)
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    pharmacist.goto("/pharmacist/")
    pharmacist.get_by_role("main").get_by_role("link", name="Ada Specimen").last.click()
    _take(pharmacist, "pharmacist", pharmacist.url.removeprefix(address), address)
    people.approve_newest(pharmacist, "Ada Specimen", "Baclofen tablet 10 mg", quantity=90, refills=2)
    _take(customer, "prescriptions", "/prescriptions", address)
    _take(customer, "checkout", "/checkout", address)
    number = people.order(customer, "Ada Specimen")
    _take(customer, "order", f"/orders/{number}", address)
    people.confirm_copy(pharmacist, "Ada Specimen")
    _take(admin, "admin-stock", "/admin/", address)
    _take(admin, "admin-receive", "/admin/stock/receive", address)
    _take(admin, "admin-orders", "/admin/orders", address)
    _take(admin, "admin-order", f"/admin/orders/{number}", address)


def _take(page: Page, name: str, path: str, address: str) -> None:
    """The page as this person sees it, at every width and in both themes."""
    browser, cookies = page.context.browser, page.context.storage_state()
    assert browser is not None
    for width, theme in LOOKS:
        context = browser.new_context(
            base_url=address,
            storage_state=cookies,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            locale="en-US",
        )
        shot = context.new_page()
        shot.goto(path)
        file = FOLDER / f"{name}-{width}{'-dark' if theme == 'dark' else ''}.png"
        height = min(shot.evaluate("document.documentElement.scrollHeight"), LONGEST_PX)
        shot.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
        Image.open(file).convert("RGB").quantize(MOST_COLORS).save(file, optimize=True)
        context.close()
        print(file.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
