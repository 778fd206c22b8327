"""Two admins at one product lose nothing: who is second is told."""

from concurrent.futures import ThreadPoolExecutor

from shop.database import transaction
from shop.handmade import products
from shop.handmade.refusals import Exists
from shop.seen import ChangedMeanwhile, digest
from tests.integration.handmade.by_hand import (
    AT,
    CREAM,
    PACK,
    make,
    pack_of,
    product,
    seen_on,
    typed,
    variant_of,
)

EDIT = "/admin/catalogue/baclofen-cream/edit"


def test_the_second_of_two_admins_is_told_and_loses_nothing(desk):
    make("baclofen")
    desk.open(EDIT)
    seen = seen_on(desk.page.text)
    desk.send(EDIT, **CREAM | {"brand": "First", "seen": seen})
    desk.send(EDIT, **CREAM | {"brand": "Second", "seen": seen})
    assert desk.page.status_code == 409
    assert 'data-refused="changed_meanwhile"' in desk.page.text
    assert 'value="Second"' in desk.page.text
    assert "First" in desk.page.text
    assert product("baclofen-cream").brand == "First"
    desk.send(EDIT, **CREAM | {"brand": "Second", "seen": seen_on(desk.page.text)})
    assert product("baclofen-cream").brand == "Second"


def test_a_strength_and_a_pack_tell_it_too(desk):
    make("baclofen")
    strength = f"/admin/catalogue/baclofen-cream/strengths/{variant_of('baclofen-cream').id}"
    pack = f"{strength}/packs/{pack_of('baclofen-cream').id}"
    for page, first, second in (
        (strength, {"strength": "20 mg/g", "markets": "US, CA"}, {"strength": "20 mg/g", "markets": "GB"}),
        (pack, PACK | {"labeler": "One"}, PACK | {"labeler": "Two"}),
    ):
        desk.open(page)
        seen = seen_on(desk.page.text)
        desk.send(page, seen=seen, **first)
        assert desk.page.status_code == 200
        desk.send(page, seen=seen, **second)
        assert desk.page.status_code == 409
        for value in second.values():
            assert value in desk.page.text


def test_of_two_who_save_at_once_one_is_told(app):
    with app.app_context():
        make("baclofen")
        seen = digest(products.state_of(product("baclofen-cream")))

    def save(brand: str) -> str:
        with app.app_context():
            try:
                with transaction():
                    products.change_product("baclofen-cream", typed("baclofen", brand=brand), seen, None, AT)
            except ChangedMeanwhile:
                return "told"
            return brand

    with ThreadPoolExecutor(2) as people:
        said = list(people.map(save, ("First", "Second")))
    with app.app_context():
        assert sorted(said) == sorted(["told", product("baclofen-cream").brand])


def test_of_two_who_make_the_same_at_once_one_is_led_to_the_other(app):
    def make_it(_person: int) -> str:
        with app.app_context():
            try:
                with transaction():
                    return products.make_product(typed("baclofen"), None, AT).slug
            except Exists as refusal:
                return f"exists {refusal.slug}"

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(make_it, (1, 2))) == ["baclofen-cream", "exists baclofen-cream"]
