"""A guest's order goes into an account: only by the link that was mailed, and only into that email's."""

import re

import pytest
from sqlalchemy import select

from shop.accounts import deletion, guest_links, guests
from shop.accounts import queries as accounts
from shop.accounts.models import AccountDeletion, User
from shop.clock import now
from shop.database import db, transaction
from tests.conftest import PASSWORD
from tests.integration.guests.conftest import EMAIL, ONCE, Guest, link_in, order_of, texts

pytestmark = pytest.mark.usefixtures("context", "counter")
NEW = "four unrelated words here"


@pytest.fixture
def keep_link(guest: Guest, placed: str, mails) -> str:
    """Asked for on the page of the order, and read in the mailbox."""
    before = len(mails())
    for _ in range(2):  # one mail, however often
        guest.post(f"/orders/{placed}/keep")
    (mail,) = mails()[before:]
    assert EMAIL in mail["To"]
    return link_in(mail)


def test_a_guest_becomes_an_account_with_the_order_in_it(new_guest, placed: str, keep_link: str) -> None:
    someone = new_guest()
    page = someone.get(keep_link)
    assert 'data-keep="create"' in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert someone.post(keep_link, password="short").status_code == 422
    user_id = order_of(placed).user_id
    assert accounts.is_guest(user_id)
    assert someone.post(keep_link, password=NEW).location == f"/orders/{placed}"
    assert placed in someone.get("/orders").text
    db.session.rollback()
    user = db.session.get_one(User, user_id)
    assert (user.email, user.guest_email, user.role_names) == (EMAIL, None, {"customer"})
    assert accounts.addresses_of(user_id)[0].address.recipient == "Ada Specimen"
    assert db.session.get(AccountDeletion, user_id) is None
    again = new_guest()
    assert again.get(keep_link).status_code == 410
    assert again.client.post(keep_link, data={"csrf_token": again.token()}).status_code == 410
    again.post("/sign-in", email=EMAIL, password=NEW)
    assert again.get(f"/orders/{placed}").status_code == 200


def test_an_account_with_the_same_email_takes_it_once_signed_in(
    new_guest, guest: Guest, placed: str, keep_link: str, make_user
) -> None:
    owner, eve = make_user("customer", EMAIL), make_user("customer", "eve@demo.example")
    guest_id = order_of(placed).user_id
    visitor = new_guest()
    page = visitor.get(keep_link).text
    assert 'data-keep="sign-in"' in page
    assert f"next={keep_link.replace('/', '%2F')}" in page or f"next={keep_link}" in page
    token = {"csrf_token": visitor.token()}
    assert visitor.client.post(keep_link, data=token | {"password": NEW}).status_code == 409
    visitor.post("/sign-in", email="eve@demo.example", password=PASSWORD)
    assert 'data-keep="other"' in visitor.get(keep_link).text
    assert visitor.post(keep_link).status_code == 409
    assert order_of(placed).user_id == guest_id
    mine = new_guest()
    mine.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert mine.post(keep_link).location == f"/orders/{placed}"
    assert order_of(placed).user_id == owner != eve
    assert placed in mine.get("/orders").text
    gone = db.session.get_one(User, guest_id)
    assert (gone.guest_email, gone.active, gone.name) == (None, False, deletion.ERASED_NAME)
    assert mine.get(keep_link).location == f"/orders/{placed}"
    assert new_guest().get(keep_link).status_code == 410
    assert guest.get(f"/orders/{placed}").status_code == 404, "the browser that ordered may not read on"


def test_a_mail_on_its_way_reaches_the_account_that_took_the_order(
    new_guest, placed: str, make_user, mails
) -> None:
    make_user("customer", EMAIL)
    link = guest_links.keep_path(db.session.get_one(User, order_of(placed).user_id), placed)
    mine = new_guest()
    mine.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert mine.post(link).location == f"/orders/{placed}"
    about = [mail for mail in mails() if placed in mail["Subject"] + texts(mail)]
    assert [mail["To"].addresses[0].addr_spec for mail in about] == [EMAIL]
    assert f"/orders/{placed}" in texts(about[0])


@ONCE
def test_a_guest_who_is_deleted_in_this_moment_is_not_taken_up_again(context) -> None:
    with transaction():
        guest_id = guests.add(EMAIL, "Gil Sample", now())
        assert guests.readdress(guest_id, "gil@example.org", "Gil Sample")
        deletion.erase_now(guest_id, now())
        assert not guests.readdress(guest_id, EMAIL, "Gil Sample")
    assert db.session.get_one(User, guest_id).guest_email is None


def test_an_order_that_was_never_paid_is_kept_by_nobody(guest: Guest, naproxen: int, mails) -> None:
    guest.put_in_basket(naproxen, 50)
    number, _ = guest.order()
    page = guest.get(f"/orders/{number}").text
    assert f"/orders/{number}/keep" not in page
    guest.post(f"/orders/{number}/keep")
    assert mails() == []


@ONCE
def test_nobody_signs_in_as_a_guest_or_finds_one_by_an_email(new_guest, placed: str, mails) -> None:
    before = len(mails())
    one = new_guest()
    hidden = db.session.scalar(select(User.email).where(User.id == order_of(placed).user_id))
    for email in (EMAIL, hidden):
        one.post("/sign-in", email=email, password=PASSWORD)
        one.post("/reset-password", email=email)
    assert one.get("/account").location.startswith("/sign-in")
    assert mails()[before:] == []
    assert accounts.person_by_email(EMAIL) is None
    made = one.post("/register", name="Gil", email=EMAIL, password=NEW)
    assert made.status_code == 303, "the email is still free"
    assert not re.search(placed, one.get("/orders").text), "and nothing of the guest's comes with it"
