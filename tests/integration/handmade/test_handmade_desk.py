"""A compounded cream from the empty form to a sale, on the desk, as an admin does it."""

import re
from decimal import Decimal

from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue import packs as catalogue_packs
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Category, Pack, Product
from shop.database import db, transaction
from shop.pricing import queries
from shop.safety.sale import sale_refusal
from tests.integration.handmade.by_hand import (
    CREAM,
    NEW,
    PACK,
    make,
    pack_of,
    product,
    put_on_sale,
    seen_on,
    variant_of,
)

HOME = "/admin/catalogue/baclofen-cream"
LARGE = PACK | {"size": "60", "description": "60 g in 1 TUBE"}


def made(desk) -> int:
    """The cream with a strength and a pack; returns the variant's id."""
    desk.send(NEW, **CREAM)
    desk.send(f"{HOME}/strengths/new", strength="2 %", markets="US")
    variant = variant_of("baclofen-cream")
    desk.send(f"{HOME}/strengths/{variant.id}/packs/new", **PACK)
    return variant.id


def test_a_compounded_cream_is_made_listed_priced_received_and_sold(desk, client):
    variant_id = made(desk)
    desk.open(HOME)
    for way_on in (
        f"/admin/prices/baclofen-cream/{variant_id}",
        "/admin/stock/receive?q=STORE-",
        'value="list"',
    ):
        assert way_on in desk.page.text
    desk.open(f"/admin/prices/baclofen-cream/{variant_id}")
    priced = {"price_30": "0.80", "seen": seen_on(desk.page.text)}
    desk.send(f"/admin/prices/baclofen-cream/{variant_id}", **priced)
    item = f"{variant_id}-{pack_of('baclofen-cream').id}"
    lot = {"number": "C1", "expires_on": "2028-06-30", "packs": "10", "unit_cost": "0.20", "item": item}
    lot |= {"delivery": "0" * 32, "total": "300"}
    desk.send("/admin/stock/receive", q="x", **lot)
    assert desk.page.request.path.startswith("/admin/lots/")
    desk.send("/admin/listing", id=str(product("baclofen-cream").id), do="list", back=HOME)
    facts = catalogue.variant(variant_id)
    assert sale_refusal(facts, "US") is None
    assert (facts.price, facts.sold_as, facts.quantities) == (Decimal("0.80"), "closed", (30,))
    desk.send(f"{HOME}/strengths/new", strength="4 %", markets="US")
    shown = client.get("/medicines/baclofen-cream")
    assert shown.status_code == 200
    marketed = re.findall(r"<td[^>]* data-compounded>(.*?)</td>", shown.text)
    assert len(marketed) == 2, "nobody markets what is made here"
    assert "United States" not in " ".join(marketed)
    wanted = {"variant": str(variant_id), "quantity": "30"}
    answer = client.post("/basket", data=wanted, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert "20 mg/g" in client.get("/basket").text


def test_a_pack_without_an_ndc_is_known_by_a_code_of_the_store(desk):
    variant_id = made(desk)
    code = f"STORE-{variant_id}-1"
    assert pack_of("baclofen-cream").ndc11 == code
    db.session.rollback()
    assert [one.ndc for one in catalogue_packs.packs_by_code(code.lower())] == [code]
    desk.open(f"/admin/stock/receive?q={code}")
    assert f'value="{variant_id}-' in desk.page.text
    desk.send(
        f"{HOME}/strengths/{variant_id}/packs/new", **PACK | {"size": "60", "description": "60 g in 1 TUBE"}
    )
    assert [one.ndc for one in variant_of("baclofen-cream").packs] == [code, f"STORE-{variant_id}-2"]
    assert variant_of("baclofen-cream").quantities == [30, 60]
    assert queries.variant_of(code) == variant_id


def test_every_change_is_recorded_as_it_was_and_as_it_is(desk, admin):
    made(desk)
    desk.open(f"{HOME}/edit")
    desk.send(f"{HOME}/edit", seen=seen_on(desk.page.text), **CREAM | {"brand": "Relaxa"})
    db.session.rollback()
    events = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id)).all()
    assert [one.event for one in events] == [
        "catalogue:product:made",
        "catalogue:variant:made",
        "catalogue:pack:made",
        "catalogue:product:changed",
    ]
    assert {one.actor_id for one in events} == {admin}
    assert events[-1].detail == {"before": '{"brand": null}', "after": '{"brand": "Relaxa"}'}


def test_an_edit_reaches_the_page_and_the_list(desk, client):
    desk.send(NEW, **CREAM | {"brand": "Relaxa"})
    slug = "relaxa-cream"
    desk.send(f"/admin/catalogue/{slug}/strengths/new", strength="2 %", markets="US")
    put_on_sale(slug)
    before = client.get(f"/medicines/{slug}").text
    assert "intravenous" not in before
    desk.open(f"/admin/catalogue/{slug}/edit")
    with transaction():
        db.session.add(Category(slug="spasms", name="Spasms of the calf"))
    desk.open(f"/admin/catalogue/{slug}/edit")
    chosen = db.session.scalar(select(Category.id))
    fields = CREAM | {"brand": "Relaxa", "categories": str(chosen), "seen": seen_on(desk.page.text)}
    desk.send(f"/admin/catalogue/{slug}/edit", **fields)
    assert product(slug).listed_at is not None
    assert "Spasms of the calf" in client.get(f"/medicines/{slug}").text


def test_more_rows_for_ingredients_keep_what_was_typed(desk):
    desk.send(NEW, more="1", **CREAM | {"ingredient_1": "Lidocaine", "brand": "Kept"})
    text = desk.page.text
    assert text.count("data-ingredient") > 3
    for kept in ("Baclofen", "Lidocaine", "Kept"):
        assert f'value="{kept}"' in text
    assert db.session.scalar(select(Product.id)) is None


def test_names_of_ingredients_are_suggested(desk):
    make("baclofen")
    make("tibaclone")
    answer = desk.client.get("/admin/catalogue/ingredients?q=baC")
    assert answer.json == {"names": ["baclofen", "tibaclone"]}
    for nothing in ("", "b", "%%", "__"):
        assert desk.client.get("/admin/catalogue/ingredients", query_string={"q": nothing}).json == {
            "names": []
        }


def test_withdrawing_takes_off_sale_deletes_nothing_and_goes_back(desk):
    variant_id = made(desk)
    put_on_sale("baclofen-cream")
    desk.send(f"{HOME}/strengths/{variant_id}/withdraw", do="withdraw")
    assert variant_of("baclofen-cream").withdrawn_on is not None
    assert product("baclofen-cream").listed_at is None
    desk.send(f"{HOME}/strengths/{variant_id}/withdraw", do="restore")
    put_on_sale("baclofen-cream")
    assert product("baclofen-cream").listed_at is not None
    desk.send(f"{HOME}/withdraw", do="withdraw")
    assert product("baclofen-cream").listed_at is None
    assert put_on_sale("baclofen-cream").changed == []
    desk.send(f"{HOME}/withdraw", do="restore")
    assert len(put_on_sale("baclofen-cream").changed) == 1


def test_a_withdrawn_strength_is_neither_shown_nor_sold_while_another_is(desk, client):
    variant_id = made(desk)
    desk.send(f"{HOME}/strengths/new", strength="5 %", markets="US")
    put_on_sale("baclofen-cream")
    desk.send(f"{HOME}/strengths/{variant_id}/withdraw", do="withdraw")
    assert product("baclofen-cream").listed_at is not None
    page = client.get("/medicines/baclofen-cream").text
    assert "50 mg/g" in page
    assert "20 mg/g" not in page
    assert not catalogue.variant(variant_id).listed


def test_a_withdrawn_pack_is_no_size_any_more(desk):
    variant_id = made(desk)
    desk.send(
        f"{HOME}/strengths/{variant_id}/packs/new", **PACK | {"size": "60", "description": "60 g in 1 TUBE"}
    )
    pack = pack_of("baclofen-cream")
    desk.send(f"{HOME}/strengths/{variant_id}/packs/{pack.id}/withdraw", do="withdraw")
    assert variant_of("baclofen-cream").quantities == [60]
    desk.send(f"{HOME}/strengths/{variant_id}/packs/{pack.id}/withdraw", do="restore")
    assert variant_of("baclofen-cream").quantities == [30, 60]
    assert db.session.query(Pack).count() == 2


def test_a_form_or_route_that_was_not_chosen_is_said_beside_it_alone(desk):
    for empty in ("form", "route"):
        desk.send(NEW, **CREAM | {empty: ""})
        assert desk.page.status_code == 422, empty
        for name in ("form", "route"):
            assert (f'id="{name}-e"' in desk.page.text) is (name == empty), (empty, name)


NOT_A_PRODUCT: list[dict[str, str]] = [
    {"form": ""},
    {"form": "potion"},
    {"route": ""},
    {"route": "by letter"},
    {"form": "eye drops", "route": "oral"},
    {"kind": ""},
    {"license": "none"},
    {"ingredient_0": ""},
    {"ingredient_0": "baclofen\u200b"},
    {"ingredient_0": "<script>alert(1)</script>"},
    {"ingredient_0": "b" * 5000},
    {"ingredient_0": "aspirin and caffeine"},
    {"brand": "b" * 5000},
    {"brand": "a\x07b"},
    {"brand": "<img src=x onerror=alert(1)>"},
    {"form": "extended-release tablet", "route": "oral"},
    {"release": "XL"},
    {"form": "tablet", "route": "oral", "by_container": "y"},
]


def test_what_cannot_be_meant_is_said_beside_its_field_and_nothing_is_saved(desk):
    for fields in NOT_A_PRODUCT:
        desk.send(NEW, **CREAM | fields)
        assert desk.page.status_code == 422, fields
        assert 'aria-invalid="true"' in desk.page.text, fields
        assert 'id="problems"' in desk.page.text, fields
        assert "<script>alert" not in desk.page.text, fields
        assert "<img src=x" not in desk.page.text, fields
        db.session.rollback()
        assert db.session.scalar(select(Product.id)) is None, fields


NOT_A_STRENGTH: list[dict[str, str]] = [
    *({"strength": text} for text in ("", "much", "-5 mg/g", "0 mg/g", "10 mg", "1500 mg/g", "5 bananas/g")),
    *({"strength": text} for text in ("9" * 400 + " mg/g", "2 % / 3 %", "<b>2</b> %", "1e3 mg/g")),
    *({"markets": text} for text in ("", "XX", "United States", "U$", ",,,")),
    {"content": "5 mL"},
]


def test_a_strength_that_cannot_be_meant_is_not_saved(desk):
    make("baclofen", strength="")
    for fields in NOT_A_STRENGTH:
        desk.send(f"{HOME}/strengths/new", **{"strength": "2 %", "markets": "US"} | fields)
        assert desk.page.status_code == 422, fields
        assert 'aria-invalid="true"' in desk.page.text, fields
        assert product("baclofen-cream").variants == [], fields


NOT_A_PACK: list[dict[str, str]] = [
    *({"size": text} for text in ("", "-30", "0", "2.5", "many", "1" * 40, "٣٠", "100001")),
    *({"ndc": text} for text in ("0527133001", "0527-1330", "abc", "1" * 13, "0527-1330-0a")),
    {"labeler": ""},
    {"labeler": "x" * 201},
    {"labeler": "<b>x</b>"},
    {"description": ""},
    {"description": "x" * 1001},
    {"description": "60 g in 1 TUBE"},
]


def test_a_pack_that_cannot_be_meant_is_not_saved(desk):
    make("baclofen", pack=False)
    variant_id = variant_of("baclofen-cream").id
    for fields in NOT_A_PACK:
        desk.send(f"{HOME}/strengths/{variant_id}/packs/new", **PACK | fields)
        assert desk.page.status_code == 422, fields
        assert 'aria-invalid="true"' in desk.page.text, fields
        assert variant_of("baclofen-cream").packs == [], fields
