"""Receiving a delivery where a name means many packages: the best of them, the count, narrowing, keeping."""

import re
from datetime import date

import pytest

from shop.catalogue.models import Pack, Variant
from shop.database import db, transaction
from shop.search.current_index import ensure_index
from tests.factories import make_variant

PAGE = "/admin/stock/receive"


def add_packs(variant: int, labeler: str, count: int, first: int = 0) -> None:
    db.session.add_all(
        Pack(
            variant_id=variant,
            ndc=f"{labeler}-{first + n:04}-01",
            ndc11=f"{labeler}{first + n:04}01",
            labeler=f"Labs {labeler}",
            description="100 TABLET in 1 BOTTLE",
            size=100,
        )
        for n in range(count)
    )


@pytest.fixture
def metformin(context) -> dict[str, int]:
    """Thirty packs of two strengths, of another form and of a brand, some of it not on sale."""
    with transaction():
        found = {
            "1000 mg": make_variant("Metformin", "1000 mg", listed=False),
            "500 mg": make_variant("Metformin", "500 mg", listed=False),
            "slow": make_variant("Metformin", "500 mg", form="extended-release tablet"),
            "brand": make_variant("Samplophage", "500 mg"),
        }
        brand, slow = (db.session.get(Variant, found[key]).product for key in ("brand", "slow"))
        brand.ingredients.append(slow.ingredients[0])
        add_packs(found["500 mg"], "00093", 12)
        add_packs(found["1000 mg"], "00093", 12, first=100)
        add_packs(found["slow"], "55555", 5)
        add_packs(found["brand"], "66666", 1)
    return found


@pytest.fixture(params=["without an index", "with an index"])
def asked_either_way(request, app, metformin):
    """The search index follows seconds later; the desk finds the same before and after."""
    if request.param == "with an index":
        db.session.rollback()
        ensure_index(app)
    return metformin


def labels(desk) -> list[str]:
    return re.findall(r"<li><input type=\"radio\".*?<b>(.*?)</b>", desk.page.text)


def test_a_name_with_many_packages_shows_the_best_twenty_and_how_many_there_are(desk, asked_either_way):
    desk.open(f"{PAGE}?q=metformin")
    assert labels(desk) == ["metFORMIN tablet 500 mg"] * 12 + ["metFORMIN tablet 1000 mg"] * 8
    assert 'data-shown="20/30"' in desk.page.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("1000 metformin", ["metFORMIN tablet 1000 mg"] * 12),
        ("metformin 500 mg 55555", ["metFORMIN extended-release tablet 500 mg"] * 5),
        ("metformin release", ["metFORMIN extended-release tablet 500 mg"] * 5),
        ("samplo", ["Samplophage tablet 500 mg"]),
        ("metformin 66666", ["Samplophage tablet 500 mg"]),
        ("00093-0007", ["metFORMIN tablet 500 mg"]),
        ("66666", ["Samplophage tablet 500 mg"]),
        ("metformin 750", []),
    ],
)
def test_more_words_narrow_it_by_strength_form_and_code_listed_or_not(desk, asked_either_way, typed, found):
    desk.open(f"{PAGE}?q={typed}")
    assert "data-shown" not in desk.page.text
    assert labels(desk) == found


def test_a_withdrawn_pack_comes_after_those_still_sold(desk, metformin):
    with transaction() as session:
        first = session.query(Pack).filter_by(ndc11="00093000001").one()
        first.withdrawn_on = date(2026, 1, 1)
    desk.open(f"{PAGE}?q=metformin+tablet+500")
    shown = re.findall(r"00093-\d{4}-01", desk.page.text)
    assert shown[0] == "00093-0001-01"
    assert shown[11] == "00093-0000-01"


TYPED = {"number": "K4471", "expires_on": "2048-06", "packs": "ten", "unit_cost": "$0.03"}


def test_searching_again_keeps_what_was_typed_and_the_package_chosen(desk, metformin):
    chosen = f"{metformin['brand']}-{pack_of(metformin['brand'])}"
    desk.send(PAGE, q="metformin 1000", find="1", item=chosen, **TYPED)
    assert desk.page.status_code == 200
    for name, text in TYPED.items():
        assert re.search(f'name="{name}"[^>]*value="{re.escape(text)}"', desk.page.text), name
    assert labels(desk) == ["Samplophage tablet 500 mg"] + ["metFORMIN tablet 1000 mg"] * 12
    assert f'value="{chosen}" checked' in desk.page.text
    assert "csrf" not in desk.page.request.query_string.decode()


def test_what_was_typed_outlives_a_search_that_finds_nothing(desk, metformin):
    desk.send(PAGE, q="nosuchthing", find="1", **TYPED)
    assert 'data-state="none-match"' in desk.page.text
    for name, text in TYPED.items():
        assert f'<input type="hidden" name="{name}" value="{text}">' in desk.page.text


def test_a_pack_of_another_strength_cannot_be_booked_under_this_one(desk, metformin):
    item = f"{metformin['500 mg']}-{pack_of(metformin['brand'])}"
    typed = {"number": "K4471", "expires_on": "2048-06-30", "packs": "10"}
    for unknown in (item, f"{metformin['500 mg']}-"):
        desk.send(PAGE, q="metformin", **typed | {"item": unknown})
        assert (desk.page.status_code, desk.invalid()) == (422, {"item"})


def pack_of(variant: int) -> int:
    return db.session.query(Pack.id).filter_by(variant_id=variant).order_by(Pack.id).first()[0]
