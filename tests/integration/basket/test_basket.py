"""The basket of visitors and customers: what goes in, what is refused, and what survives signing in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shop.basket import queries, service
from shop.basket.models import Basket, BasketLine
from shop.basket.owner import BasketOwner
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.worker import run_due
from tests.conftest import PASSWORD
from tests.factories import make_variant
from tests.integration.checkout.store_counter import Customer

pytestmark = pytest.mark.usefixtures("context")


def rows() -> list[tuple[int, int]]:
    """(variant, quantity) of everything in any basket."""
    db.session.rollback()
    found = db.session.execute(
        select(BasketLine.variant_id, BasketLine.quantity)
        .where(BasketLine.removed_at.is_(None))
        .order_by(BasketLine.id)
    )
    return [(row.variant_id, row.quantity) for row in found]


def line_id() -> int:
    db.session.rollback()
    return db.session.scalars(select(BasketLine.id)).one()


def test_a_visitor_who_only_looks_gets_no_cookie_and_no_query_for_a_basket(visitor: Customer) -> None:
    answer = visitor.get("/basket")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert 'data-state="empty"' in answer.text
    assert answer.headers["X-Query-Count"] == "0"


def test_a_visitors_session_begins_with_the_first_thing_put_in(visitor: Customer, naproxen: int) -> None:
    answer = visitor.put_in_basket(naproxen, 50)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/basket")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    page = visitor.get("/basket").text
    assert 'data-items="1"' in page
    assert "50 × $0.079" in page
    assert "$8.85" in page  # with delivery


def test_the_cookie_says_nothing_about_medicines(visitor: Customer, naproxen: int) -> None:
    visitor.put_in_basket(naproxen, 50)
    with visitor.client.session_transaction() as session:
        assert set(session) == {"basket_token", "basket_news", "_permanent"}
        assert session["basket_news"] == {"line": line_id(), "before": None}


@pytest.mark.parametrize("quantity", ["0", "-50", "51", "25", "1050", "1e2", "", "fifty", "9999999999"])
def test_a_quantity_that_is_not_packed_is_refused(visitor: Customer, naproxen: int, quantity: str) -> None:
    answer = visitor.client.post("/basket", data={"variant": naproxen, "quantity": quantity})
    assert answer.status_code == 422
    assert 'href="/medicines/naproxen-tablets"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert rows() == []


@pytest.mark.parametrize("variant", ["0", "4711", "-1", "", "abc", "9" * 40])
def test_a_medicine_that_is_not_in_the_store_is_refused(visitor: Customer, variant: str) -> None:
    answer = visitor.client.post("/basket", data={"variant": variant, "quantity": "50"})
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers
    assert rows() == []


def test_an_unlisted_medicine_cannot_be_put_in(visitor: Customer) -> None:
    unlisted = make_variant("Secret", "1 mg", listed=False, rx=False)
    assert visitor.ask_for(unlisted, 30).status_code == 404
    assert rows() == []


def test_a_form_on_another_site_cannot_fill_a_basket(visitor: Customer, naproxen: int) -> None:
    fields = {"variant": naproxen, "quantity": 50}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert visitor.client.post("/basket", data=fields, headers=headers).status_code == 403
    assert rows() == []
    same = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert visitor.client.post("/basket", data=fields, headers=same).status_code == 303


def test_adding_again_sets_the_quantity_and_makes_no_second_line(ada: Customer, naproxen: int) -> None:
    for quantity in (50, 50, 100):
        ada.put_in_basket(naproxen, quantity)
    assert rows() == [(naproxen, 100)]


def test_a_quantity_is_changed_in_the_basket(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    assert ada.post(f"/basket/lines/{line_id()}", variant=naproxen, quantity=100).status_code == 303
    assert rows() == [(naproxen, 100)]
    assert ada.post(f"/basket/lines/{line_id()}", variant=naproxen, quantity=51).status_code == 422
    assert rows() == [(naproxen, 100)]


def test_the_variant_of_a_line_is_not_believed_from_the_form(ada: Customer, naproxen: int) -> None:
    odd = make_variant("Odd", "1 mg", rx=False, quantities=(7,))
    ada.put_in_basket(naproxen, 50)
    assert ada.post(f"/basket/lines/{line_id()}", variant=odd, quantity=7).status_code == 422
    assert rows() == [(naproxen, 50)]


def test_a_removed_line_can_be_put_back(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    token, line = ada.token(), line_id()
    ada.client.post(f"/basket/lines/{line}/remove", data={"csrf_token": token})
    assert rows() == []
    page = ada.get("/basket").text
    (said,) = re.findall(f'data-removed="{line}"[^>]*><span>([^<]+)<', page)
    assert "Naproxen tablet 220 mg" in said
    assert re.search(r"\b50\b", said)
    assert 'data-items="0"' in ada.get("/").text
    ada.client.post(f"/basket/lines/{line}/put-back", data={"csrf_token": token})
    assert rows() == [(naproxen, 50)]
    assert "data-removed" not in ada.get("/basket").text


def test_somebody_elses_line_is_unknown(ada: Customer, naproxen: int, new_customer) -> None:
    ada.put_in_basket(naproxen, 50)
    bob, line = new_customer(), line_id()
    other = make_variant("Ibuprofen", "200 mg", rx=False)
    bob.put_in_basket(other, 60)
    for path in (f"/basket/lines/{line}", f"/basket/lines/{line}/remove", f"/basket/lines/{line}/put-back"):
        assert bob.post(path, quantity=100).status_code == 404
    assert rows() == [(naproxen, 50), (other, 60)]


def test_a_change_without_the_forms_token_is_refused(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    assert ada.client.post(f"/basket/lines/{line_id()}/remove").status_code == 400
    assert rows() == [(naproxen, 50)]


def test_a_visitors_basket_survives_signing_in(visitor: Customer, naproxen: int, make_user) -> None:
    make_user("customer", email="ada@demo.example")
    visitor.put_in_basket(naproxen, 50)
    answer = visitor.post("/sign-in?next=/basket", email="ada@demo.example", password=PASSWORD)
    assert answer.status_code in (302, 303), answer.text
    page = visitor.get("/basket").text
    assert "50 × $0.079" in page
    assert 'action="/sign-out"' in page
    db.session.rollback()
    assert db.session.scalars(select(Basket.token)).all() == [None]
    with visitor.client.session_transaction() as session:
        assert "basket_token" not in session


def test_a_visitors_basket_survives_registering(visitor: Customer, naproxen: int) -> None:
    visitor.put_in_basket(naproxen, 50)
    fields = {
        "name": "Ada Specimen",
        "email": "new@demo.example",
        "password": "orchard kettle violin",
        "password_confirm": "orchard kettle violin",
    }
    answer = visitor.post("/register", **fields)
    assert answer.status_code in (302, 303), answer.text
    assert "50 × $0.079" in visitor.get("/basket").text
    assert rows() == [(naproxen, 50)]


def test_of_two_baskets_the_larger_quantity_stays(context, make_user) -> None:
    both, own, guest = (make_variant(name, "1 mg", rx=False) for name in ("Both", "Own", "Guest"))
    user_id, token = make_user(), "t" * 40
    mine, theirs = BasketOwner(user_id=user_id), BasketOwner(token=token)
    with transaction():
        for owner, variant, quantity in (
            (mine, both, 90),
            (mine, own, 30),
            (theirs, both, 60),
            (theirs, guest, 30),
        ):
            service.add(owner, variant, quantity, now())
    with transaction():
        service.merge(token, user_id, now())
        service.merge(token, user_id, now())
    assert [(line.variant_id, line.quantity) for line in queries.lines(mine)] == [
        (both, 90),
        (own, 30),
        (guest, 30),
    ]
    assert queries.lines(theirs) == []


def test_a_basket_holds_as_much_after_signing_in_as_before(context, make_user, monkeypatch) -> None:
    monkeypatch.setattr(service, "MOST_LINES", 3)
    user_id, token = make_user(), "t" * 40
    mine, theirs = BasketOwner(user_id=user_id), BasketOwner(token=token)
    own = [make_variant(name, "1 mg", rx=False) for name in ("Aa", "Bb")]
    guests = [own[0], *(make_variant(name, "1 mg", rx=False) for name in ("Cc", "Dd", "Ee"))]
    with transaction():
        for variant in own:
            service.add(mine, variant, 30, now())
    monkeypatch.setattr(service, "MOST_LINES", 50)
    with transaction():
        for variant in guests:
            service.add(theirs, variant, 60, now())
    monkeypatch.setattr(service, "MOST_LINES", 3)
    with transaction():
        assert service.merge(token, user_id, now()) == 2
    assert [(line.variant_id, line.quantity) for line in queries.lines(mine)] == [
        (own[0], 60),
        (own[1], 30),
        (guests[1], 60),
    ]


def test_the_basket_says_once_what_was_added_and_takes_it_back(visitor: Customer, naproxen: int) -> None:
    visitor.put_in_basket(naproxen, 50)
    assert f'data-news="{line_id()}" data-before=""' in visitor.get("/basket").text
    assert "data-news" not in visitor.get("/basket").text
    visitor.put_in_basket(naproxen, 100)
    page = visitor.get("/basket").text
    assert 'data-before="50"' in page
    assert visitor.post(f"/basket/lines/{line_id()}", variant=naproxen, quantity=50).status_code == 303
    assert rows() == [(naproxen, 50)]
    visitor.put_in_basket(naproxen, 50)
    page = visitor.get("/basket").text
    assert 'data-before="50"' in page
    assert page.count(f'action="/basket/lines/{line_id()}"') == 1, "nothing changed, so nothing is taken back"


def test_a_quantity_that_is_not_sold_leads_back_to_those_that_are(visitor: Customer) -> None:
    tablets = make_variant("Acetaminophen", "500 mg", "0.10", rx=False, quantities=(24, 50, 100))
    refused = visitor.ask_for(tablets, 7)
    assert refused.status_code == 422
    assert "24, 50." in refused.text
    assert 'href="/medicines/acetaminophen-tablets"' in refused.text


def test_a_basket_nobody_changed_for_thirty_days_is_forgotten(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    db.session.rollback()
    run_due(now() + timedelta(days=29))
    assert rows() == [(naproxen, 50)]
    run_due(now() + timedelta(days=30, minutes=1))
    assert rows() == []
    assert db.session.scalar(select(func.count(Basket.id))) == 0


def test_a_basket_that_was_changed_is_kept_thirty_days_from_then(ada: Customer, naproxen: int) -> None:
    ada.put_in_basket(naproxen, 50)
    with transaction():
        service.add(BasketOwner(user_id=ada.user_id), naproxen, 100, now() + timedelta(days=20))
    run_due(now() + timedelta(days=31))
    assert rows() == [(naproxen, 100)]
    run_due(now() + timedelta(days=51))
    assert rows() == []


def test_the_basket_costs_the_same_few_queries_however_long_it_is(ada: Customer) -> None:
    def queries_of_page() -> int:
        return int(ada.get("/basket").headers["X-Query-Count"])

    for name in ("Aa", "Bb"):
        ada.put_in_basket(make_variant(name, "1 mg", rx=False), 30)
    few = queries_of_page()
    for name in ("Cc", "Dd", "Ee", "Ff", "Gg", "Hh"):
        ada.put_in_basket(make_variant(name, "1 mg", rx=False), 30)
    assert queries_of_page() == few <= 16  # six of them the drug review's, one asks whether it is a guest's
