"""Each line of a survey is accounted for: malformed, repeated, contradictory, in another unit."""

import csv
import re
from datetime import date

import pytest

from shop.imports.nadac.consensus import Outcome
from shop.imports.nadac.rows import Fault
from tests.factories import make_pack, make_variant
from tests.integration.imports.nadac_files import history, line, period, weekly
from tests.integration.imports.nadac_store import HISTORY, WEEKLY, A, B, counts, pack, stored


def test_a_malformed_line_is_reported_with_its_number_and_costs_only_itself(tablet, imported, tmp_path):
    said = imported(
        weekly(
            tmp_path / "w.xlsx",
            [
                line("000-0001-01", 1.0),
                line(A, "cheap"),
                line(A, 0.0),
                line(A, -1.0),
                line(A, 0.123456),
                line(A, 1e9),
                line(A, 0.1, "31/12/2015"),
                line(A, 0.1, "06/17/1815"),
                line(A, 0.1, "06/17/2099"),
                line(A, 0.1, unit="BOX"),
                line(None, None, None, None),
                line(B, "0.18159", "2015-06-17", " ea "),
            ],
            header_row=7,
        ),
        "--report",
        tmp_path / "faults.csv",
    )
    assert stored(tablet) == [("0.18159", "2015-06-17", None, WEEKLY)]
    assert counts(said) == {Outcome.COUNTED: 1, Outcome.UNREADABLE: 11}
    assert f"line 8: {Fault.NDC}" in said
    with (tmp_path / "faults.csv").open() as file:
        written = list(csv.reader(file))
    assert [tuple(row[1:]) for row in written[1:]] == [
        ("8", Fault.NDC),
        ("9", Fault.PRICE),
        ("10", Fault.NOT_POSITIVE),
        ("11", Fault.NOT_POSITIVE),
        ("12", Fault.DECIMALS),
        ("13", Fault.TOO_LARGE),
        ("14", Fault.DAY_FIRST),
        ("15", Fault.DATE_RANGE),
        ("16", Fault.DATE_RANGE),
        ("17", Fault.UNIT),
        ("18", Fault.NDC),
    ]


def test_rows_of_a_history_are_checked_as_well(tablet, imported, tmp_path):
    said = imported(
        history(
            tmp_path / "h",
            [
                period("123", "2020-01-01", None, 1.0),
                period(A, "2020-01-02", "2020-01-01", 1.0),
                period(A, "2020-01-01", None, None),
                period(A, "2020-01-01", None, float("nan")),
                period(A, "2020-01-01", None, float("inf")),
                (A, None, None, 1.0),
                (None, date(2020, 1, 1), None, 1.0),
                (A, date(2020, 3, 1), None, 0.00011),
            ],
        )
    )
    assert counts(said) == {Outcome.COUNTED: 1, Outcome.UNREADABLE: 7}
    assert f"line 2: {Fault.ENDS_EARLY}" in said
    assert stored(tablet) == [("0.00011", "2020-03-01", None, HISTORY)]


def test_repeats_count_once_and_of_contradictions_the_first_line_counts(tablet, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 0.1), line(A, 0.1), line(A, 0.2)]))
    assert counts(said) == {
        Outcome.COUNTED: 1,
        Outcome.REPEATED: 1,
        Outcome.CONTRADICTS: 1,
    }
    assert f"line 7: {Outcome.CONTRADICTS}" in said
    assert stored(tablet)[0][0] == "0.1"


def test_the_same_file_twice_in_one_call_counts_once(tablet, imported, tmp_path):
    file = weekly(tmp_path / "w.xlsx", [line(A, 0.1)])
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(file.read_bytes())
    said = imported(file, copy, file)
    assert re.findall(r"^(\S+\.xlsx): 1 ", said, re.MULTILINE) == ["w.xlsx", "copy.xlsx"]
    assert counts(said)[Outcome.REPEATED] == 1
    assert len(stored(tablet)) == 1


def test_where_periods_of_one_pack_overlap_the_later_one_counts(tablet, imported, tmp_path):
    imported(
        history(tmp_path / "h", [period(A, "2020-01-01", None, 0.1), period(A, "2020-03-01", None, 0.2)])
    )
    assert [row[:3] for row in stored(tablet)] == [
        ("0.1", "2020-01-01", "2020-02-29"),
        ("0.2", "2020-03-01", None),
    ]


@pytest.fixture
def syrup(context) -> int:
    variant_id = make_variant("Lactulose", "10 g", form="solution", unit="mL")
    pack(variant_id, A, B, size=473)
    return variant_id


def test_a_price_in_another_unit_is_left_out_and_counted(syrup, imported, tmp_path):
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 9.0, unit="EA"), line(B, 0.02, unit="ML")]))
    assert counts(said) == {
        Outcome.COUNTED: 1,
        Outcome.OTHER_UNIT: 1,
    }
    assert stored(syrup)[0][0] == "0.02"


def test_a_history_prices_a_liquid_only_where_a_weekly_file_of_the_call_names_its_unit(
    syrup, imported, tmp_path
):
    long = history(
        tmp_path / "h",
        [
            period(A, "2020-01-01", "2020-02-29", 0.02),
            period(B, "2020-01-01", None, 9.0),
            period(A, "2020-03-01", None, 0.03),
        ],
    )
    assert counts(imported(long)) == {Outcome.UNIT_NOT_STATED: 3}
    assert stored(syrup) == []
    units = weekly(tmp_path / "w.xlsx", [line(A, 0.01, unit="ML"), line(B, 8.0, unit="EA")])
    said = imported(long, units)
    assert counts(said.partition("h: ")[2]) == {
        Outcome.COUNTED: 2,
        Outcome.OTHER_UNIT: 1,
    }
    assert [row[0] for row in stored(syrup)] == ["0.01", "0.02", "0.03"]


def test_what_is_sold_by_the_pack_is_priced_where_the_pack_holds_one(context, imported, tmp_path):
    patch = make_variant("Estradiol", "1 mg", form="patch", unit="pack")
    pack(patch, A, size=1)
    pack(patch, B, size=8)
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 12.5), line(B, 11.0)]))
    assert counts(said) == {
        Outcome.COUNTED: 1,
        Outcome.OTHER_UNIT: 1,
    }
    assert stored(patch)[0][0] == "12.5"


def test_nobody_knows_whether_an_inhaler_is_surveyed_whole_or_by_the_dose(context, imported, tmp_path):
    inhaler = make_variant("Fluticasone and salmeterol", "250 mcg", form="inhalation powder", unit="pack")
    make_pack(inhaler, 1, ndc=A, ndc11=A, description="1 INHALER in 1 CARTON > 60 POWDER in 1 INHALER")
    make_pack(inhaler, 1, ndc=B, ndc11=B, description="1 INHALER in 1 CARTON")
    said = imported(weekly(tmp_path / "w.xlsx", [line(A, 5.2), line(B, 312.0)]))
    assert counts(said) == {Outcome.COUNTED: 1, Outcome.OTHER_UNIT: 1}
    assert stored(inhaler)[0][0] == "312"
