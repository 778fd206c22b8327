"""A store in which every kind of page has something on it, and who opens which page."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

from shop.config import SQLITE_FILE
from tests.journeys import people

CUSTOMER, MEDICINE = "Ada Specimen", "Baclofen tablet 10 mg"
VISITOR = (
    "/",
    "/medicines",
    "/medicines?category=muscle-spasticity",
    "/medicines/baclofen-tablets",
    "/medicines/baclofen-tablets/25-mg",
    "/medicines/metoprolol-succinate-extended-release-tablets",
    "/search?q=baclofn",
    "/search?q=in",
    "/search?q=zzzz",
    "/identify",
    "/identify?imprint=pd+155",
    "/basket",
    "/privacy",
    "/notice-of-privacy-practices",
    "/sign-in",
    "/register",
    "/reset-password",
    "/no-such-page",
)
ADMIN = (
    "/admin/",
    "/admin/stock/receive",
    "/admin/stock/receive?q=tablet",
    "/admin/lots/without-pack",
    "/admin/no-quantity",
    "/admin/releases",
    "/admin/orders",
    "/admin/orders?tray=shipped",
    "/admin/outbox",
    "/admin/outbox/send_mail",
    "/admin/catalogue",
    "/admin/catalogue/baclofen-tablets",
    "/admin/catalogue/baclofen-tablets/edit",
    "/admin/catalogue/new",
    "/admin/catalogue/baclofen-tablets/strengths/new",
    "/admin/listing?do=unlist&id=1&id=2",
    "/admin/not-by-mail",
    "/admin/delivery-methods",
    "/admin/delivery-methods/standard",
    "/admin/prices",
    "/admin/prices/store",
    "/admin/prices/baclofen-tablets",
    "/admin/searches",
    "/admin/payments",
)

Places = dict[str, tuple[Page, list[str]]]


def walk(person: Callable[[], Page], instance: Path) -> Places:
    """Buys, approves and ships. Gives each role's page and what it opens; `person()` is a fresh visitor."""
    visitor, newcomer, customer, pharmacist, admin = (person() for _ in range(5))
    for page, role in ((customer, "customer"), (pharmacist, "pharmacist"), (admin, "admin")):
        people.sign_in(page, role)
    people.add_to_basket(customer, "baclofen-tablets", 90)
    people.add_to_basket(customer, "loratadine-tablets", 30)
    approved = _send(customer)
    people.approve_newest(pharmacist, CUSTOMER, MEDICINE, quantity=180, refills=2)  # two orders of one fill
    decided = _first(pharmacist, "/pharmacist/?tab=decided")
    shipped, packed = people.order(customer, CUSTOMER), _order_another(customer)
    people.confirm_copy(pharmacist, CUSTOMER)
    people.decide_order(pharmacist, shipped)
    _ship(admin, shipped)
    people.add_to_basket(customer, "baclofen-tablets", 90)
    waiting = _send(customer)
    newcomer.goto("/register")
    people.register(newcomer, "Grace Newcomer", "newcomer@demo.example")
    people.add_to_basket(newcomer, "baclofen-tablets", 90)
    people.add_to_basket(newcomer, "loratadine-tablets", 30)
    _fail_a_job(instance)
    admin.goto("/admin/payments")
    admin.locator('form[action="/admin/payments/reconcile"] button').click()
    orders = [f"orders/{number}" for number in (shipped, packed)]
    mine = ["/", "/basket", "/checkout", "/prescriptions", approved, waiting, "/orders", "/account/patients"]
    ada = _first(customer, "/account/patients", 'a[href^="/account/patients/"]')
    mine += [f"{approved}/request/1", f"/prescriptions?patient={ada.rsplit('/', 1)[1]}"]
    mine += [ada, f"{ada}/health", f"{ada}/edit", "/account/patients/add"]
    mine += [f"/account{one}" for one in ("", "/addresses", "/addresses/add", "/emails", "/data", "/delete")]
    queue = [
        "/pharmacist/",
        "/pharmacist/?tab=asked",
        "/pharmacist/?tab=decided",
        decided,
        "/pharmacist/copies",
        "/pharmacist/enter",
        "/pharmacist/reviews",
        "/pharmacist/rules",
        "/pharmacist/facts",
        "/pharmacist/facts/baclofen",
        "/pharmacist/fact-changes",
        "/pharmacist/prescribers",
        _first(pharmacist, "/pharmacist/prescribers"),
        _first(pharmacist, "/pharmacist/"),
    ]
    queue.append(f"{queue[-1]}/copies/{approved.rsplit('/', 1)[1]}")
    own = [_first(admin, "/admin/", "tbody td a"), _first(admin, "/admin/prices/baclofen-tablets", "tbody a")]
    own += _by_hand(admin)
    after = [f"/admin/orders/{shipped}/{step}" for step in ("refund", "return")]
    return {
        "visitor": (visitor, list(VISITOR)),
        "newcomer": (newcomer, ["/basket", "/prescriptions", "/orders"]),
        "customer": (customer, mine + [f"/{order}" for order in orders]),
        "pharmacist": (pharmacist, queue),
        "admin": (admin, [*ADMIN, *own, *(f"/admin/{order}" for order in orders), *after]),
    }


def to_be_read(places: Places) -> list[tuple[Page, str]]:
    """More pages, alike in looks to those of `places`: their titles and forms differ."""
    (visitor, _), (customer, mine), (admin, _) = (places[role] for role in ("visitor", "customer", "admin"))
    packed = next(one for one in reversed(mine) if one.startswith("/orders/F-"))
    own = ("back-in-stock", "addresses/1", "email", "name", "password")
    return [
        (visitor, "/medicines?page=2"),
        *((customer, f"/account/{one}") for one in own),
        (customer, f"{packed}/address"),
        (customer, "/orders?unpaid=1"),
        (admin, f"/admin{packed}/cancel"),
        (admin, "/admin/?page=2"),
        *((admin, f"/admin/orders?tray={tray}") for tray in ("packed", "unpaid", "ended")),
    ]


def open_desk(person: Callable[[], Page]) -> Page:
    """A pharmacist's desk with a prescription that waits on it."""
    customer, pharmacist = person(), person()
    people.sign_in(customer, "customer")
    _send(customer)
    people.sign_in(pharmacist, "pharmacist")
    pharmacist.goto(_first(pharmacist, "/pharmacist/"))
    return pharmacist


def _send(customer: Page) -> str:
    customer.goto("/prescriptions")
    people.send_prescription(customer)
    people.wait_until_checked(customer)
    return _path(customer)


def _order_another(customer: Page) -> str:
    people.add_to_basket(customer, "loratadine-tablets", 30)
    return people.order(customer, CUSTOMER)


def _by_hand(admin: Page) -> list[str]:
    """A cream made by hand: its page, and the forms of its strength and of its pack."""
    home = "/admin/catalogue/baclofen-and-lidocaine-cream"
    admin.goto("/admin/catalogue/new")
    admin.fill("#ingredient_0", "Baclofen")
    admin.fill("#ingredient_1", "Lidocaine")
    for field, value in (("form", "cream"), ("route", "on the skin"), ("license", "COMPOUNDED")):
        admin.select_option(f"select#{field}", value)
    admin.check('input[name="kind"][value="rx"]')
    _save(admin)
    admin.goto(f"{home}/strengths/new")
    admin.fill("#strength", "2 % / 5 %")
    _save(admin)
    admin.locator('a[href$="/packs/new"]').first.click()
    new_pack = _path(admin)
    for field, value in (("labeler", "Specimen Pharmacy"), ("size", "30"), ("description", "30 g in 1 TUBE")):
        admin.fill(f"#{field}", value)
    _save(admin)
    strength = new_pack.removesuffix("/packs/new")
    return [
        home,
        f"{home}/edit",
        strength,
        new_pack,
        _first(admin, home, 'a[href*="/packs/"]:not([href$="new"])'),
    ]


def _save(admin: Page) -> None:
    admin.locator("form.handmade button:not([name])").click()


def _ship(admin: Page, number: str) -> None:
    admin.goto(f"/admin/orders/{number}")
    admin.locator('form[action$="/ship"] button').click()


def _first(page: Page, address: str, links: str = "tbody a") -> str:
    page.goto(address)
    return page.locator(f"main {links}").first.get_attribute("href") or ""


def _path(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3].split("?")[0]


def _fail_a_job(instance: Path) -> None:
    """A job that was given up: a bounced mail cannot be waited for."""
    now, later = (datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=hours) for hours in (0, 3))
    row = {
        "kind": "send_mail",
        "key": "layout",
        "payload": json.dumps({}),
        "lane": "mail",
        "created_at": now,
        "due_at": now,
        "run_after": later,
        "attempts": 9,
        "lost": 0,
        "given_up": 0,
        "last_error": "SMTPRecipientsRefused",
    }
    with sqlite3.connect(instance / SQLITE_FILE, timeout=20) as database:
        database.execute(
            f"INSERT INTO job ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
            [str(value) if isinstance(value, datetime) else value for value in row.values()],
        )
