"""A look and the rows it is found by are written together."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from shop.appearance.finding import ImprintWord, VariantAppearance, set_appearance
from shop.catalogue.models import Variant
from shop.database import db, transaction
from tests.factories import make_variant
from tests.migrating import downgrade, upgrade

AT = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_look_that_is_taken_away_is_no_longer_found(context):
    with transaction():
        variant = db.session.get(Variant, make_variant())
        assert set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
        assert not set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
        assert set_appearance(variant, None, AT)
        assert not set_appearance(variant, None, AT)
    assert db.session.scalar(select(func.count()).select_from(VariantAppearance)) == 0
    assert db.session.scalar(select(func.count()).select_from(ImprintWord)) == 0


def test_a_look_whose_rows_are_missing_gets_them_back(context):
    with transaction():
        variant = db.session.get(Variant, make_variant(appearance={"shape": "round", "imprint": "A 1"}))
        assert set_appearance(variant, {"shape": "round", "imprint": "A 1"}, AT)
    assert db.session.get(VariantAppearance, variant.id).imprint == "A1"


def test_appearances_that_were_on_record_before_are_found_after_the_migration(context):
    variant_id = make_variant(appearance={"shape": "OVAL", "color": "WHITE;RED", "imprint": "A 1"})
    bottle = make_variant("Syrupol", "5 mg", form="syrup", appearance={"color": "red"})
    downgrade(revision="0003")
    upgrade()
    row = db.session.get(VariantAppearance, variant_id)
    assert (row.imprint, row.shape, row.color, row.color2) == ("A1", "oval", "white", "red")
    assert set(db.session.scalars(select(ImprintWord.word))) == {"A", "1"}
    assert db.session.get(VariantAppearance, bottle) is None
