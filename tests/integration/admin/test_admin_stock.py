"""The stock desk: lots found, sorted and paged by address; one lot quarantined, and the quarantine lifted."""

import re
from datetime import timedelta

import pytest

from shop.admin.labels import lot_tag
from shop.catalogue.models import Pack
from shop.clock import format_day, now
from shop.database import db, transaction
from shop.stock import inventory
from tests.factories import make_lot, make_variant


def in_days(days: int):
    return now().date() + timedelta(days=days)


@pytest.fixture
def baclofen(context) -> int:
    return make_variant("Baclofen", "10 mg")


@pytest.fixture
def shelf(baclofen, loratadine) -> dict[str, int]:
    with transaction():
        pack = Pack(
            variant_id=baclofen,
            ndc="0527-1330-01",
            ndc11="00527133001",
            labeler="Specimen Labs",
            description="100 TABLET in 1 BOTTLE",
            size=100,
        )
        db.session.add(pack)
        db.session.flush()
        return {
            "K2": make_lot(baclofen, 2160, in_days(500), number="K2", pack_id=pack.id),
            "K1": make_lot(baclofen, 180, in_days(40), number="K1"),
            "L1": make_lot(loratadine, 90, in_days(10), number="L1", unit_cost=None),
            "L2": make_lot(loratadine, 70, in_days(-3), number="L2"),
            "L3": make_lot(loratadine, 60, in_days(300), number="L3", status="quarantined"),
        }


def lots(desk) -> list[str]:
    return [row[1] for row in desk.rows()]


def test_an_empty_shelf_says_what_to_do(desk):
    desk.open("/admin/")
    assert 'data-state="empty"' in desk.page.text
    assert 'href="/admin/stock/receive"' in desk.page.text


def test_the_overview_has_figures_and_lots_with_their_state(desk, shelf):
    desk.open("/admin/")
    baclofen, loratadine = "Baclofen tablet 10 mg", "Loratadine tablet 10 mg"
    assert [row[:6] for row in desk.rows()] == [
        [baclofen, "K1", "–", "180", "–", expiry(40)],
        [baclofen, "K2", "0527-1330-01", "2,160", "–", expiry(500)],
        [loratadine, "L2", "–", "70", "–", expiry(-3)],
        [loratadine, "L1", "–", "90", "–", expiry(10)],
        [loratadine, "L3", "–", "60", "–", expiry(300)],
    ]
    assert re.findall(r'<td data-label="[^"]+"><span class="tag ?(\w*)">', desk.page.text) == [
        "warn",
        "",
        "stop",
        "stop",
        "stop",
    ]
    tags = [lot_tag(inventory.lot(shelf[row[1]]), in_days(0)).words for row in desk.rows()]
    assert [row[8] for row in desk.rows()] == tags
    assert [row[7] for row in desk.rows()] == ["$6.12", "$73.44", "$2.38", "–", "$2.04"]
    assert dict(re.findall(r'data-figure="(\w+)">.*?<dd>(.*?)</dd>', desk.page.text)) == {
        "lots": "5",
        "value": "$84",
        "expiring": "$6.12",
        "low": "0",
        "loose": "4",
        "quarantined": "1",
        "expired": "1",
    }
    assert re.search(r'<svg[^>]* role="img" aria-label="[^"]+"', desk.page.text)


def expiry(days: int) -> str:
    return format_day(in_days(days), "en_US")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=baclofen", ["K1", "K2"]),
        ("q=tablet+10+mg+lorat", ["L2", "L1", "L3"]),
        ("q=k1", ["K1"]),
        ("q=0527-1330-01", ["K1", "K2"]),
        ("q=00527133001", ["K1", "K2"]),
        ("q=0527133001", ["K1", "K2"]),
        ("q=NDC+00527-1330-01", ["K2"]),
        ("within=30", ["L1"]),
        ("within=30&state=pick", ["L1"]),
        ("state=quarantined", ["L3"]),
        ("state=expired", ["L2"]),
        ("sort=expires", ["L2", "L1", "K1", "L3", "K2"]),
        ("sort=-on_hand", ["K2", "K1", "L1", "L2", "L3"]),
        ("sort=-medicine", ["L2", "L1", "L3", "K1", "K2"]),
        ("sort=nonsense&within=nonsense&state=nonsense&page=nonsense", ["K1", "K2", "L2", "L1", "L3"]),
    ],
)
def test_the_address_says_which_lots_are_shown(desk, shelf, query, found):
    desk.open(f"/admin/?{query}")
    assert lots(desk) == found


def test_the_sorted_column_says_so_and_turns_round(desk, shelf):
    desk.open("/admin/?q=baclofen&sort=expires")
    assert 'aria-sort="ascending"><a href="/admin/?q=baclofen&amp;sort=-expires"' in desk.page.text
    desk.open("/admin/?q=baclofen&sort=-expires")
    assert 'aria-sort="descending"><a href="/admin/?q=baclofen&amp;sort=expires"' in desk.page.text
    assert desk.page.text.count("aria-sort") == 1


def test_a_filter_that_finds_nothing_offers_a_way_on(desk, shelf):
    desk.open("/admin/?q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text
    assert 'href="/admin/stock/receive?q=nosuchthing"' in desk.page.text
    assert 'value="nosuchthing"' in desk.page.text


def test_what_was_looked_for_is_text_and_never_markup(desk, shelf):
    desk.open("/admin/?q=%3Cscript%3E")
    assert "<script>" not in desk.page.text


def test_the_overview_takes_the_same_queries_for_five_lots_as_for_sixty(desk, shelf, baclofen):
    desk.open("/admin/")
    few = desk.queries
    with transaction():
        for place in range(60):
            make_lot(make_variant("Testamol", f"{place + 1} mg"), number=f"X{place}")
    desk.open("/admin/")
    assert desk.queries == few <= 13
    assert len(desk.rows()) == 25
    assert 'data-shown="1-25/65"' in desk.page.text
    desk.open("/admin/?page=3&sort=lot")
    assert len(desk.rows()) == 15


def test_a_lot_is_quarantined_with_its_reason_and_the_quarantine_lifted(desk, shelf):
    lot = f"/admin/lots/{shelf['K1']}"
    desk.send(f"{lot}/quarantine", reason="")
    assert desk.page.status_code == 422
    assert 'aria-invalid="true"' in desk.page.text
    assert inventory.lot(shelf["K1"]).status == "pickable"

    desk.send(f"{lot}/quarantine", reason="recall_class_2")
    assert '<p class="state"><span class="tag stop">' in desk.page.text
    assert f'action="{lot}/lift"' in desk.page.text
    db.session.rollback()
    assert inventory.lot(shelf["K1"]).status == "quarantined"
    assert inventory.lot(shelf["K1"]).status_reason == "recall_class_2"

    desk.send(f"{lot}/lift", reason="put_aside_by_mistake")
    assert '<p class="state"><span class="tag warn">' in desk.page.text
    db.session.rollback()
    assert inventory.lot(shelf["K1"]).status == "pickable"


def test_a_reason_of_ones_own_making_is_refused(desk, shelf):
    lot = f"/admin/lots/{shelf['K1']}"
    desk.send(f"{lot}/quarantine", reason="because the patient has gout")
    assert desk.page.status_code == 422
    assert inventory.lot(shelf["K1"]).status == "pickable"


@pytest.mark.parametrize("path", ["/admin/lots/999999", "/admin/lots/999999999999999999999"])
def test_a_lot_that_does_not_exist_is_not_found(desk, path):
    assert desk.client.get(path).status_code == 404


def test_staff_pages_are_never_kept_in_a_cache(desk):
    desk.open("/admin/")
    assert desk.page.headers["Cache-Control"] == "no-store"
