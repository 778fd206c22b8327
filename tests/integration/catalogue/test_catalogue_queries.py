"""Reading variants for other rooms, and the changes that raise the catalogue's version."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue import queries
from shop.catalogue.models import Variant
from shop.database import db, transaction
from shop.errors import NotFound
from shop.listing import service
from shop.projections.cache_version import CatalogueVersion
from shop.search import staff
from tests.factories import make_pack, make_variant

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def version() -> int:
    return db.session.scalars(select(CatalogueVersion.number)).one()


def test_the_facts_of_a_variant_are_what_the_pharmacist_would_say(context):
    facts = queries.variant(make_variant())

    assert facts is not None
    assert facts.label == "Baclofen tablet 10 mg"
    assert (facts.price, facts.quantities, facts.markets) == (Decimal("0.51"), (30, 60, 90), ("US",))
    assert facts.listed
    assert facts.prescription_required


def test_variants_come_by_id_and_unknown_ids_are_left_out(context):
    ten, twenty = make_variant(), make_variant(strength="20 mg", price="0.62")

    found = queries.variants([twenty, ten, 999_999])

    assert set(found) == {ten, twenty}
    assert found[twenty].price == Decimal("0.62")
    assert queries.variant(999_999) is None
    assert queries.variants([]) == {}


def test_staff_find_every_strength_in_numeric_order_listed_or_not(context):
    for strength in ("100 mg", "20 mg", "5 mg"):
        make_variant(strength=strength, listed=False)
    make_variant("Methocarbamol", "500 mg")

    assert [v.strength for v in staff.find_variants("baclofen")] == ["5 mg", "20 mg", "100 mg"]
    assert [v.label for v in staff.find_variants("TABLET meth")] == ["Methocarbamol tablet 500 mg"]
    assert len(staff.find_variants("tablet", limit=2)) == 2


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "nothing like it", "'; drop table variant; --"])
def test_a_text_that_names_nothing_finds_nothing(context, text):
    make_variant()

    assert staff.find_variants(text) == []


@pytest.mark.parametrize("typed", ["0527-1330-01", "0527-1330", "00527133001", "00527"])
def test_staff_find_a_variant_by_the_code_on_the_bottle(context, typed):
    found, _other = make_variant(), make_variant(strength="20 mg")
    make_pack(found, 100, ndc="0527-1330-01", ndc11="00527133001")

    assert [v.id for v in staff.find_variants(typed)] == [found]


def test_selling_outside_the_market_is_recorded_and_shows_on_the_pages(context, make_user):
    variant_id, admin = make_variant(strength="25 mg", markets=("AU", "ZA")), make_user("admin")
    before = version()

    with transaction():
        service.set_sold_outside_market(variant_id, True, admin, AT, market="US")

    assert queries.variant(variant_id).sold_outside_market
    assert version() == before + 1
    record = db.session.scalars(select(AuditRecord)).one()
    assert (record.event, record.subject_id, record.actor_id) == (
        "catalogue:variant:sale_changed",
        str(variant_id),
        admin,
    )
    assert record.detail == {"sold_outside_market": 1}


def test_deciding_the_same_again_changes_nothing(context):
    variant_id, before = make_variant(), version()

    with transaction():
        service.set_sold_outside_market(variant_id, False, 1, AT, market="US")

    assert version() == before
    assert db.session.scalars(select(AuditRecord)).all() == []


def test_an_unknown_strength_cannot_be_opened_for_sale(context):
    with pytest.raises(NotFound), transaction():
        service.set_sold_outside_market(4711, True, 1, AT, market="US")

    assert db.session.scalars(select(Variant)).all() == []
