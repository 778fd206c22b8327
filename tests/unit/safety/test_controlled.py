"""Which substances are controlled, from flags that labelers forget and mistake."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.imports.ndc.admission import Refused, refusal
from shop.imports.ndc.files import PRODUCT_COLUMNS
from shop.imports.ndc.rows import MalformedRow, product_row
from shop.safety.controlled import Evidence, Exceptions, decide, reviewed_exceptions

OPIUM = {"SUBSTANCENAME": "OPIUM"}
UNSTATED = {"SUBSTANCENAME": "", "ACTIVE_NUMERATOR_STRENGTH": "", "ACTIVE_INGRED_UNIT": ""}
NOTHING = Exceptions(frozenset(), frozenset())


def decided(*rows, exceptions=NOTHING):
    evidence = Evidence()
    for substances, schedule in rows:
        evidence.observe(substances, schedule)
    return decide(evidence, exceptions)


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


def test_one_flag_is_enough_for_every_row_of_the_substance():
    decision = decided((["PREGABALIN"], ""), (["PREGABALIN"], "CV"), (["PREGABALIN"], ""))

    assert decision.controls(["PREGABALIN"]) == "pregabalin"


def test_every_salt_of_a_controlled_substance_is_controlled():
    decision = decided((["CODEINE SULFATE"], "CII"))

    assert decision.controls(["GUAIFENESIN", "CODEINE PHOSPHATE"]) == "codeine"


def test_what_stands_beside_a_controlled_substance_is_not_controlled():
    decision = decided(
        (["OXYCODONE HYDROCHLORIDE"], "CII"),
        (["ACETAMINOPHEN", "OXYCODONE HYDROCHLORIDE"], "CII"),
        (["ACETAMINOPHEN"], ""),
    )

    assert decision.controls(["ACETAMINOPHEN"]) is None
    assert decision.controls(["ACETAMINOPHEN", "OXYCODONE HYDROCHLORIDE"]) == "oxycodone"


def test_a_flag_nobody_alone_explains_falls_on_what_no_blank_row_contains():
    decision = decided((["ATROPINE SULFATE", "DIFENOXIN"], "CIV"), (["ATROPINE SULFATE"], ""))

    assert decision.substances == {"difenoxin"}


def test_a_flag_that_falls_on_nothing_is_listed_for_a_person_to_read():
    decision = decided((["AVOBENZONE", "OXYBENZONE"], "CV"), (["AVOBENZONE", "OXYBENZONE"], ""))

    assert decision.substances == frozenset()
    assert decision.unexplained == (frozenset({"avobenzone", "oxybenzone"}),)


def test_a_reviewed_slip_does_not_make_aspirin_controlled():
    decision = decided((["ASPIRIN"], "CIV"), (["ASPIRIN"], ""), exceptions=reviewed_exceptions())

    assert decision.controls(["ASPIRIN"]) is None
    assert decision.controls(["BUTALBITAL"]) == "butalbital"


@pytest.mark.parametrize("substance", ["ELUXADOLINE", "ESKETAMINE HYDROCHLORIDE"])
def test_a_scheduled_substance_is_controlled_though_no_row_says_so(substance):
    decision = decided(([substance], ""), exceptions=reviewed_exceptions())

    assert decision.controls([substance])


def test_every_reviewed_exception_has_a_reason():
    import tomllib

    from shop.safety.controlled import EXCEPTIONS

    data = tomllib.loads(EXCEPTIONS.read_text("utf-8"))
    for entry in [*data["always"], *data["slips"]]:
        assert len(entry["reason"]) > 20, entry
        assert entry["substance"] == entry["substance"].lower()


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=3), st.sampled_from(["", "CII"]))
    )
)
def test_the_order_of_rows_never_decides(rows):
    assert decided(*rows).substances == decided(*reversed(rows)).substances


@given(
    st.lists(
        st.tuples(st.lists(st.sampled_from("ABCDE"), min_size=1, max_size=3), st.sampled_from(["", "CII"]))
    )
)
def test_a_substance_that_is_flagged_alone_is_always_controlled(rows):
    decision = decided(*rows)
    for substances, schedule in rows:
        if schedule and len(set(substances)) == 1:
            assert decision.controls(substances)


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
    ],
)
def test_the_first_reason_keeps_a_row_out(said, include, reason):
    decision = decided((["OPIUM"], "CII"))

    assert refusal(product_row(fields(**said)), decision, include) is reason


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
