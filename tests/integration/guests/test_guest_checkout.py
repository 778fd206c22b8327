"""Ordering without an account: the same order, the same rules, and nothing told about accounts."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from shop.accounts.models import User
from shop.basket.models import Basket
from shop.clock import now
from shop.database import db, transaction
from shop.fulfillment.service import ship_order
from shop.guests.correcting import correct_email
from shop.orders.models import Order
from tests.factories import make_lot, make_variant
from tests.integration.checkout.records import held
from tests.integration.checkout.refused_orders import nothing_happened
from tests.integration.checkout.store_counter import ADDRESS, Counter, Customer, hidden_fields
from tests.integration.guests.conftest import EMAIL, ONCE, PAGE, Guest, link_in, order_of, texts

pytestmark = pytest.mark.usefixtures("context", "counter")


def statuses() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(select(Order.status)))


def plain(page: str) -> str:
    """Without what differs from one order and one moment to the next."""
    main = page.split("<main", 1)[1]
    return re.sub(r"<time.*?</time>|until [^.]*|(value|data-part-of)=\"[^\"]*\"|\s+", " ", main)


def test_a_guest_orders_pays_and_finds_the_order_by_the_link_in_the_mail(
    counter: Counter, new_guest, naproxen: int, mails, make_user, sign_in
) -> None:
    guest, elsewhere = new_guest(), new_guest()
    guest.put_in_basket(naproxen, 50)
    assert 'href="/checkout/guest"' in guest.get("/basket").text
    number, url = guest.order(email=" Gil@BÜCHER.example ", phone="(555) 555-0100 ext. 3")
    page = guest.get(counter.return_path(counter.pay(url)), follow_redirects=True)
    assert page.request.path == f"/orders/{number}"
    assert "data-guest" in page.text
    assert "gil@bücher.example" in page.text
    order = order_of(number)
    person = db.session.get_one(User, order.user_id)
    assert (order.status, order.phone, order.recipient) == ("placed", "+15555550100;ext=3", "Ada Specimen")
    assert (person.guest_email, person.password, person.roles) == ("gil@xn--bcher-kva.example", None, [])
    assert guest.get("/basket").text.count('id="line-') == 0
    assert guest.get("/orders").location.startswith("/sign-in")

    (mail,) = mails()
    assert mail["To"].endswith("<gil@xn--bcher-kva.example>")
    assert "naproxen" not in texts(mail).lower()
    assert elsewhere.get(f"/orders/{number}").location.startswith("/sign-in")
    opened = elsewhere.get(link_in(mail))
    assert opened.location == f"/orders/{number}"
    page = elsewhere.get(f"/orders/{number}")
    for answer in (opened, page):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
    assert "naproxen" in page.text.lower()
    staff = sign_in(make_user("admin"))
    assert "<span data-guest>" in staff.get(f"/admin/orders/{number}").text


def test_a_guest_has_the_receipt_orders_again_and_cancels_like_anybody(
    guest: Guest, placed: str, counter: Counter, make_user
) -> None:
    here = f"/orders/{placed}"
    assert guest.get(f"{here}/address").status_code == 200
    assert guest.post(f"{here}/again").location == "/basket"
    assert 'id="line-' in guest.get("/basket").text
    second, _ = guest.order(recipient="Bo Sample", line1="2 Other Road", email="bo@demo.example")
    assert order_of(second).user_id != order_of(placed).user_id
    guest.post(f"{here}/cancel")
    assert statuses() == ["awaiting_payment", "canceled"]
    assert guest.get(f"{here}/receipt.pdf").status_code == 404
    pay = guest.post(f"/orders/{second}/pay")
    guest.get(counter.return_path(counter.pay(pay.location)))
    counter.charge(second)
    admin = make_user("admin")
    with transaction():
        ship_order(second, "", admin, now())
    assert guest.get(f"/orders/{second}/receipt.pdf").mimetype == "application/pdf"


def test_what_is_on_prescription_needs_an_account_also_when_added_in_another_tab(
    guest: Guest, naproxen: int, baclofen: int
) -> None:
    guest.put_in_basket(naproxen, 50)
    form = hidden_fields(guest.get(PAGE).text)
    guest.put_in_basket(baclofen, 60)
    basket = guest.get("/basket").text
    assert "data-account-needed" in basket
    assert 'href="/checkout/guest"' not in basket
    assert guest.get(PAGE).location == "/basket"
    answer = guest.client.post(PAGE, data=ADDRESS | {"email": EMAIL} | form)
    assert answer.status_code == 409
    assert 'data-state="sign_in_first"' in answer.text
    assert nothing_happened()
    assert db.session.scalar(select(func.count(User.id))) == 0


def test_two_submits_are_one_order_and_the_last_email_counts(
    guest: Guest, naproxen: int, counter: Counter
) -> None:
    guest.put_in_basket(naproxen, 50)
    form = ADDRESS | hidden_fields(guest.get(PAGE).text)
    for email in ("typo@demo.example", EMAIL):
        assert guest.client.post(PAGE, data=form | {"email": email}).status_code == 303
    assert statuses() == ["awaiting_payment", "canceled"]
    db.session.rollback()
    assert list(db.session.scalars(select(User.guest_email))) == [EMAIL]
    url = guest.order()[1]
    guest.get(counter.return_path(counter.pay(url)))
    again = guest.client.post(PAGE, data=form | {"email": "other@demo.example"})
    assert again.status_code == 409, "the basket is empty now"
    assert statuses().count("placed") == 1
    db.session.rollback()
    assert list(db.session.scalars(select(User.guest_email))) == [EMAIL], "a paid order keeps its email"


def test_four_submits_at_once_leave_one_order_and_one_guest(new_guest, naproxen: int) -> None:
    first, others = new_guest(), [new_guest() for _ in range(3)]
    first.put_in_basket(naproxen, 50)
    form = ADDRESS | {"email": EMAIL} | hidden_fields(first.get(PAGE).text)
    for one in others:
        one.client.set_cookie("formulary", first.client.get_cookie("formulary").value)
    db.session.rollback()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: one.client.post(PAGE, data=form).status_code, [first, *others]))
    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert statuses().count("awaiting_payment") == 1
    assert set(statuses()) <= {"awaiting_payment", "canceled"}
    db.session.rollback()
    assert list(db.session.scalars(select(User.guest_email))) == [EMAIL]
    assert held() == {naproxen: 50}


def test_the_limits_of_a_household_count_over_guests_and_accounts(new_guest, ada) -> None:
    acetaminophen = make_variant("Acetaminophen", "500 mg", "0.10", rx=False, quantities=(10, 24, 50))
    make_lot(acetaminophen, 5000)
    ada.put_in_basket(acetaminophen, 50)
    assert ada.check_out().status_code == 303
    first, second = new_guest(), new_guest()
    first.put_in_basket(acetaminophen, 50)
    assert first.check_out(line1="12 example st").status_code == 409
    assert "12 example st" in first.get(PAGE).text, "what stands in the way can be changed"
    assert first.check_out(line1="3 Far Road").status_code == 303
    assert first.check_out(line1="3 Far Road").status_code == 303, "their own unpaid order does not count"
    second.put_in_basket(acetaminophen, 50)
    assert second.check_out(line1="3 Far Road", email="other@demo.example").status_code == 409


def test_a_guest_is_known_by_the_email_too_and_no_account_is(new_guest, counter, make_user) -> None:
    acetaminophen = make_variant("Acetaminophen", "500 mg", "0.10", rx=False, quantities=(10, 24, 50))
    make_lot(acetaminophen, 5000)
    first, second, third = new_guest(), new_guest(), new_guest()
    first.put_in_basket(acetaminophen, 50)
    number, url = first.order()
    first.get(counter.return_path(counter.pay(url)))
    other = {"recipient": "Cy Sample", "line1": "3 Far Road"}
    second.put_in_basket(acetaminophen, 50)
    spelled = EMAIL.upper().replace("@", "+PILLS@")
    assert second.check_out(**other, email=spelled).status_code == 409
    assert second.check_out(**other, email="cy@demo.example").status_code == 303
    with transaction():
        correct_email(number, "corrected@demo.example", now())
    third.put_in_basket(acetaminophen, 50)
    far = {"recipient": "Di Sample", "line1": "4 Far Road"}
    for email in (EMAIL, "corrected@demo.example"):
        assert third.check_out(**far, email=email).status_code == 409
    make_user("customer", email="di@demo.example")
    assert third.check_out(**far, email="di@demo.example").status_code == 303


def test_ages_states_and_what_is_typed_are_asked_of_guests_too(guest: Guest) -> None:
    syrup = make_variant("Dextromethorphan hydrobromide", "15 mg", "0.10", rx=False, quantities=(20,))
    make_lot(syrup, 5000)
    guest.put_in_basket(syrup, 20)
    for wrong in ({}, {"email": ""}, {"email": "gil@"}, {"region": "AK", "postal_code": "99501"}):
        answer = guest.check_out(**{"of_age": "18" if wrong else ""} | wrong)
        assert answer.status_code == 422
        assert 'value="12 Example Street"' in answer.text
    assert nothing_happened()
    step = guest.check_out(of_age="18", region="CA", postal_code="94103")
    assert step.status_code == 200, "the tax of the state is shown first"
    assert f'value="{EMAIL}"' in step.text
    there = {"email": EMAIL, "of_age": "18", "region": "CA", "postal_code": "94103"}
    done = guest.client.post(PAGE, data=ADDRESS | hidden_fields(step.text) | there)
    assert done.status_code == 303


def test_an_email_that_has_an_account_is_taken_alike(guest: Guest, naproxen: int, make_user) -> None:
    make_user("customer", EMAIL)
    guest.put_in_basket(naproxen, 50)
    number, _ = guest.order()
    known = guest.get(f"/orders/{number}").text
    assert order_of(number).user_id != db.session.scalar(select(User.id).where(User.email == EMAIL))
    other, _ = guest.order(email="gus@demo.example")
    free = guest.get(f"/orders/{other}").text
    assert plain(known) == plain(free).replace("gus@demo.example", EMAIL).replace(other, number)


def test_whoever_signs_in_takes_the_basket_and_not_the_order(guest: Guest, naproxen: int, make_user) -> None:
    from tests.conftest import PASSWORD

    user_id = make_user("customer", EMAIL)
    guest.put_in_basket(naproxen, 50)
    number, _ = guest.order()
    guest.post("/sign-in", email=EMAIL, password=PASSWORD)
    assert 'id="line-' in guest.get("/basket").text
    assert number not in guest.get("/orders").text
    assert order_of(number).user_id != user_id
    assert guest.get(PAGE).location == "/checkout"
    assert db.session.scalars(select(Basket.user_id)).all() == [user_id]


def test_a_form_without_its_token_is_kept_and_asked_again(guest: Guest, naproxen: int) -> None:
    guest.put_in_basket(naproxen, 50)
    guest.get(PAGE)
    answer = guest.client.post(PAGE, data=ADDRESS | {"email": EMAIL})
    assert answer.location == PAGE
    assert f'value="{EMAIL}"' in guest.get(PAGE).text
    assert nothing_happened()


@ONCE
def test_coming_back_unpaid_finds_what_was_typed(guest: Guest, counter, naproxen: int) -> None:
    guest.put_in_basket(naproxen, 50)
    typed = hidden_fields(guest.get(PAGE).text) | {"email": EMAIL, "line1": "7 Kept Road", "address": "new"}
    answer = guest.client.post(PAGE, data=typed)
    assert (answer.status_code, answer.location) == (303, PAGE), "no browser goes back to a form it sent"
    wrong = guest.get(PAGE)
    assert wrong.status_code == 422
    assert 'href="#city' in wrong.text
    _, url = guest.order(line1="7 Kept Road")
    assert 'value="7 Kept Road"' in guest.get(PAGE).text
    guest.get(counter.return_path(counter.pay(url)))
    guest.put_in_basket(naproxen, 50)
    assert 'value="7 Kept Road"' not in guest.get(PAGE).text


@ONCE
def test_another_browser_that_comes_back_from_paying_is_led_to_the_link(
    guest: Guest, new_guest, ada: Customer, counter, naproxen: int
) -> None:
    guest.put_in_basket(naproxen, 50)
    back = counter.return_path(counter.pay(guest.order()[1]))
    assert new_guest().get(back).location == "/guest-order"
    ada.put_in_basket(naproxen, 50)
    _, url = ada.order(recipient="Ada Sample", line1="3 Far Road")
    back = counter.return_path(counter.pay(url))
    assert new_guest().get(back).location.startswith("/sign-in")
