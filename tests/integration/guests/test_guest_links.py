"""The link to a guest's order opens that order, for a while, and nothing else."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeTimedSerializer

from shop import guest_access
from shop.accounts import guest_links
from shop.accounts.errors import GuestLinkExpired
from tests.integration.guests.conftest import EMAIL, ONCE, Guest, key_of, link_in, link_to, order_of

pytestmark = pytest.mark.usefixtures("context", "counter")


@ONCE
def test_a_link_that_was_changed_or_is_too_old_opens_a_form_for_a_new_one(
    new_guest, placed: str, monkeypatch
) -> None:
    stranger, path = new_guest(), link_to(placed)
    forged = URLSafeTimedSerializer("another key", salt="page of a guest's order").dumps(
        [1, placed, "0" * 32]
    )
    keep = guest_links._serializer(guest_links._KEEP).dumps([1, placed, key_of(placed)])
    signed = guest_links._serializer(guest_links._ORDER)
    others, before = signed.dumps([1, placed, "0" * 32]), signed.dumps([order_of(placed).user_id, placed])
    made_up = (f"/guest-order/{token}" for token in (forged, keep, others, before))
    for wrong in (path[:-1], path + "x", *made_up):
        answer = stranger.get(wrong)
        assert answer.status_code == 410
        assert 'data-refused="guest_link_expired"' in answer.text
        assert 'action="/guest-order"' in answer.text
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    monkeypatch.setattr(guest_links, "ORDER_LASTS", timedelta(seconds=-1))
    assert stranger.get(path).status_code == 410
    assert stranger.get(f"/orders/{placed}").location.startswith("/sign-in")


def test_one_link_opens_one_order_and_no_list(new_guest, placed: str, naproxen: int, ada) -> None:
    other = new_guest()
    other.put_in_basket(naproxen, 50)
    number, _ = other.order(recipient="Bo Sample", email="bo@demo.example")
    other.get(link_to(number))
    assert other.get(f"/orders/{number}").status_code == 200
    for path in (f"/orders/{placed}", f"/orders/{placed}/receipt.pdf", "/orders", "/account"):
        assert other.get(path).location.startswith("/sign-in")
    for path in ("pay", "cancel", "again", "keep"):
        answer = other.post(f"/orders/{placed}/{path}")
        assert answer.location.startswith("/sign-in")
    assert order_of(placed).status == "placed"
    assert ada.get(f"/orders/{placed}").status_code == 404
    ada.put_in_basket(naproxen, 50)
    owned, _ = ada.order(recipient="Cy Sample")
    with other.client.session_transaction() as session:
        session["guest_orders"] = {owned: 9_999_999_999}
    assert other.get(f"/orders/{owned}").status_code == 404, "an account's order is never a guest's"


@ONCE
def test_a_browser_forgets_what_it_may_open(guest: Guest, placed: str) -> None:
    with guest.client.session_transaction() as session:
        session["guest_orders"] = {placed: 1}
    assert guest.get(f"/orders/{placed}").location.startswith("/sign-in")


def test_a_new_link_is_answered_alike_and_mailed_only_to_whom_it_belongs(
    new_guest, placed: str, mails
) -> None:
    before, asked = len(mails()), []
    typed = placed.lower().removeprefix("f-").replace("-", " ")
    for number, email in ((typed, EMAIL), (placed, "eve@demo.example"), ("F-2222-2222", EMAIL)):
        one = new_guest()
        answer = one.post("/guest-order", number=number, email=email)
        page = one.get("/guest-order").text
        asked.append((answer.status_code, answer.location, page.count('role="status"'), EMAIL in page))
    assert len(set(asked)) == 1
    (mail,) = mails()[before:]
    assert EMAIL in mail["To"]
    stranger = new_guest()
    assert stranger.get(link_in(mail)).location == f"/orders/{placed}"
    assert stranger.get(f"/orders/{placed}").status_code == 200
    assert stranger.post("/guest-order", number="?", email=EMAIL).status_code == 422


def test_links_are_asked_for_a_few_times_only(new_guest, guest: Guest, make_user) -> None:
    make_user("customer", EMAIL)
    answers = [guest.post("/guest-order", number="F-2222-2222", email=EMAIL).status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]
    signs_in = new_guest()
    signs_in.post("/sign-in", email=EMAIL, password="correct-horse-battery")
    assert signs_in.get("/account").status_code == 200, "nobody is kept from signing in by it"


@ONCE
def test_what_a_link_holds_is_checked(context) -> None:
    signed = guest_links._serializer(guest_links._ORDER)
    for said in (None, "text", [], [1], [1, "F"], [1, "F", "k", 4], {"a": 1}):
        with pytest.raises(GuestLinkExpired):
            guest_links.order_of(signed.dumps(said))


@ONCE
def test_a_browser_notes_a_few_orders_each_for_a_while(app) -> None:
    with app.test_request_context():
        for number in "ABCDEFG":
            guest_access.ordered(number)
            guest_access.opened(number.lower(), f"key of {number}")
        assert not guest_access.knows("A")
        assert guest_access.ordered_here("G")
        assert not guest_access.ordered_here("g")
        assert guest_access.may_open("g", "key of G")
        assert not guest_access.may_open("g", "another")
        assert guest_access.may_open("G", "any")
    assert timedelta(hours=2) == guest_access.FOR
