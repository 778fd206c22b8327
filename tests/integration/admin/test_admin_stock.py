"""The stock desk: lots found, sorted and paged by address; one lot put aside and back."""

import re
from datetime import timedelta

import pytest

from shop.catalogue.models import Pack
from shop.clock import now
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
    assert "There is nothing on the shelf. Book the first delivery" in desk.open("/admin/")


def test_the_overview_has_figures_lots_and_their_state_in_words(desk, shelf):
    desk.open("/admin/")
    baclofen, loratadine = "Baclofen tablet 10 mg", "Loratadine tablet 10 mg"
    assert [[*row[:7], row[8]] for row in desk.rows()] == [
        [baclofen, "K1", "–", "180", "–", said(40), "none sold in 90", "Expires in 40 days"],
        [baclofen, "K2", "0527-1330-01", "2,160", "–", said(500), "none sold in 90", "Pick"],
        [loratadine, "L2", "–", "70", "–", said(-3), "not for sale", "Expired"],
        [loratadine, "L1", "–", "90", "–", said(10), "none sold in 90", "Expires in 10 days"],
        [loratadine, "L3", "–", "60", "–", said(300), "not for sale", "Put aside: no reason given"],
    ]
    assert [row[7] for row in desk.rows()] == ["$6.12", "$73.44", "$2.38", "–", "$2.04"]
    assert dict(zip(inside("dt", desk), inside("dd", desk), strict=True)) == {
        "lots of 2 strengths": "5",
        "value on the shelf, at cost": "$84",
        "expire within 90 days": "$6.12",
        "gone, or under 14 days": "0",
        "put aside": "1",
        "expired, still here": "1",
    }
    assert 'role="img" aria-label="Value that expires each month from' in desk.page.text


def inside(element: str, desk) -> list[str]:
    """What stands in every such element of the page."""
    return [
        re.sub(r"<[^>]+>", "", one) for one in re.findall(rf"<{element}>(.*?)</{element}>", desk.page.text)
    ]


def said(days: int) -> str:
    return f"{in_days(days):%-d %B %Y}"


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
    words = desk.open("/admin/?q=nosuchthing")
    assert "No lot fits all of this. Show all lots Receive a delivery of it" in words
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
    assert len(desk.rows()) == 50
    assert "1 to 50 of 65 lots" in desk.words()
    desk.open("/admin/?page=2&sort=lot")
    assert len(desk.rows()) == 15


def test_a_lot_is_put_aside_with_its_reason_and_put_back(desk, shelf):
    lot = f"/admin/lots/{shelf['K1']}"
    assert "Choose why the lot is put aside." in desk.send(f"{lot}/quarantine", lot, reason="")
    assert desk.page.status_code == 422
    assert inventory.lot(shelf["K1"]).status == "pickable"

    assert "The lot is put aside: Recall, class II." in desk.send(
        f"{lot}/quarantine", lot, reason="recall_class_2"
    )
    assert "Put aside: recall, class II" in desk.words()
    db.session.rollback()
    assert inventory.lot(shelf["K1"]).status == "quarantined"

    words = desk.send(f"{lot}/lift", lot, reason="put_aside_by_mistake")
    assert "The lot is back on the shelf." in words
    assert "Expires in 40 days" in words
    db.session.rollback()
    assert inventory.lot(shelf["K1"]).status == "pickable"


def test_a_reason_of_ones_own_making_is_refused(desk, shelf):
    lot = f"/admin/lots/{shelf['K1']}"
    desk.send(f"{lot}/quarantine", lot, reason="because the patient has gout")
    assert desk.page.status_code == 422
    assert inventory.lot(shelf["K1"]).status == "pickable"


@pytest.mark.parametrize("path", ["/admin/lots/999999", "/admin/lots/999999999999999999999"])
def test_a_lot_that_does_not_exist_is_not_found(desk, path):
    assert desk.client.get(path).status_code == 404


def test_staff_pages_are_never_kept_in_a_cache(desk):
    desk.open("/admin/")
    assert desk.page.headers["Cache-Control"] == "no-store"
