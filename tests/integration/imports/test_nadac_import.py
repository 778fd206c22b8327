"""`flask catalogue import-nadac`: prices of packs become periods of strengths, in any order of files."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.imports.nadac import service
from shop.imports.nadac.consensus import Outcome
from shop.imports.nadac.files import open_survey
from shop.imports.nadac.rows import LONGEST_AHEAD
from shop.pricing.models import AcquisitionPrice
from shop.projections.cache_version import version
from tests.factories import make_variant
from tests.in_zones import DAYS, first_moment, store_in
from tests.integration.imports.nadac_files import history, line, period, weekly
from tests.integration.imports.nadac_store import HISTORY, WEEKLY, A, B, C, counts, figures, pack, stored


def test_a_weekly_file_prices_a_strength_by_what_most_of_its_packs_share(tablet, imported, tmp_path):
    said = imported(
        weekly(
            tmp_path / "w.xlsx",
            [
                line(A, 0.18159, "05/20/2015"),
                line(B, 0.18159),
                line(C, 0.2),
                line("99999999999", 3.0),
            ],
        )
    )
    assert stored(tablet) == [("0.18159", "2015-05-20", None, WEEKLY)]
    assert "w.xlsx: 4 " in said
    assert counts(said) == {Outcome.COUNTED.value: 3, Outcome.UNKNOWN_PACK.value: 1}
    assert figures(said)[0] == [1, 0, 0, 0], "periods added, changed, removed, as before"


def test_both_kinds_in_one_call_come_to_one_timeline(tablet, imported, tmp_path):
    old = weekly(tmp_path / "w.xlsx", [line(A, 0.18159)])
    new = history(
        tmp_path / "h.parquet",
        [
            period(A, "2020-01-01", "2020-02-29", 0.05),
            period(B, "2020-01-01", "2020-02-29", 0.05),
            period(C, "2020-01-15", "2020-02-29", 0.04),
            period(A, "2020-03-01", None, 0.06),
        ],
    )
    imported(new, old)
    together = stored(tablet)
    assert together == [
        ("0.18159", "2015-06-17", "2019-12-31", WEEKLY),
        ("0.05", "2020-01-01", "2020-02-29", HISTORY),
        ("0.06", "2020-03-01", None, HISTORY),
    ]
    for again in (old, new):
        imported(again)
        assert stored(tablet) == together


def test_files_imported_one_by_one_in_any_order_come_to_the_same(context, imported, tmp_path):
    first, second = make_variant("Baclofen"), make_variant("Amlodipine")
    pack(first, A)
    pack(second, B)
    old = weekly(tmp_path / "w.xlsx", [line(A, 0.18159), line(B, 0.5)])
    new = history(
        tmp_path / "h.parquet", [period(A, "2020-03-01", None, 0.06), period(B, "2014-01-01", None, 0.6)]
    )
    imported(new)
    imported(old)
    assert stored(first) == [
        ("0.18159", "2015-06-17", "2020-02-29", WEEKLY),
        ("0.06", "2020-03-01", None, HISTORY),
    ]
    assert stored(second) == [("0.6", "2014-01-01", None, HISTORY)]


def test_a_second_run_changes_nothing_and_says_so(tablet, imported, tmp_path):
    file = history(tmp_path / "h", [period(A, "2020-03-01", None, 0.06)])
    imported(file)
    before = version(), db.session.scalar(select(func.count()).select_from(AuditRecord))
    imported(file)
    assert (version(), db.session.scalar(select(func.count()).select_from(AuditRecord))) == before


def test_a_run_that_writes_is_recorded_and_public_pages_follow(tablet, imported, tmp_path):
    before = version().offers
    imported(weekly(tmp_path / "w.xlsx", [line(A, 0.18159)]))
    assert version().offers == before + 1
    record = db.session.scalars(
        select(AuditRecord).where(AuditRecord.event == "catalogue:survey:imported")
    ).one()
    assert record.detail == {"added": 1, "changed": 0, "removed": 0}


def test_a_dry_run_says_what_would_change_and_changes_nothing(tablet, imported, tmp_path):
    imported(weekly(tmp_path / "w.xlsx", [line(A, 0.18159)]))
    before = stored(tablet)
    said = imported("--dry-run", history(tmp_path / "h", [period(A, "2020-03-01", None, 0.06)]))
    assert figures(said)[:2] == [[1, 1, 0, 0], [0, 0, 1, 0]], "periods; first, higher and lower prices"
    assert re.search(r"^ +Baclofen .*\$0\.18159\D+\$0\.06$", said, re.MULTILINE)
    assert stored(tablet) == before


def test_a_corrected_file_of_the_same_day_replaces_what_the_first_one_said(tablet, imported, tmp_path):
    imported(
        history(
            tmp_path / "h", [period(A, "2020-01-01", "2020-02-29", 0.05), period(A, "2020-03-01", None, 0.06)]
        )
    )
    said = imported(history(tmp_path / "h", [period(A, "2020-03-01", None, 0.07)]))
    assert figures(said)[0] == [0, 1, 1, 0]
    assert stored(tablet) == [("0.07", "2020-03-01", None, HISTORY)]


def test_a_price_entered_by_hand_gives_way_to_a_newer_survey_only(tablet, imported, tmp_path):
    with transaction() as session:
        session.add(
            AcquisitionPrice(
                variant_id=tablet,
                price=Decimal("0.03"),
                effective_on=date(2019, 1, 1),
                source="a price list",
            )
        )
    imported(weekly(tmp_path / "w.xlsx", [line(A, 0.18159)]))
    assert stored(tablet)[-1][:2] == ("0.03", "2019-01-01")
    imported(
        history(
            tmp_path / "h", [period(A, "2018-03-01", "2020-02-29", 0.05), period(A, "2020-03-01", None, 0.06)]
        )
    )
    assert [row[:2] for row in stored(tablet)] == [
        ("0.18159", "2015-06-17"),
        ("0.05", "2018-03-01"),
        ("0.06", "2020-03-01"),
    ]


@pytest.mark.parametrize(("zone", "day"), DAYS, ids=str)
def test_how_far_ahead_a_price_may_begin_is_counted_from_the_stores_day(context, tablet, tmp_path, zone, day):
    lines = [period(A, "2020-01-01", None, 0.04), period(B, str(day + LONGEST_AHEAD), None, 0.05)]
    opened = open_survey(history(tmp_path / "h.parquet", lines))

    def unreadable(at):
        found = service.run([opened], at, dry=True, stage=lambda _name, _rows: lambda _done: None)
        return len(found.tallies[0].faults)

    with store_in(zone, context):
        assert unreadable(first_moment(zone, day) - timedelta(seconds=1)) == 1
        assert unreadable(first_moment(zone, day)) == 0
