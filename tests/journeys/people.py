"""The three people of a journey. Fields are found by name, buttons by what they send."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from random import randrange

from playwright.sync_api import Page, expect

from tests.running_store import until

PASSWORD = "formulary-demo"
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "sample-prescription.jpg"
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
NPI = "1234567893"


def issued(days_ago: int = 4) -> str:
    """A date of issue as the browser's date field takes it."""
    return (datetime.now(UTC).date() - timedelta(days=days_ago)).isoformat()


def sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in")
    page.locator('main input[name="email"]').fill(f"{role}@demo.example")
    page.locator('main input[name="password"]').fill(PASSWORD)
    page.locator("main form button").click()


def register(page: Page, name: str, email: str) -> None:
    """On the registration page already, or on the sign-in page that leads to it."""
    page.locator('main input[name="name"]').fill(name)
    page.locator('main input[name="email"]').fill(email)
    page.locator('main input[name="password"]').fill("a long enough sentence")
    page.locator("main form button").click()


def look_up(page: Page, words: str) -> None:
    page.goto("/")
    page.locator('[role=search] input[name="q"]').fill(words)
    page.locator("[role=search] button").click()


def add_to_basket(page: Page, slug: str, quantity: int, strength: str | None = None) -> None:
    look_at(page, slug, strength)
    page.locator(f'input[name="quantity"][value="{quantity}"]').check(force=True)
    page.locator('[data-do="add"]').click()
    expect(page).to_have_url(re.compile("/basket"))
    say_for_whom(page)


def look_at(page: Page, slug: str, strength: str | None = None) -> None:
    """A medicine's page, at one strength."""
    page.goto(f"/medicines/{slug}")
    if strength:
        page.get_by_role("link", name=re.compile(rf"^{re.escape(strength)}")).first.click()


def say_for_whom(page: Page, name: str = "Ada Specimen") -> None:
    """On the basket page: where a line asks for whom it is, choose that person."""
    expect(page.locator(".lines > li").first).to_be_visible()  # the page is there: none asking is an answer
    line = page.locator('[data-state="choose_patient"]')
    while count := line.count():
        line.first.locator('select[name="patient"]').select_option(label=name)
        button = line.first.locator("form[data-update] button")
        if button.is_visible():  # without scripts
            button.click()
        expect(line).to_have_count(count - 1)


def send_prescription(page: Page, file: Path | dict = SAMPLE, patient: str = "Ada Specimen") -> None:
    """In the form right there on the basket page; who has no patients yet becomes one."""
    if (choice := page.locator('form.upload select[name="patient"]')).count():
        choice.select_option(label=patient)
    elif (born := page.locator('form.upload input[name="patient_birth_date"]')).count():
        born.fill("1988-05-04")
    page.locator('input[type="file"]').first.set_input_files(file)
    page.locator('input[name="confirmed"]').check()
    acknowledge_notice(page)
    page.locator("form.upload p > button.button").click()


def acknowledge_notice(page: Page) -> None:
    """Where a form asks for it: the privacy notice was received."""
    if (box := page.locator('input[name="notice"]')).count():
        box.check()


def wait_until_checked(page: Page) -> None:
    """On the page of what was sent: it shows progress and then, by itself, what came of it."""
    expect(page).to_have_url(re.compile(r"/prescriptions/[0-9a-f]{32}"))
    expect(page.locator("[data-checking]")).to_have_count(0, timeout=120_000)


def fill_in_address(page: Page, name: str) -> None:
    """An address of one household: what it may buy in 30 days is counted over all orders of a store."""
    address = {"recipient": name, "line1": f"{randrange(10**6)} Nowhere Lane", "city": "Springfield"}
    page.locator('select[name="region"]').select_option("NY")
    for field, value in (address | {"postal_code": "10001"}).items():
        page.locator(f'input[name="{field}"]').fill(value)


def pay_with(page: Page, card: str) -> None:
    """On the hosted payment page."""
    for field, value in (("number", card), ("expiry", "12/40"), ("cvc", "123"), ("name", "Ada Specimen")):
        page.locator(f'input[name="{field}"]').fill(value)
    page.locator('form[aria-labelledby="with-card"] button').click()


def confirm_health(page: Page) -> None:
    """On the checkout page: answer what was never answered, then say that nothing is new."""
    while (asked := page.locator("[data-incomplete] a")).count():
        asked.first.click()
        answer_health(page)
    for box in page.locator('[name="nothing_new"]').all():
        box.check()
    acknowledge_notice(page)


def answer_health(page: Page, but: list[str] | tuple[str, ...] = ()) -> None:
    """On the page with the health questions: none of anything, and a weight; `but` were answered already."""
    for name in sorted({"allergies_said", "conditions_said", "medicines_said"} - set(but)):
        page.locator(f'[name="{name}"][value="none"]').check()
    for name in ("pregnancy", "breastfeeding"):
        if (no := page.locator(f'[name="{name}"][value="no"]')).count():
            no.check()
    page.locator('[name="kidneys"][value="no_problem"]').check()
    page.locator('[name="weight"]').fill("61.5")
    acknowledge_notice(page)
    page.locator("form.questions button.button").click()


def order(page: Page, name: str) -> str:
    """From the basket to the hosted page, declined once, paid; returns the order's number."""
    page.goto("/basket")
    page.locator('main a[href="/checkout"]').click()
    confirm_health(page)
    if page.locator('input[name="line1"]').is_visible():  # no address was kept from before
        fill_in_address(page, name)
    page.locator("button[data-total]").click()
    pay_with(page, DECLINED_CARD)
    expect(page.get_by_role("alert")).to_be_visible()
    pay_with(page, GOOD_CARD)
    expect(page).to_have_url(re.compile("/orders/F-"))
    return page.url.rsplit("/", 1)[1].split("?")[0]


def approve_newest(
    page: Page,
    patient: str,
    medicine: str,
    *,
    quantity: int,
    refills: int,
    customer: str = "",
    outcomes: dict[str, str] | None = None,
    directions: str = "One tablet three times a day",
    days: int = 0,
) -> None:
    """The pharmacist's way: open the newest entry of the queue, type in what the document says, approve.

    `customer` is whose account it is, where that is not the patient's; `outcomes` are given to checks.
    """
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link", name=re.compile(customer or patient)).last.click()
    document = page.locator('svg.sheet image[href^="/prescriptions/documents/"]')
    expect(document).to_be_visible()
    assert page.request.get(document.get_attribute("href") or "").status == 200
    written = {
        "patient_name": patient,
        "prescriber_name": "Ivor Sample, MD",
        "prescriber_npi": NPI,
        "prescriber_address": "1 Example Road, Springfield, NY 10001",
        "prescriber_phone": "(555) 555-0111",
        "issued_on": issued(),
    }
    item = {
        "directions": directions,
        "quantity": str(quantity),
        "refills": str(refills),
        "days_supply": str(days or quantity // 3),
    }
    for field, value in (written | {f"items-0-{name}": value for name, value in item.items()}).items():
        page.locator(f'[name="{field}"]').fill(value)
    page.locator('[name="signed"]').check()
    page.locator('[name="items-0-variant_id"]').select_option(label=medicine)
    page.locator('#entry .entry-tools [value="check"]').click()
    expect(page.locator(".checks .stops")).to_have_count(0)
    for check, code in (outcomes or {}).items():
        page.locator(f'[name="outcome-{check}"]').select_option(code)
    copies = page.locator('[name^="outcome-reuse-"]').all()  # every journey sends the same photo
    for copy in copies:
        copy.select_option("different")
    if settle_review(page) or outcomes or copies:  # approving is offered once the checks have seen them
        page.locator('#entry .entry-tools [value="check"]').click()
    page.locator('[name="decision"][value="approve"]').click()
    expect(page.get_by_role("status")).to_be_visible()


def settle_review(page: Page, note: str = "Asked the patient by phone.") -> int:
    """At the desk: give each alert that asks for one its first outcome, and a note; how many there were."""
    asked = page.locator('select[name^="outcome-drug-"]').all()
    for one in asked:
        one.select_option(index=1)
        key = (one.get_attribute("name") or "").removeprefix("outcome-")
        page.locator(f'[name="note-{key}"]').fill(note)
    return len(asked)


def decide_order(page: Page, number: str) -> None:
    """What the drug review asks about an order is decided, if it asks anything."""
    page.goto("/pharmacist/reviews")
    waiting = page.locator(f'[data-review="{number}"] a')
    if waiting.count():
        waiting.first.click()
        assert settle_review(page)
        page.locator("form .entry-tools button").click()
        expect(page).to_have_url(re.compile("/pharmacist/reviews$"))


def confirm_copy(page: Page, customer: str) -> None:
    """The pharmacist's way: the copy that keeps a customer's paid order waiting, confirmed with one click."""
    page.goto("/pharmacist/copies")
    page.locator('[aria-labelledby="h-first"]').get_by_role("link", name=re.compile(customer)).last.click()
    page.locator('[name="do"][value="confirm"]').click()
    expect(page.locator('[data-confirmed="phone"]')).to_be_visible()


def decide(page: Page, customer: str, decision: str, reason: str, note: str) -> None:
    """The newest entry of a customer: "ask" or "refuse", with a reason's code and perhaps a note."""
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link", name=re.compile(customer)).last.click()
    page.locator('[name="reason"]').select_option(reason)
    page.locator('[name="note"]').fill(note)
    page.locator(f'[name="decision"][value="{decision}"]').click()
    expect(page.get_by_role("status")).to_be_visible()


def mails_to(store, email: str) -> list[str]:
    """The text and HTML of every mail to an address, once the worker has sent one; [] if it sends none."""

    def written() -> list[EmailMessage]:
        paths = sorted((store.instance / "mail").rglob("*.eml"))
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]
        return [mail for mail in mails if email in str(mail["To"])]

    if not until(lambda: bool(written())):
        return []
    parts = [part for mail in written() for part in mail.walk()]
    return [part.get_content() for part in parts if part.get_content_maintype() == "text"]
