"""The three people of a journey: what each does, in the words of the page."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

PASSWORD = "formulary-demo"
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "sample-prescription.jpg"
GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
NPI = "1234567893"


def issued(days_ago: int = 4) -> str:
    """A date of issue as the browser's date field takes it."""
    return (datetime.now(UTC).date() - timedelta(days=days_ago)).isoformat()


def sign_in(page: Page, role: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(f"{role}@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def register(page: Page, name: str, email: str) -> None:
    """On the registration page already, or on the sign-in page that leads to it."""
    page.get_by_label("Your name").fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill("a long enough sentence")
    page.get_by_role("main").get_by_role("button", name="Register and sign in").click()


def look_up(page: Page, words: str) -> None:
    page.goto("/")
    page.get_by_label("Medicine, ingredient or condition").fill(words)
    page.get_by_role("button", name="Look up").click()


def add_to_basket(page: Page, slug: str, quantity: int, strength: str | None = None) -> None:
    page.goto(f"/medicines/{slug}")
    if strength:
        page.get_by_role("link", name=re.compile(rf"^{re.escape(strength)}")).first.click()
    page.locator(f'input[name="quantity"][value="{quantity}"]').check(force=True)
    page.get_by_role("button", name="Add to basket").click()


def send_prescription(page: Page, file: Path | dict = SAMPLE) -> None:
    """In the form right there on the basket page."""
    page.locator('input[type="file"]').first.set_input_files(file)
    page.get_by_label(re.compile("written for me")).check()
    page.get_by_role("button", name="Send prescription").click()


def wait_until_checked(page: Page) -> None:
    """On the page of what was sent: it shows progress and then, by itself, what came of it."""
    expect(page).to_have_url(re.compile(r"/prescriptions/[0-9a-f]{32}"))
    expect(page.locator("[data-checking]")).to_have_count(0, timeout=120_000)


def fill_in_address(page: Page, name: str) -> None:
    page.get_by_label("Name on the parcel").fill(name)
    page.get_by_label("Street and number").fill("9 Nowhere Lane")
    page.get_by_label("City").fill("Springfield")
    page.get_by_label("State").select_option("NY")
    page.get_by_label("ZIP code").fill("00000")


def pay_with(page: Page, card: str) -> None:
    """On the hosted payment page."""
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("sandbox", re.I))
    page.get_by_label("Card number").fill(card)
    page.get_by_label("Valid until").fill("12/40")
    page.get_by_label("Security code").fill("123")
    page.get_by_label(re.compile("^Name")).fill("Ada Specimen")
    page.get_by_role("button", name=re.compile("^Pay")).click()


def order(page: Page, name: str) -> str:
    """From the basket to the hosted page, declined once, paid; returns the order's number."""
    page.goto("/basket")
    page.get_by_role("link", name=re.compile("check out", re.I)).click()
    if page.get_by_label("Street and number").is_visible():  # no address was kept from before
        fill_in_address(page, name)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    pay_with(page, DECLINED_CARD)
    expect(page.get_by_role("alert")).to_contain_text("Not paid")
    pay_with(page, GOOD_CARD)
    expect(page).to_have_url(re.compile("/orders/F-"))
    return page.url.rsplit("/", 1)[1].split("?")[0]


def approve_newest(page: Page, patient: str, medicine: str, *, quantity: int, refills: int) -> None:
    """The pharmacist's way: open the newest entry of the queue, type in what the document says, approve."""
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link", name=re.compile(patient)).last.click()
    document = page.locator('svg.sheet image[href^="/prescriptions/documents/"]')
    expect(document).to_be_visible()
    assert page.request.get(document.get_attribute("href") or "").status == 200
    page.get_by_label("Patient").fill(patient)
    page.get_by_label("Prescriber").fill("Ivor Sample, MD")
    page.get_by_label("NPI").fill(NPI)
    page.get_by_label("Issued").fill(issued())
    page.get_by_label("Signature seen").check()
    page.get_by_label("Medicine, strength, form").select_option(label=medicine)
    page.get_by_label("Directions").fill("One tablet three times a day")
    page.get_by_label("Quantity").fill(str(quantity))
    page.get_by_label("Refills").fill(str(refills))
    page.get_by_role("button", name=re.compile("^Run the checks")).last.click()
    expect(page.locator(".checks .stops")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_role("status")).to_contain_text(re.compile("approved", re.I))


def decide(page: Page, customer: str, button: str, reason: str, note: str) -> None:
    """The newest entry of a customer: ask or refuse, with a reason and perhaps a note."""
    page.goto("/pharmacist/")
    page.get_by_role("main").get_by_role("link", name=re.compile(customer)).last.click()
    page.get_by_label("Reason").select_option(label=reason)
    page.get_by_label("Note", exact=True).fill(note)
    page.get_by_role("button", name=re.compile(f"^{button}")).click()
    expect(page.get_by_role("status")).to_be_visible()


def mails_to(store, email: str) -> list[str]:
    """The text and HTML of every mail to an address, waiting a little for the worker."""
    import time
    from email import message_from_bytes, policy

    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        mails = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted((store.instance / "mail").rglob("*.eml"))
        ]
        mine = [mail for mail in mails if email in str(mail["To"])]
        if mine:
            return [
                part.get_content()
                for mail in mine
                for part in mail.walk()
                if part.get_content_maintype() == "text"
            ]
        time.sleep(0.3)
    return []
