"""What follows from a survey, and how its file is known."""

from datetime import date
from decimal import Decimal

import pytest

from shop.catalogue.models import Variant
from shop.clock import now
from shop.database import db, transaction
from shop.pricing import service as pricing
from shop.pricing.acquisition import Kind
from shop.pricing.queries import history as history_of
from shop.pricing.rules import Rule
from tests.factories import make_variant
from tests.integration.imports.nadac_files import HEADER, history, line, period, weekly
from tests.integration.imports.nadac_store import A, B, figures, pack, source, stored


def test_prices_made_by_rule_follow_and_fixed_ones_stay(context, imported, tmp_path):
    ruled, fixed = make_variant("Baclofen", price=None), make_variant("Amlodipine", price="0.40")
    pack(ruled, A)
    pack(fixed, B)
    with transaction():
        pricing.set_rule(None, Rule(mark_up=Decimal("1"), fee=Decimal(0)), None, now())
        pricing.price_by_rule([ruled], None, now())
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 0.25), line(B, 0.3)], title="as of 01/01/2099"))
    assert figures(said)[2] == [1, 1, 0, 0, 1, 0], "changed, of all; rise, fall, are new, are lost"
    assert db.session.get(Variant, ruled).price == Decimal("0.50")
    assert db.session.get(Variant, fixed).price == Decimal("0.40")
    said = imported("--dry-run", weekly(tmp_path / "x.xlsx", [line(A, 0.3)], title="as of 01/08/2099"))
    assert figures(said)[2] == [1, 1, 1, 0, 0, 0]
    assert db.session.get(Variant, ruled).price == Decimal("0.50")


def test_a_survey_of_long_ago_makes_no_new_price_and_says_so(context, imported, tmp_path):
    ruled = make_variant("Baclofen", price=None)
    pack(ruled, A)
    with transaction():
        pricing.set_rule(None, Rule(mark_up=Decimal("1"), fee=Decimal(0)), None, now())
        pricing.price_by_rule([ruled], None, now())
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 0.25)]))
    assert "PRICE_FROM_OLD_COSTS" in said
    assert db.session.get(Variant, ruled).price is None


def test_the_imported_periods_are_the_history_a_medicine_page_draws(tablet, imported, tmp_path):
    rows = [period(A, "2020-01-01", "2020-02-29", 0.05), period(A, "2020-03-01", None, 0.06)]
    imported(history(tmp_path / "h", rows))
    found = [(one.price, one.effective_on) for one in history_of(tablet)]
    assert found == [(Decimal("0.05"), date(2020, 1, 1)), (Decimal("0.06"), date(2020, 3, 1))]


@pytest.mark.parametrize("name", ["w.xlsx", "w.parquet", "w", "w.html"])
def test_a_file_is_known_by_its_content_whatever_its_name(tablet, imported, tmp_path, name):
    imported(
        weekly(tmp_path / name, [line(A, 0.1)], header=[h.replace("\n", "_") for h in HEADER], header_row=2)
    )
    assert len(stored(tablet)) == 1


def test_a_file_without_a_date_of_its_own_is_as_new_as_its_newest_price(tablet, imported, tmp_path):
    imported(
        weekly(tmp_path / "w.xlsx", [line(A, 0.1, "2015-05-20"), line(B, 0.1, "2015-06-03")], title="NADAC")
    )
    assert stored(tablet) == [("0.1", "2015-05-20", None, source(Kind.WEEKLY, "2015-06-03"))]


def test_leading_zeros_that_a_number_cell_lost_are_put_back(tablet, imported, tmp_path):
    imported(weekly(tmp_path / "w.xlsx", [line(101, 0.1)]))
    assert len(stored(tablet)) == 1
