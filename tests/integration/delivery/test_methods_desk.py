"""The owner's page of delivery methods: added, changed, withdrawn, restored; weights estimated."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.clock import now
from shop.database import db, transaction
from shop.delivery import queries, service
from shop.delivery.rules import Step, Zone
from shop.delivery.weights import Kind
from shop.seen import ChangedMeanwhile, digest
from tests.integration.checkout.store_counter import Customer
from tests.integration.delivery.conftest import STANDARD
from tests.integration.handmade.by_hand import seen_on

pytestmark = pytest.mark.usefixtures("context")
PAGE = "/admin/delivery-methods"
TYPED = {
    "name": "Fast",
    "code": "fast",
    "handling_days": "1",
    "up_to_1": "500",
    "group_1-states": "AK, Hawaii",
    "group_1-transit_days": "5",
    "group_1-price_1": "$19.90",
    "elsewhere-transit_days": "2",
    "elsewhere-free_from": "75",
    "elsewhere-price_1": "4.90",
    "elsewhere-price_4": "8.90",
}


def known() -> dict[str, tuple[Zone, ...]]:
    db.session.rollback()
    return {row.code: queries.method_of(row).zones for row in queries.rows()}


def test_a_method_is_added_changed_withdrawn_and_restored(staff: Customer) -> None:
    assert staff.post(f"{PAGE}/new", **TYPED).status_code == 303
    far = Zone(frozenset({"AK", "HI"}), 5, (Step(500, 1990),))
    rest = Zone(frozenset(), 2, (Step(500, 490), Step(None, 890)), 7500)
    assert known() == {"fast": (far, rest)}
    page = staff.get(f"{PAGE}/fast").text
    assert all(f'value="{value}"' in page for value in ("AK, HI", "19.90", "75.00", "500"))
    changed = TYPED | {"code": "other", "name": "Faster", "group_1-price_1": "", "elsewhere-price_4": ""}
    changed |= {"seen": seen_on(page)}
    assert staff.post(f"{PAGE}/fast", **changed).status_code == 303
    assert known() == {"fast": (Zone(far.states, 0, ()), Zone(rest.states, 2, (Step(500, 490),), 7500))}
    assert staff.post(f"{PAGE}/fast/withdraw").status_code == 303
    assert [row.withdrawn_at for row in queries.rows()] == [None], "the only method stays"
    staff.post(f"{PAGE}/new", **TYPED | {"code": "second"})
    staff.post(f"{PAGE}/fast/withdraw")
    assert 'data-method="fast" data-withdrawn' in staff.get(PAGE).text
    staff.post(f"{PAGE}/fast/restore")
    assert list(known()) == ["fast", "second"]
    ours = select(AuditRecord.event).where(AuditRecord.event.like("delivery:%")).order_by(AuditRecord.id)
    events = list(db.session.scalars(ours))
    assert [one.split(":")[2] for one in events] == ["saved", "saved", "saved", "withdrawn", "restored"]


def test_groups_with_other_weights_can_be_opened_and_saved_again(staff: Customer) -> None:
    typed = TYPED | {"up_to_2": "2000", "group_1-price_4": "30", "elsewhere-price_1": ""}
    assert staff.post(f"{PAGE}/new", **typed | {"elsewhere-price_2": "6.90"}).status_code == 303
    zones = known()["fast"]
    assert [[step.up_to_grams for step in zone.steps] for zone in zones] == [[500, None], [2000, None]]
    page = staff.get(f"{PAGE}/fast")
    assert page.status_code == 200
    fields = re.findall(r'name="([\w-]+)"[^>]*? value="([^"]*)"', page.text)
    assert staff.post(f"{PAGE}/fast", **dict(fields) | {"csrf_token": staff.token()}).status_code == 303
    assert known()["fast"] == zones


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"code": "Fast one"}, "code"),
        ({"handling_days": "soon"}, "handling_days"),
        ({"group_1-states": ""}, "group_1-states"),
        ({"group_1-states": "AK, ZZ"}, "group_1-states"),
        ({"group_2-states": "AK", "group_2-price_1": "1", "group_2-transit_days": "1"}, "group_2-states"),
        ({"elsewhere-transit_days": "9"}, "elsewhere-transit_days"),
        ({"elsewhere-transit_days": ""}, "elsewhere-transit_days"),
        ({"elsewhere-price_1": "cheap"}, "elsewhere-price_1"),
        ({"elsewhere-price_1": "99999999"}, "elsewhere-price_1"),
        ({"elsewhere-price_2": "7"}, "elsewhere-price_2"),  # no such weight
        ({"up_to_2": "100", "elsewhere-price_2": "7"}, "up_to_1"),  # not ascending
    ],
)
def test_what_is_wrong_is_said_beside_its_field(staff: Customer, changes: dict[str, str], field: str) -> None:
    answer = staff.post(f"{PAGE}/new", **TYPED | changes)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}-e"' in answer.text
    assert known() == {}


def test_a_store_starts_with_two_methods_once(staff: Customer) -> None:
    assert 'data-state="empty"' in staff.get(PAGE).text
    for _ in range(2):
        staff.post(f"{PAGE}/load")
        assert list(known()) == ["standard", "express"]


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [
        ({"pill": "1.2", "packing": "95"}, 303, {Kind.PILL: 1200, Kind.PACKING: 95_000}),
        ({"pill": "heavy"}, 422, {}),
        ({"pill": "0"}, 422, {}),
        ({"pill": ""}, 303, {}),
    ],
)
def test_weights_are_estimated_by_the_owner(
    staff: Customer, typed: dict[str, str], status: int, kept: dict[Kind, int]
) -> None:
    seen = seen_on(staff.get(PAGE).text)
    assert staff.post(f"{PAGE}/weights", **typed, seen=seen).status_code == status
    db.session.rollback()
    assert queries.weights() == kept
    assert staff.get(f"{PAGE}/unknown").status_code == 404


def test_the_second_of_two_who_edit_a_method_is_told_what_changed_and_keeps_what_they_typed(
    staff: Customer,
) -> None:
    staff.post(f"{PAGE}/new", **TYPED)
    seen = seen_on(staff.get(f"{PAGE}/fast").text)
    first = TYPED | {"group_1-price_1": "21.90", "elsewhere-price_4": "", "seen": seen}
    second = TYPED | {"name": "Faster", "handling_days": "0", "seen": seen}
    assert staff.post(f"{PAGE}/fast", **first).status_code == 303
    stored = known()
    assert staff.post(f"{PAGE}/fast", **first).status_code == 303, "pressed twice"
    for stale in (second, second | {"seen": ""}):
        told = staff.post(f"{PAGE}/fast", **stale)
        assert told.status_code == 409
        assert 'data-refused="changed_meanwhile"' in told.text
        said = told.text.split('id="meanwhile"', 1)[1].split("</dl>", 1)[0]
        assert re.findall(r"<dd[^>]*>(.*?)</dd>", said) == ["Fast", "1", "21.90", "blank"]
        assert all(f'value="{typed}"' in told.text for typed in ("Faster", "0", "$19.90", "8.90"))
    assert known() == stored
    wrong = staff.post(f"{PAGE}/fast", **second | {"name": ""})
    assert seen_on(wrong.text) == seen, "a wrong field is corrected on what the form was opened with"
    assert staff.post(f"{PAGE}/fast", **second | {"seen": seen_on(told.text)}).status_code == 303
    db.session.rollback()
    assert [(row.name, row.handling_days) for row in queries.rows()] == [("Faster", 0)]

    seen = seen_on(staff.get(PAGE).text)
    assert staff.post(f"{PAGE}/weights", pill="2", seen=seen).status_code == 303
    told = staff.post(f"{PAGE}/weights", packing="95", seen=seen)
    assert told.status_code == 409
    assert 'value="95"' in told.text
    db.session.rollback()
    assert queries.weights() == {Kind.PILL: 2000}
    assert staff.post(f"{PAGE}/weights", packing="95", seen=seen_on(told.text)).status_code == 303


def test_of_two_who_save_a_method_at_once_one_is_told(app) -> None:
    with app.app_context():
        with transaction():
            service.add(STANDARD, None, now())
        seen = digest(STANDARD.state)

    def save(name: str) -> str:
        with app.app_context():
            try:
                with transaction():
                    service.change(replace(STANDARD, name=name), seen, None, now())
            except ChangedMeanwhile:
                return "told"
            return name

    with ThreadPoolExecutor(2) as people:
        said = list(people.map(save, ("First", "Second")))
    with app.app_context():
        assert sorted(said) == sorted(["told", queries.rows()[0].name])
