"""Lots without a package at the desk: the list, choosing, assigning, undoing."""

import pytest

from shop.stock import inventory
from tests.factories import make_lot, make_pack, make_variant

PAGE = "/admin/lots/without-pack"


@pytest.fixture
def cartons(context) -> int:
    return make_variant("Loratadine", "10 mg", "0.12", rx=False, quantities=(24,), sold_as="closed")


def test_without_such_lots_the_page_says_so_and_the_stock_page_does_not_lead_there(desk, cartons):
    desk.open(PAGE)
    assert 'data-state="empty"' in desk.page.text
    desk.open("/admin/")
    assert PAGE not in desk.page.text


def test_a_lot_is_found_gets_its_package_and_loses_it_again(desk, cartons):
    lot, pack, odd = make_lot(cartons, 48), make_pack(cartons, 24, "Example Labs"), make_pack(cartons, 7)
    desk.open("/admin/")
    assert PAGE in desk.page.text
    desk.open(f"{PAGE}?q=loratadine")
    assert f'data-lot="{lot}"' in desk.page.text
    desk.open(f"{PAGE}?q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text

    words = desk.open(f"/admin/lots/{lot}/pack")
    assert "Example Labs" in words
    assert f'value="{pack}"' in desk.page.text
    assert f'value="{odd}"' not in desk.page.text

    desk.send(f"/admin/lots/{lot}/pack", pack=str(pack))
    assert inventory.lot(lot).pack_id == pack
    desk.open(PAGE)
    assert "Robin Example" in desk.words()
    desk.send(f"/admin/lots/{lot}/pack/undo")
    assert inventory.lot(lot).pack_id is None


@pytest.mark.parametrize("chosen", ["", "0", "-1", "x", "9" * 30, "１"])
def test_a_package_that_is_none_is_refused_in_words(desk, cartons, chosen):
    lot = make_lot(cartons, 48)
    desk.send(f"/admin/lots/{lot}/pack", pack=chosen)
    assert desk.page.status_code == 200
    assert 'class="flash bad"' in desk.page.text
    assert inventory.lot(lot).pack_id is None


def test_a_strength_without_packs_leads_to_making_one(desk, cartons):
    lot = make_lot(cartons, 48)
    desk.open(f"/admin/lots/{lot}/pack")
    assert 'data-state="empty"' in desk.page.text
    assert "/packs/new" in desk.page.text
