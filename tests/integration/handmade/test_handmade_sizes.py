"""The size of a pack that its description does not say: entered from the label, kept, taken back."""

import pytest
from sqlalchemy import select

from shop.catalogue import no_quantity
from shop.catalogue.models import Variant
from shop.catalogue.no_quantity import Which, Why
from shop.clock import now
from shop.database import db, transaction
from shop.handmade import sizes
from shop.handmade.refusals import InUse, NotSaved
from shop.handmade.sizes import SizeTyped
from shop.seen import ChangedMeanwhile
from shop.stock import inventory, queries
from shop.stock.service import receive_lot
from tests.factories import make_lot
from tests.integration.imports import ndc_files
from tests.integration.imports.ndc_imports import bring, pack
from tests.integration.stock.stock_checks import in_days

__all__ = ["bring"]
ROWS = [ndc_files.product("0527-1330", PRODUCTTYPENAME="HUMAN OTC DRUG", MARKETINGCATEGORYNAME="ANDA")]
PACKS = [ndc_files.package("0527-1330", "01", PACKAGEDESCRIPTION="81000 mg in 1 BOTTLE (0527-1330-01)")]
LABEL = SizeTyped(24, "label of the package")


@pytest.fixture
def of(bring):
    """Address, strength and pack of what the directory files without a size."""
    bring(ROWS, PACKS)
    found = pack("0527-1330-01")
    variant = db.session.get_one(Variant, found.variant_id)
    return variant.product.slug, variant.id, found.id


def state(of, typed=LABEL) -> None:
    with transaction():
        sizes.state_size(*of, typed, None, now())


def take_back(of) -> None:
    with transaction():
        sizes.take_back(*of, None, now())


def offered(of) -> list[int]:
    db.session.rollback()
    return db.session.scalar(select(Variant.quantities).where(Variant.id == of[1]))


def test_a_size_from_the_label_is_offered_lots_follow_and_the_next_import_keeps_it(of, bring):
    lot = make_lot(of[1], 48, pack_id=of[2])
    assert [row.why for row in no_quantity.strengths(Which.REFUSED).rows] in ([], [Why.UNKNOWN_SIZE])
    assert offered(of) == []

    state(of)
    assert offered(of) == [24]
    assert queries.available([of[1]], in_days(0)) == {of[1]: 48}
    assert bring(ROWS, PACKS).plan.is_empty
    with pytest.raises(ChangedMeanwhile):
        state(of, SizeTyped(30, "another label"))

    take_back(of)
    assert (offered(of), queries.available([of[1]], in_days(0))) == ([], {})
    assert inventory.lot(lot).on_hand == 48
    with pytest.raises(NotSaved):
        take_back(of)


def test_what_was_received_under_a_size_keeps_it(of):
    state(of)
    with transaction():
        receive_lot(of[1], of[2], "A1", in_days(900), 48, None, None, now())
    with pytest.raises(InUse):
        take_back(of)
    assert offered(of) == [24]


def test_another_description_is_believed_and_the_size_by_hand_forgotten_for_good(of, bring):
    state(of)
    other = [ndc_files.package("0527-1330", "01", PACKAGEDESCRIPTION="50 g in 1 BOTTLE (0527-1330-01)")]
    bring(ROWS, other)
    assert (pack("0527-1330-01").size, offered(of)) == (None, [])
    assert bring(ROWS, other).plan.is_empty
    said = [ndc_files.package("0527-1330", "01", PACKAGEDESCRIPTION="50 TABLET in 1 BOTTLE (0527-1330-01)")]
    bring(ROWS, said)
    assert (pack("0527-1330-01").size, offered(of)) == (50, [50])


@pytest.mark.parametrize(
    ("size", "source", "invalid"),
    [
        ("0", "label", {"size"}),
        ("1,5", "label", {"size"}),
        ("２４", "label", {"size"}),
        ("24", "x", {"source"}),
    ],
)
def test_the_desk_reads_the_size_strictly_and_wants_the_source(desk, of, size, source, invalid):
    home = f"/admin/catalogue/{of[0]}"
    desk.open(f"{home}?of={of[1]}")
    assert "data-no-quantity" in desk.page.text
    desk.open(f"{home}/strengths/{of[1]}")
    assert "data-no-quantity" in desk.page.text
    page = f"{home}/strengths/{of[1]}/packs/{of[2]}"
    desk.open(page)
    assert "data-enter-size" in desk.page.text
    desk.send(f"{page}/size", size=size, source=source)
    assert (desk.page.status_code, desk.invalid()) == (422, invalid)

    desk.send(f"{page}/size", size="24", source="label of November 2026")
    assert 'data-stated="24"' in desk.page.text
    assert "label of November 2026" in desk.words()
    desk.send(f"{page}/size/undo")
    assert "data-enter-size" in desk.page.text


def test_the_report_says_what_is_missing_and_is_empty_when_nothing_is(desk, of):
    for which in Which:
        desk.open(f"/admin/no-quantity?which={which}")
        assert desk.page.status_code == 200
    shown = [which for which in Which if no_quantity.count(which)]
    assert shown
    desk.open(f"/admin/no-quantity?which={shown[0]}")
    assert f'data-why="{Why.UNKNOWN_SIZE}"' in desk.page.text
    desk.open(f"/admin/no-quantity?which={shown[0]}&q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text
    state(of)
    desk.open(f"/admin/no-quantity?which={shown[0]}")
    assert 'data-state="empty"' in desk.page.text
