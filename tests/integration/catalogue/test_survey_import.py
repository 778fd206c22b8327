"""`flask catalogue import-nadac`: prices of packs become periods of strengths, each line accounted for."""

import csv
import re
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.catalogue.models import AcquisitionPrice, Pack, Variant
from shop.catalogue.pricing import service as pricing
from shop.catalogue.pricing.rules import Rule
from shop.catalogue.survey.queries import history as history_of
from shop.database import db, now, transaction
from shop.freshness.queries import version
from tests.factories import in_transaction, make_variant
from tests.integration.catalogue.survey_files import HEADER, history, line, period, weekly

A, B, C = "00000000101", "00000000102", "00000000103"


def pack(variant_id: int, *ndcs: str, size: int | None = 100) -> None:
    with in_transaction():
        for ndc in ndcs:
            db.session.add(
                Pack(variant_id=variant_id, ndc=ndc, ndc11=ndc, labeler="Example", description="", size=size)
            )


@pytest.fixture
def tablet(context) -> int:
    """A strength with three packs."""
    variant_id = make_variant()
    pack(variant_id, A, B, C)
    return variant_id


@pytest.fixture
def imported(app):
    """`imported(file, …)` runs the command, which must succeed, and gives what it says."""

    def run(*args: object) -> str:
        answer = app.test_cli_runner().invoke(
            args=["catalogue", "import-nadac", *map(str, args)], catch_exceptions=False
        )
        assert answer.exit_code == 0, answer.output
        db.session.expire_all()
        return answer.output

    return run


def stored(variant_id: int) -> list[tuple[str, str, str | None, str]]:
    """(price, first day, last day, the source's kind and date) of each period, oldest first."""
    rows = db.session.scalars(
        select(AcquisitionPrice)
        .where(AcquisitionPrice.variant_id == variant_id)
        .order_by(AcquisitionPrice.effective_on)
    )
    return [
        (
            str(row.price.normalize()),
            str(row.effective_on),
            row.ends_on and str(row.ends_on),
            row.source.split(", ")[-1],
        )
        for row in rows
    ]


def counts(output: str) -> dict[str, int]:
    return {
        words: int(count.replace(",", "")) for count, words in re.findall(r"^ +([\d,]+)  (.+)$", output, re.M)
    }


WEEKLY, HISTORY = "weekly file of 2015-06-17", "price history of 2020-03-01"


def test_a_weekly_file_prices_a_strength_by_what_most_of_its_packs_share(tablet, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [
        line(A, 0.18159, "05/20/2015"), line(B, 0.18159), line(C, 0.2), line("99999999999", 3.0),
    ]))  # fmt: skip
    assert stored(tablet) == [("0.18159", "2015-05-20", None, WEEKLY)]
    assert "w.xlsx: 4 lines" in said
    assert counts(said) == {"priced a pack we know": 3, "no such pack in the catalogue": 1}
    assert "Periods: 1 added, 0 changed, 0 removed" in said


def test_both_kinds_in_one_call_come_to_one_timeline(tablet, imported, tmp_path):
    old = weekly(tmp_path / "w.xlsx", [line(A, 0.18159)])
    new = history(tmp_path / "h.parquet", [
        period(A, "2020-01-01", "2020-02-29", 0.05), period(B, "2020-01-01", "2020-02-29", 0.05),
        period(C, "2020-01-15", "2020-02-29", 0.04), period(A, "2020-03-01", None, 0.06),
    ])  # fmt: skip
    imported(new, old)
    together = stored(tablet)
    assert together == [
        ("0.18159", "2015-06-17", "2019-12-31", WEEKLY),
        ("0.05", "2020-01-01", "2020-02-29", HISTORY),
        ("0.06", "2020-03-01", None, HISTORY),
    ]
    assert "Nothing changed." in imported(old)
    assert "Nothing changed." in imported(new)
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
    assert "0 added, 0 changed, 0 removed, 1 as before.\nNothing changed." in imported(file)
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
    assert "Periods: 1 added, 1 changed, 0 removed" in said
    assert "0 strengths have a first price, 0 a higher and 1 a lower one" in said
    assert "Baclofen tablet 10 mg: $0.18159 → $0.06" in said
    assert "Nothing was written" in said
    assert stored(tablet) == before


def test_a_corrected_file_of_the_same_day_replaces_what_the_first_one_said(tablet, imported, tmp_path):
    imported(
        history(
            tmp_path / "h", [period(A, "2020-01-01", "2020-02-29", 0.05), period(A, "2020-03-01", None, 0.06)]
        )
    )
    said = imported(history(tmp_path / "h", [period(A, "2020-03-01", None, 0.07)]))
    assert "Periods: 0 added, 1 changed, 1 removed" in said
    assert stored(tablet) == [("0.07", "2020-03-01", None, HISTORY)]


def test_a_price_entered_by_hand_gives_way_to_a_newer_survey_only(tablet, imported, tmp_path):
    with transaction() as session:
        session.add(AcquisitionPrice(
            variant_id=tablet, price=Decimal("0.03"), effective_on=date(2019, 1, 1), source="a price list",
        ))  # fmt: skip
    imported(weekly(tmp_path / "w.xlsx", [line(A, 0.18159)]))
    assert stored(tablet)[-1][:2] == ("0.03", "2019-01-01")
    imported(
        history(
            tmp_path / "h", [period(A, "2018-03-01", "2020-02-29", 0.05), period(A, "2020-03-01", None, 0.06)]
        )
    )
    assert [row[:2] for row in stored(tablet)] == [
        ("0.18159", "2015-06-17"), ("0.05", "2018-03-01"), ("0.06", "2020-03-01"),
    ]  # fmt: skip


# --- Lines --------------------------------------------------------------------------------------------------


def test_a_malformed_line_is_reported_with_its_number_and_costs_only_itself(tablet, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [
        line("0000-0001-01", 1.0), line(A, "cheap"), line(A, 0.0), line(A, -1.0), line(A, 0.123456),
        line(A, 1e9), line(A, 0.1, "31/12/2015"), line(A, 0.1, "06/17/1815"), line(A, 0.1, "06/17/2099"),
        line(A, 0.1, unit="BOX"), line(None, None, None, None), line(B, "0.18159", "2015-06-17", " ea "),
    ], header_row=7), "--report", tmp_path / "faults.csv")  # fmt: skip
    assert stored(tablet) == [("0.18159", "2015-06-17", None, WEEKLY)]
    assert counts(said) == {"priced a pack we know": 1, "could not be read": 11}
    assert "line 8: the NDC is not 11 digits" in said
    with (tmp_path / "faults.csv").open() as file:
        written = list(csv.reader(file))
    assert [(row[1], row[2].split(" ", 3)[:3]) for row in written[1:]] == [
        ("8", ["the", "NDC", "is"]), ("9", ["the", "price", "is"]), ("10", ["the", "price", "is"]),
        ("11", ["the", "price", "is"]), ("12", ["the", "price", "has"]), ("13", ["the", "price", "is"]),
        ("14", ["the", "effective", "date"]), ("15", ["the", "effective", "date"]),
        ("16", ["the", "effective", "date"]), ("17", ["the", "pricing", "unit"]),
        ("18", ["the", "NDC", "is"]),
    ]  # fmt: skip


def test_rows_of_a_history_are_checked_as_well(tablet, imported, tmp_path):
    said = imported(history(tmp_path / "h", [
        period("123", "2020-01-01", None, 1.0), period(A, "2020-01-02", "2020-01-01", 1.0),
        period(A, "2020-01-01", None, None), period(A, "2020-01-01", None, float("nan")),
        period(A, "2020-01-01", None, float("inf")), (A, None, None, 1.0),
        (None, date(2020, 1, 1), None, 1.0),
        (A, date(2020, 3, 1), None, 0.00011),
    ]))  # fmt: skip
    assert counts(said) == {"priced a pack we know": 1, "could not be read": 7}
    assert "line 2: it ends before it begins" in said
    assert stored(tablet) == [("0.00011", "2020-03-01", None, HISTORY)]


def test_repeats_count_once_and_of_contradictions_the_first_line_counts(tablet, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 0.1), line(A, 0.1), line(A, 0.2)]))
    assert counts(said) == {
        "priced a pack we know": 1, "said the same once more": 1, "contradicted an earlier line": 1,
    }  # fmt: skip
    assert "line 7: contradicted an earlier line" in said
    assert stored(tablet)[0][0] == "0.1"


def test_the_same_file_twice_in_one_call_counts_once(tablet, imported, tmp_path):
    file = weekly(tmp_path / "w.xlsx", [line(A, 0.1)])
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(file.read_bytes())
    said = imported(file, copy, file)
    assert said.count("1 lines") == 2
    assert counts(said)["said the same once more"] == 1
    assert len(stored(tablet)) == 1


def test_where_periods_of_one_pack_overlap_the_later_one_counts(tablet, imported, tmp_path):
    imported(
        history(tmp_path / "h", [period(A, "2020-01-01", None, 0.1), period(A, "2020-03-01", None, 0.2)])
    )
    assert [row[:3] for row in stored(tablet)] == [
        ("0.1", "2020-01-01", "2020-02-29"), ("0.2", "2020-03-01", None),
    ]  # fmt: skip


# --- Units --------------------------------------------------------------------------------------------------


@pytest.fixture
def syrup(context) -> int:
    variant_id = make_variant("Lactulose", "10 g", form="solution", unit="mL")
    pack(variant_id, A, B, size=473)
    return variant_id


def test_a_price_in_another_unit_is_left_out_and_counted(syrup, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 9.0, unit="EA"), line(B, 0.02, unit="ML")]))
    assert counts(said) == {"priced a pack we know": 1, "priced in another unit than we sell in": 1}
    assert stored(syrup)[0][0] == "0.02"


def test_a_history_prices_a_liquid_only_where_a_weekly_file_of_the_call_names_its_unit(
    syrup, imported, tmp_path
):
    long = history(tmp_path / "h", [
        period(A, "2020-01-01", "2020-02-29", 0.02), period(B, "2020-01-01", None, 9.0),
        period(A, "2020-03-01", None, 0.03),
    ])  # fmt: skip
    assert counts(imported(long)) == {"no unit stated, and not counted in pills": 3}
    assert stored(syrup) == []
    units = weekly(tmp_path / "w.xlsx", [line(A, 0.01, unit="ML"), line(B, 8.0, unit="EA")])
    said = imported(long, units)
    assert counts(said.partition("h: ")[2]) == {
        "priced a pack we know": 2,
        "priced in another unit than we sell in": 1,
    }
    assert [row[0] for row in stored(syrup)] == ["0.01", "0.02", "0.03"]


def test_what_is_sold_by_the_pack_is_priced_where_the_pack_holds_one(context, imported, tmp_path):
    patch = make_variant("Estradiol", "1 mg", form="patch", unit="pack")
    pack(patch, A, size=1)
    pack(patch, B, size=8)
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 12.5), line(B, 11.0)]))
    assert counts(said) == {"priced a pack we know": 1, "priced in another unit than we sell in": 1}
    assert stored(patch)[0][0] == "12.5"


# --- What follows -------------------------------------------------------------------------------------------


def test_prices_made_by_rule_follow_and_fixed_ones_stay(context, imported, tmp_path):
    ruled, fixed = make_variant("Baclofen", price=None), make_variant("Amlodipine", price="0.40")
    pack(ruled, A)
    pack(fixed, B)
    with transaction():
        pricing.set_rule(None, Rule(mark_up=Decimal("1"), fee=Decimal(0)), None, now())
        pricing.price_by_rule([ruled], None, now())
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 0.25), line(B, 0.3)]))
    assert "Prices made by rule: 1 of 1 change (0 rise, 0 fall, 1 are new, 0 are lost)." in said
    assert db.session.get(Variant, ruled).price == Decimal("0.50")
    assert db.session.get(Variant, fixed).price == Decimal("0.40")
    said = imported("--dry-run", weekly(tmp_path / "x.xlsx", [line(A, 0.3)], title="as of 07/01/2015"))
    assert "1 of 1 change (1 rise" in said
    assert db.session.get(Variant, ruled).price == Decimal("0.50")


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
    assert stored(tablet) == [("0.1", "2015-05-20", None, "weekly file of 2015-06-03")]


def test_leading_zeros_that_a_number_cell_lost_are_put_back(tablet, imported, tmp_path):
    imported(weekly(tmp_path / "w.xlsx", [line(101, 0.1)]))
    assert len(stored(tablet)) == 1
