"""Which rows of the directory are kept out, and the first reason why."""

import pytest

from shop.imports.ndc.admission import Refused, controlled_finding, refusal
from shop.imports.ndc.files import PRODUCT_COLUMNS
from shop.imports.ndc.rows import MalformedRow, product_row

OPIUM = {"SUBSTANCENAME": "OPIUM"}
UNSTATED = {"SUBSTANCENAME": "", "ACTIVE_NUMERATOR_STRENGTH": "", "ACTIVE_INGRED_UNIT": ""}


def fields(**said):
    usual = {
        "PRODUCTID": "0001-0001_a",
        "PRODUCTNDC": "0001-0001",
        "PRODUCTTYPENAME": "HUMAN PRESCRIPTION DRUG",
        "PROPRIETARYNAME": "Baclofen",
        "NONPROPRIETARYNAME": "baclofen",
        "DOSAGEFORMNAME": "TABLET",
        "ROUTENAME": "ORAL",
        "STARTMARKETINGDATE": "20100101",
        "MARKETINGCATEGORYNAME": "ANDA",
        "LABELERNAME": "Example Labs",
        "SUBSTANCENAME": "BACLOFEN",
        "ACTIVE_NUMERATOR_STRENGTH": "10",
        "ACTIVE_INGRED_UNIT": "mg/1",
        "NDC_EXCLUDE_FLAG": "N",
    } | said
    return [usual.get(name, "") for name in PRODUCT_COLUMNS]


def test_a_substance_flagged_elsewhere_in_the_file_is_refused_in_every_row() -> None:
    row = product_row(fields(SUBSTANCENAME="NEWDRUG SODIUM"))
    assert controlled_finding(row, {"newdrug"}) is not None
    assert controlled_finding(row) is None


@pytest.mark.parametrize(
    ("said", "include", "reason"),
    [
        ({}, (), None),
        ({"NDC_EXCLUDE_FLAG": "E"}, (), Refused.EXCLUDED),
        ({"NDC_EXCLUDE_FLAG": "E", "DEASCHEDULE": "CII"}, (), Refused.EXCLUDED),
        ({"DEASCHEDULE": "CII"}, (), Refused.CONTROLLED),
        (OPIUM | {"MARKETINGCATEGORYNAME": "UNAPPROVED HOMEOPATHIC"}, (), Refused.CONTROLLED),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED HOMEOPATHIC"}, (), Refused.HOMEOPATHIC),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED HOMEOPATHIC"}, ("unapproved",), Refused.HOMEOPATHIC),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED HOMEOPATHIC"}, ("homeopathic",), None),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED DRUG OTHER"}, (), Refused.UNAPPROVED),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED MEDICAL GAS"}, (), Refused.UNAPPROVED),
        ({"MARKETINGCATEGORYNAME": "UNAPPROVED DRUG OTHER"}, ("unapproved",), None),
        ({"PRODUCTTYPENAME": "VACCINE"}, (), Refused.NOT_BY_MAIL),
        ({"PRODUCTTYPENAME": "NON-STANDARDIZED ALLERGENIC"}, (), Refused.NOT_BY_MAIL),
        (UNSTATED | {"NONPROPRIETARYNAME": "opium tincture kit"}, (), Refused.CONTROLLED),
        ({"PROPRIETARYNAME": "Percocet"}, (), Refused.CONTROLLED),
        ({"SUBSTANCENAME": "NOVAZOLAM"}, (), Refused.UNDECIDED),
    ],
)
def test_the_first_reason_keeps_a_row_out(said, include, reason):
    row = product_row(fields(**said))

    assert refusal(row, controlled_finding(row), include) is reason


@pytest.mark.parametrize(
    "said",
    [
        {"PRODUCTNDC": "00010001"},
        {"STARTMARKETINGDATE": "20101301"},
        {"ENDMARKETINGDATE": "tomorrow"},
        {"ACTIVE_NUMERATOR_STRENGTH": "ten"},
        {"ACTIVE_NUMERATOR_STRENGTH": "10; 20"},
        {"ACTIVE_INGRED_UNIT": ""},
        {"LABELERNAME": ""},
        {"PRODUCTID": ""},
        UNSTATED | {"NONPROPRIETARYNAME": ""},
    ],
)
def test_a_row_that_says_something_impossible_is_malformed(said):
    with pytest.raises(MalformedRow):
        product_row(fields(**said))


def test_a_missing_strength_is_no_error():
    row = product_row(fields(ACTIVE_NUMERATOR_STRENGTH="", ACTIVE_INGRED_UNIT=""))
    assert row.amounts == ()
