"""Putting products on sale at the desk: what would change is shown first, and may be taken back after."""

import re
from datetime import date

import pytest
from flask import g
from sqlalchemy import select, update

from shop.audit.models import AuditRecord
from shop.catalogue.models import Product
from shop.clock import now
from shop.database import db, transaction
from tests.integration.admin.admin_desk import Desk
from tests.integration.listing.products import listed_names, make_product

LISTING = "/admin/listing"


@pytest.fixture
def three(context) -> dict[str, int]:
    """One that may be listed, one that nobody may list, one that is shown without being sold."""
    return {
        "Good": make_product("Good", listed=False),
        "Opium": make_product("Opium", listed=False, controlled=True),
        "Dear": make_product("Dear", listed=False, price=None),
    }


@pytest.fixture
def other_desk(context, make_user, sign_in) -> Desk:
    return Desk(sign_in(make_user("admin", name="Kim Example")))


def hand_over() -> None:
    """Somebody else's turn: the test's application context has kept what the last request put there."""
    for name in list(g):
        g.pop(name)


def ids(products: dict[str, int]) -> str:
    return "".join(f"&id={number}" for number in products.values())


def undo_fields(desk: Desk) -> dict[str, str]:
    """What the page's button for taking back would send."""
    form = re.search(r'<form method="post" action="/admin/listing/undo".*?</form>', desk.page.text, re.DOTALL)
    assert form, "nothing is offered to be taken back"
    return dict(re.findall(r'name="(done|back)" value="([^"]*)"', form[0]))


def changes(desk: Desk) -> dict[str, str]:
    """By product, the code of what would become of it."""
    codes = re.findall(r'data-tag="(\w+)"', desk.page.text)
    return {row[0].removesuffix(" tablets"): code for row, code in zip(desk.rows(), codes, strict=True)}


def test_what_would_change_is_shown_product_by_product_before_anything_does(desk, three):
    desk.open(f"{LISTING}?do=list{ids(three)}")
    assert changes(desk) == {"Opium": "controlled", "Dear": "no_price", "Good": "on"}
    assert "<dd data-changing>2<" in desk.page.text
    assert listed_names() == []


def test_the_products_go_on_sale_the_refused_one_stays_and_all_is_taken_back(desk, admin, three):
    desk.send(LISTING, do="list", id=list(three.values()), back="/admin/catalogue?state=unlisted")
    assert desk.told() == ["2", "1"], "on sale, and refused"
    assert 'class="undo"' in desk.page.text
    assert [row[1] for row in desk.rows()] == ["Opium tablets"], (
        "it comes back to the list as it was narrowed"
    )
    assert listed_names() == ["Dear", "Good"]
    desk.send("/admin/listing/undo", **undo_fields(desk))
    assert desk.told() == ["2"]
    assert listed_names() == []
    assert 'class="undo"' not in desk.page.text, "what was taken back is not offered again"
    rows = db.session.execute(select(AuditRecord.event, AuditRecord.actor_id).order_by(AuditRecord.id)).all()
    assert [tuple(row) for row in rows] == [
        ("catalogue:products:listed", admin),
        ("catalogue:products:unlisted", admin),
    ]


def test_a_product_is_taken_off_sale_on_its_own_page_and_put_back(desk):
    product = make_product("Good")
    desk.send(LISTING, do="unlist", id=product, back="/admin/catalogue/good-tablets")
    assert desk.page.request.path == "/admin/catalogue/good-tablets"
    assert listed_names() == []
    desk.send("/admin/listing/undo", **undo_fields(desk))
    assert listed_names() == ["Good"]


def test_the_page_of_a_controlled_substance_has_no_button_and_says_why(desk, three):
    desk.open("/admin/catalogue/opium-tablets")
    assert 'data-refused="controlled"' in desk.page.text
    assert 'value="list"' not in desk.page.text


def test_of_two_admins_the_slower_changes_nothing_and_leaves_no_record(desk, other_desk, three):
    desk.send(LISTING, do="list", id=three["Good"])
    assert listed_names() == ["Good"]
    hand_over()
    other_desk.send(LISTING, do="list", id=three["Good"])
    assert 'class="undo"' not in other_desk.page.text
    assert len(db.session.scalars(select(AuditRecord.id)).all()) == 1


def test_taking_back_leaves_alone_what_another_admin_decided_since(desk, other_desk, three):
    desk.send(LISTING, do="list", id=[three["Good"], three["Dear"]])
    fields = undo_fields(desk)
    hand_over()
    other_desk.send(LISTING, do="unlist", id=three["Dear"])
    other_desk.send(LISTING, do="list", id=three["Dear"])
    hand_over()
    for undone in (["1"], []):
        desk.send("/admin/listing/undo", **fields)
        assert desk.told() == undone
        assert listed_names() == ["Dear"]


def test_what_became_controlled_after_it_was_shown_is_refused_when_it_is_sent(desk, three):
    desk.open(f"{LISTING}?do=list&id={three['Good']}")
    assert changes(desk) == {"Good": "on"}
    with transaction() as session:
        session.get(Product, three["Good"]).ingredients[0].is_controlled = True
    desk.send(LISTING, do="list", id=three["Good"])
    assert (desk.told(), 'class="flash bad"' in desk.page.text) == (["1"], True)
    assert listed_names() == []


def test_taking_back_a_removal_does_not_bring_back_what_has_been_withdrawn_since(desk):
    product = make_product("Good")
    desk.send(LISTING, do="unlist", id=product)
    fields = undo_fields(desk)
    with transaction() as session:
        session.execute(update(Product).values(withdrawn_on=date(2026, 1, 1)))
    desk.send("/admin/listing/undo", **fields)
    assert desk.told() == ["1"], "refused"
    assert listed_names() == []


def test_all_that_was_found_can_be_chosen_at_once(desk, three):
    with transaction():
        for place in range(60):
            make_product(f"Testamol {place:02}", listed=False)
    desk.open("/admin/catalogue?q=testamol")
    link = re.search(r'href="(/admin/listing\?do=list[^"]*)"', desk.page.text)
    desk.open(link[1].replace("&amp;", "&"))
    assert "<dd data-changing>60<" in desk.page.text
    assert len(re.findall(r'type="hidden" name="id"', desk.page.text)) == 60


def test_a_selection_without_a_tick_says_what_to_do(desk, three):
    desk.client.get("/admin/catalogue")
    answer = desk.client.get(f"{LISTING}?do=list&back=/admin/catalogue?q=good")
    assert answer.location == "/admin/catalogue?q=good"
    desk.open(answer.location)
    assert 'class="flash bad"' in desk.page.text


@pytest.mark.parametrize("do", ["", "delete", "LIST"])
def test_a_request_that_says_not_what_to_do_is_refused(desk, three, do):
    desk.open(f"{LISTING}?do={do}{ids(three)}", status=400)
    desk.send(LISTING, do=do, id=three["Good"])
    assert desk.page.status_code == 400
    assert listed_names() == []


@pytest.mark.parametrize("done", ["", "list-", "list-x", "unlist--5", "list-99999999999999999", "other-17"])
def test_a_code_that_names_no_decision_takes_nothing_back(desk, three, done):
    make_product("Sold")
    desk.open(f"/admin/catalogue?done={done}")
    assert 'class="undo"' not in desk.page.text
    desk.send("/admin/listing/undo", done=done, back="/admin/catalogue")
    assert listed_names() == ["Sold"]


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/admin/catalogue",
        "//evil.example/admin/catalogue",
        "/admin/catalogue/../../x\\y",
        "/\\evil.example",
        "/sign-out",
        "javascript:alert(1)",
        "/admin/catalogue\r\nSet-Cookie: a=b",
        "/admin/cataloguex",
    ],
)
def test_the_way_back_leads_to_the_catalogue_and_nowhere_else(desk, three, back):
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', desk.client.get("/admin/catalogue").text)[1]
    answer = desk.client.post(
        LISTING, data={"csrf_token": token, "do": "list", "id": three["Good"], "back": back}
    )
    assert re.fullmatch(r"/admin/catalogue\?done=list-\d+", answer.location)


@pytest.mark.parametrize("typed", ["", "x", "-1", "999999", "9" * 30, "१"])
def test_ids_that_are_none_change_nothing(desk, three, typed):
    desk.send(LISTING, do="list", id=typed)
    assert 'class="undo"' not in desk.page.text
    assert listed_names() == []


def test_more_products_than_one_request_should_change_are_refused_with_the_way_out(desk, three):
    many = [str(number) for number in range(1, 2_002)]
    desk.send(LISTING, do="list", id=many)
    assert desk.page.status_code == 409
    assert 'data-refused="too_many_products"' in desk.page.text
    assert listed_names() == []


def test_an_undo_is_offered_only_for_the_decision_named(desk):
    make_product("Old")
    at = now()
    with transaction() as session:
        session.execute(update(Product).values(listed_at=at))
    desk.open("/admin/catalogue?done=list-1700000000000000")
    assert 'class="undo"' not in desk.page.text
