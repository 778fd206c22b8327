"""The browser that ordered corrects a mistyped email, and whoever got the mails loses the order."""

import pytest
from sqlalchemy import select

from shop import guest_access
from shop.accounts import guests
from shop.accounts.errors import GuestLinkExpired
from shop.accounts.models import User
from shop.audit.events import Event
from shop.audit.queries import latest
from shop.clock import now
from shop.database import db, transaction
from shop.guests.correcting import correct_email
from shop.outbox.models import Job
from tests.conftest import PASSWORD
from tests.integration.guests.conftest import EMAIL, ONCE, Guest, link_in, order_of, texts

pytestmark = pytest.mark.usefixtures("context", "counter")
RIGHT = "gil@right.example"


def correct(guest: Guest, number: str, email: str = RIGHT, again: str | None = None):
    return guest.post(f"/orders/{number}/email", email=email, email_again=email if again is None else again)


def email_of(number: str) -> str | None:
    return db.session.get_one(User, order_of(number).user_id).guest_email


def sent_to(mail) -> str:
    return mail["To"].addresses[0].addr_spec


def test_the_mails_go_to_the_new_address_and_the_old_mailbox_loses_the_order(
    guest: Guest, placed: str, new_guest, mails, make_user, sign_in
) -> None:
    here, stranger = f"/orders/{placed}", new_guest()
    (first,) = mails()
    old_link = link_in(first)
    stranger.get(old_link)
    stranger.post(f"{here}/keep")
    keep_link = link_in(mails()[-1])
    assert f"{here}/email" not in stranger.get(here).text, "who got the link by mail can't change the email"
    assert stranger.get(f"{here}/email").location == here
    assert correct(stranger, placed, "eve@demo.example").location == here
    assert email_of(placed) == EMAIL

    assert f'href="{here}/email"' in guest.get(here).text
    assert guest.get(f"{here}/email").headers["Cache-Control"] == "no-store"
    before = len(mails())
    assert correct(guest, placed, " Gil@BÜCHER.example ").location == here
    assert email_of(placed) == "gil@xn--bcher-kva.example"
    told = {sent_to(mail): mail for mail in mails()[before:]}
    assert set(told) == {EMAIL, "gil@xn--bcher-kva.example"}
    assert "/guest-order" not in texts(told[EMAIL])
    for unsaid in ("cher", "naproxen", "Ada"):
        assert unsaid not in texts(told[EMAIL])
    new = told["gil@xn--bcher-kva.example"]
    assert new["Subject"] == first["Subject"]
    assert "naproxen" not in texts(new).lower()

    assert guest.get(here).status_code == 200, "the browser that ordered keeps it"
    assert stranger.get(here).status_code == 404
    assert stranger.post(f"{here}/cancel").status_code == 404
    assert order_of(placed).status == "placed"
    for link in (old_link, keep_link):
        assert new_guest().get(link).status_code == 410
    owner = new_guest()
    assert owner.get(link_in(new)).location == here
    assert owner.get(here).status_code == 200
    (event,) = latest(("user", order_of(placed).user_id), Event.ACCOUNT_GUEST_EMAIL_CORRECTED, 5)
    assert event.detail == {}
    assert 'data-email-corrected="1"' in sign_in(make_user("admin")).get(f"/admin{here}").text


@ONCE
def test_what_is_no_email_is_refused_as_at_checkout_and_kept(guest: Guest, placed: str, mails) -> None:
    before = len(mails())
    wrong = (("gil@", None), ("", None), ("gül@demo.example", None), (RIGHT, "gil@rigth.example"))
    for email, again in wrong:
        answer = correct(guest, placed, email, again)
        assert answer.status_code == 422
        assert f'value="{email}"' in answer.text
    assert correct(guest, placed, EMAIL.upper()).status_code == 422, "it is this one already"
    guest.client.post(f"/orders/{placed}/email", data={"email": RIGHT})  # without its token
    assert f'value="{RIGHT}"' in guest.get(f"/orders/{placed}/email").text
    assert (email_of(placed), mails()[before:]) == (EMAIL, [])


@ONCE
def test_a_few_changes_within_two_hours_and_old_links_stay_dead(guest: Guest, placed: str, mails) -> None:
    old_link = link_in(mails()[0])
    for email in (RIGHT, EMAIL, RIGHT):
        assert correct(guest, placed, email).status_code == 303
    assert guest.get(old_link).status_code == 410, "also once the email is what it was"
    correct(guest, placed, "gil@fourth.example")
    assert email_of(placed) == RIGHT
    with guest.client.session_transaction() as session:
        session[guest_access.ORDERED] = {placed: 1}
    assert guest.get(f"/orders/{placed}/email").location.startswith("/sign-in")
    guest.get(link_in(mails()[-1]))
    assert guest.get(f"/orders/{placed}").status_code == 200
    assert guest.get(f"/orders/{placed}/email").location == f"/orders/{placed}"


def test_an_email_that_has_an_account_is_taken_alike_and_its_owner_keeps_the_order(
    guest: Guest, placed: str, new_guest, mails, make_user
) -> None:
    owner_id = make_user("customer", "owner@demo.example")
    free, taken = correct(guest, placed), correct(guest, placed, "owner@demo.example")
    assert (free.status_code, free.location) == (taken.status_code, taken.location)
    assert order_of(placed).user_id != owner_id, "an email that somebody typed proves nothing"
    guest.post(f"/orders/{placed}/keep")
    link, mine = link_in(mails()[-1]), new_guest()
    guest_id = order_of(placed).user_id
    mine.post("/sign-in", email="owner@demo.example", password=PASSWORD)
    assert mine.post(link).location == f"/orders/{placed}"
    assert order_of(placed).user_id == owner_id
    assert guest.get(f"/orders/{placed}/email").status_code == 404
    with pytest.raises(GuestLinkExpired), transaction():
        correct_email(placed, RIGHT, now())
    db.session.rollback()
    held = [job.payload for job in db.session.scalars(select(Job).where(Job.kind == guests.CORRECTED_KIND))]
    assert held == [], f"former addresses go with guest {guest_id}"


def test_an_order_that_was_never_paid_is_corrected_at_checkout(guest: Guest, naproxen: int, mails) -> None:
    guest.put_in_basket(naproxen, 50)
    number, _ = guest.order()
    assert f"/orders/{number}/email" not in guest.get(f"/orders/{number}").text
    assert correct(guest, number).location == f"/orders/{number}"
    assert (email_of(number), mails()) == (EMAIL, [])
