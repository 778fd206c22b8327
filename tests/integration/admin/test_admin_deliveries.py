"""Receiving a delivery: the package found by any spelling of its NDC, errors beside their fields."""

import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.catalogue.models import Pack
from shop.database import db, transaction
from shop.stock.models import Lot
from tests.factories import make_lot, make_pack, make_variant

PAGE = "/admin/stock/receive"
TYPED = {
    "q": "0527-1330-01",
    "number": "K4471",
    "expires_on": "2048-06-30",
    "packs": "12",
    "unit_cost": "$0.03381",
}
SEEN = {"delivery": "0" * 32, "total": "1200"}
"""What the page that shows the sum sends along."""


@pytest.fixture
def item(context) -> str:
    with transaction():
        variant = make_variant("Baclofen", "10 mg")
        make_variant("Baclofen", "25 mg")
        pack = make_pack(variant, 100, "Specimen Labs", ndc="0527-1330-01", ndc11="00527133001")
        return f"{variant}-{pack}"


def book(desk, **typed) -> str:
    return desk.send(PAGE, **{**TYPED, **SEEN, **typed})


def on_the_shelf() -> list[tuple]:
    db.session.rollback()
    return [
        (lot.number, lot.on_hand, lot.unit_cost, f"{lot.variant_id}-{lot.pack_id or ''}")
        for lot in db.session.scalars(select(Lot).order_by(Lot.id))
    ]


@pytest.mark.parametrize(
    "ndc", ["0527-1330-01", "00527-1330-01", "00527133001", "0527133001", " NDC 0527-1330-01 "]
)
def test_the_package_is_found_by_any_spelling_of_its_ndc_and_chosen(desk, item, ndc):
    desk.open(f"{PAGE}?q={ndc}")
    assert f'value="{item}" checked' in desk.page.text
    assert desk.page.text.count('name="item"') == 1


def test_by_name_every_strength_is_offered_and_none_chosen(desk, item):
    desk.open(f"{PAGE}?q=baclofen")
    assert desk.page.text.count('name="item"') == 2
    assert " checked" not in desk.page.text
    assert 'data-package="none"' in desk.page.text


def test_nothing_found_says_what_to_try(desk, item):
    desk.open(f"{PAGE}?q=99999-9999-99")
    assert 'data-state="none-match"' in desk.page.text


def test_a_delivery_is_booked_and_its_lot_shown(desk, item):
    words = book(desk, item=item)
    assert "1,200" in words
    assert "K4471" in words
    assert "Robin Example" in words
    assert on_the_shelf() == [("K4471", 1200, Decimal("0.03381"), item)]


def test_a_second_delivery_of_the_same_lot_adds_to_it(desk, item):
    book(desk, item=item)
    book(desk, item=item, packs="1", unit_cost="", delivery="1" * 32, total="100")
    assert on_the_shelf() == [("K4471", 1300, Decimal("0.03381"), item)]


def test_the_sum_is_shown_before_anything_is_booked(desk, item):
    words = book(desk, item=item, delivery="", total="")
    assert re.search(r"\b12\b\D+\b100\b\D+\b1,200\b", words), "how the sum comes about"
    assert 'data-sum="1200"' in desk.page.text
    assert on_the_shelf() == []
    keys = re.findall(r'name="delivery" value="([0-9a-f]{32})"', desk.page.text)
    book(desk, item=item, delivery=keys[0])
    assert on_the_shelf()[0][1] == 1200


@pytest.mark.parametrize("told", [{"total": "120"}, {"delivery": "x"}, {"total": ""}])
def test_another_sum_than_the_one_seen_is_shown_again(desk, item, told):
    book(desk, item=item, **told)
    assert 'data-sum="1200"' in desk.page.text
    assert on_the_shelf() == []


def test_a_form_sent_twice_is_booked_once(desk, item):
    book(desk, item=item)
    book(desk, item=item)
    assert desk.page.request.path.startswith("/admin/lots/")
    assert on_the_shelf()[0][1] == 1200


def test_going_back_to_change_something_keeps_everything(desk, item):
    book(desk, item=item, change="1")
    assert desk.page.status_code == 200
    assert 'value="12"' in desk.page.text
    assert on_the_shelf() == []


def test_a_package_of_unknown_size_leads_to_entering_it(desk, item):
    with transaction():
        db.session.get(Pack, int(item.split("-")[1])).size = None
    book(desk, item=item)
    assert (desk.page.status_code, desk.invalid()) == (422, {"item"})
    assert 'data-package="unknown"' in desk.page.text
    assert on_the_shelf() == []


def test_a_strength_without_a_pack_on_file_can_be_received_too(desk, item):
    variant = make_variant("Testamol", "5 mg")
    loose = {"packs": "", "quantity": "1,200", "delivery": ""}
    book(desk, q="testamol", item=f"{variant}-", **loose)
    assert "data-loose" in desk.page.text
    book(desk, q="testamol", item=f"{variant}-", **{**loose, "delivery": "2" * 32})
    assert on_the_shelf() == [("K4471", 1200, Decimal("0.03381"), f"{variant}-")]


@pytest.mark.parametrize(
    "typed",
    [
        {"item": ""},
        {"item": "999-1"},
        {"number": "  "},
        {"number": "x" * 41},
        {"expires_on": "30.6.2048"},
        {"expires_on": "2048-13"},
        {"expires_on": "2048-02-30"},
        {"expires_on": ""},
        {"expires_on": "2020-01-31"},
        {"expires_on": "0001-01-01"},
        {"packs": "ten"},
        {"packs": "1.5"},
        {"packs": "1,5"},
        {"packs": "90,0"},
        {"packs": "２４"},
        {"packs": "0"},
        {"packs": ""},
        {"packs": "-5"},
        {"packs": "1e9"},
        {"packs": "1000000000"},
        {"packs": "100001"},
        {"packs": "9" * 30},
        {"quantity": "1200"},
        {"unit_cost": "cheap"},
        {"unit_cost": "0.000001"},
        {"unit_cost": "9" * 30},
    ],
)
def test_what_is_wrong_is_marked_and_the_rest_is_kept(desk, item, typed):
    book(desk, **{"item": item, **typed})
    assert (desk.page.status_code, desk.invalid()) == (422, set(typed))
    for name in {"number", "expires_on", "packs", "unit_cost"} - typed.keys():
        assert f'value="{TYPED[name]}"' in desk.page.text
    assert on_the_shelf() == []


@pytest.mark.parametrize("printed", ["2048-02", "02/2048", "2/2048", "2048-02-29"])
def test_a_month_alone_is_good_through_its_last_day(desk, item, printed):
    book(desk, item=item, expires_on=printed)
    assert desk.page.status_code == 200
    assert db.session.scalars(select(Lot.expires_on)).all() == [date(2048, 2, 29)]


def test_another_expiry_date_for_a_known_lot_is_refused_beside_the_date(desk, item):
    variant, pack = map(int, item.split("-"))
    make_lot(variant, 10, number="K4471", pack_id=pack)
    assert "2028-06-30" in book(desk, item=item)
    assert desk.invalid() == {"expires_on"}
    assert [row[:2] for row in on_the_shelf()] == [("K4471", 10)]


def test_a_delivery_without_the_forms_token_is_refused(desk, item):
    assert desk.client.post(PAGE, data={**TYPED, "item": item}).status_code == 400
    assert on_the_shelf() == []
