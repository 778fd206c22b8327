"""What stops an approval, what needs the pharmacist, and what passes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shop.patients.rules import same_name
from shop.prescriptions.verification.checks import all_checks, unmet
from shop.prescriptions.verification.typed import ForPatient, Grounds, Medicine, Typed, TypedItem, Verdict

TODAY = date(2026, 11, 22)
BACLOFEN = Medicine("Baclofen tablet 10 mg", prescription_required=True, controlled=False)
ITEM = TypedItem(
    variant_id=1, quantity=90, refills=1, days_supply=30, directions="1 tablet three times a day"
)
GOOD = Typed(
    "Ada Specimen",
    None,
    "Ivor Sample, MD",
    "1234567893",
    date(2026, 11, 16),
    True,
    (ITEM,),
    prescriber_address="1 Example Road, Springfield, NY 10001",
    prescriber_phone="(555) 555-0111",
)


ADA = ForPatient("Ada Specimen", date(1988, 5, 4), 1)
BO = replace(ADA, name="Bo Placeholder")


def grounds(**changes):
    medicine = replace(BACLOFEN, **{key: changes.pop(key) for key in list(changes) if hasattr(BACLOFEN, key)})
    return replace(Grounds(ADA, {1: medicine}, {}, 365, TODAY), **changes)


def in_the_way(typed=GOOD, outcomes=None, **changes):
    return [
        (check.key, check.verdict.value)
        for check in unmet(all_checks(typed, grounds(**changes)), outcomes or {})
    ]


def item(**changes):
    return replace(GOOD, items=(replace(ITEM, **changes),))


def test_nothing_stands_in_the_way_of_a_complete_prescription():
    checks = all_checks(GOOD, grounds())
    assert {check.verdict for check in checks} == {Verdict.PASSED}
    assert {check.key for check in checks} >= {
        "patient",
        "npi",
        "date",
        "signature",
        "stated-0",
        "substance-0",
    }


@pytest.mark.parametrize(
    ("typed", "key", "about"),
    [
        (replace(GOOD, patient_name=" "), "patient", "patient_name"),
        (replace(GOOD, patient_birth_date=TODAY + timedelta(days=1)), "birth", "patient_birth_date"),
        (replace(GOOD, patient_birth_date=date(1, 3, 2)), "birth", "patient_birth_date"),
        (replace(GOOD, prescriber_name=""), "prescriber", "prescriber_name"),
        (replace(GOOD, prescriber_npi=""), "npi", "prescriber_npi"),
        (replace(GOOD, prescriber_npi="1234567890"), "npi", "prescriber_npi"),
        (replace(GOOD, issued_on=None), "date", "issued_on"),
        (replace(GOOD, issued_on=TODAY + timedelta(days=1)), "date", "issued_on"),
        (replace(GOOD, issued_on=TODAY - timedelta(days=366)), "date", "issued_on"),
        (replace(GOOD, signed=False), "signature", "signed"),
        (replace(GOOD, items=()), "items", "items-0-variant_id"),
        (item(variant_id=None), "medicine-0", "items-0-variant_id"),
        (item(variant_id=7), "medicine-0", "items-0-variant_id"),
        (item(quantity=None), "quantity-0", "items-0-quantity"),
        (item(quantity=0), "quantity-0", "items-0-quantity"),
        (item(quantity=4001), "quantity-0", "items-0-quantity"),
        (item(quantity=1001), "packs-0", "items-0-quantity"),
        (item(refills=None), "refills-0", "items-0-refills"),
        (item(refills=-1), "refills-0", "items-0-refills"),
        (item(directions=" "), "directions-0", "items-0-directions"),
    ],
)
def test_what_is_missing_or_wrong_stops_and_names_its_field(typed, key, about):
    found = unmet(all_checks(typed, grounds()), {})
    (check,) = [check for check in found if check.verdict is Verdict.STOPS]
    assert (check.key, check.verdict, check.about) == (key, Verdict.STOPS, about)


def test_refills_that_are_not_stated_are_asked_for_and_never_zero():
    (check,) = unmet(all_checks(item(refills=None), grounds()), {})
    assert (check.key, check.verdict) == ("refills-0", Verdict.STOPS)
    assert in_the_way(item(refills=0)) == []


def test_the_last_day_of_its_life_still_counts():
    assert in_the_way(replace(GOOD, issued_on=TODAY - timedelta(days=365))) == []


def test_a_controlled_substance_stops():
    assert in_the_way(controlled=True) == [("substance-0", "stops")]


def test_a_medicine_without_prescription_may_be_prescribed():
    assert in_the_way(prescription_required=False) == []


def test_a_medicine_withdrawn_from_sale_stops_with_its_day():
    assert in_the_way(sale_refusal="not_listed", withdrawn_on=TODAY) == [("sale-0", "stops")]


def test_one_medicine_entered_twice_stops():
    assert in_the_way(replace(GOOD, items=(ITEM, ITEM))) == [("twice-1", "stops")]


def test_brand_and_generic_of_one_medicine_are_twice_too():
    brand = replace(ITEM, variant_id=2)
    same = {1: replace(BACLOFEN, same_as=frozenset({2})), 2: replace(BACLOFEN, same_as=frozenset({1}))}
    assert in_the_way(replace(GOOD, items=(ITEM, brand)), medicines=same) == [("twice-1", "stops")]
    other = {1: BACLOFEN, 2: BACLOFEN}
    assert in_the_way(replace(GOOD, items=(ITEM, brand)), medicines=other) == []


@pytest.mark.parametrize(
    ("changes", "key", "outcome"),
    [
        ({"patient": BO}, "patient", "name_changed"),
        ({"sale_refusal": "other_market"}, "sale-0", "record_only"),
        ({"sale_refusal": "not_listed"}, "sale-0", "admin_decides"),
        ({"not_by_mail": "must stay cold", "sale_refusal": "not_by_mail"}, "mail-0", "record_only"),
        ({"left": {1: 60}}, "duplicate-0", "continues"),
    ],
)
def test_what_needs_the_pharmacist_is_settled_by_one_of_its_own_outcomes(changes, key, outcome):
    assert in_the_way(**changes) == [(key, "needs")]
    assert in_the_way(outcomes={key: "something else"}, **changes) == [(key, "needs")]
    assert in_the_way(outcomes={"another": outcome}, **changes) == [(key, "needs")]
    assert in_the_way(outcomes={key: outcome}, **changes) == []


def test_an_outcome_does_not_settle_what_stops():
    assert in_the_way(replace(GOOD, signed=False), {"signature": "same_person"}) == [("signature", "stops")]


def test_what_stops_comes_first_and_what_passed_last():
    verdicts = [check.verdict for check in all_checks(item(refills=None), grounds(patient=BO))]
    assert verdicts == sorted(verdicts, key=["stops", "needs", "passed"].index)
    assert set(verdicts) == set(Verdict) - {Verdict.ADVICE}  # that comes from the review


def test_every_check_names_its_source():
    assert all(check.source for check in all_checks(GOOD, grounds()))


def test_nobody_chosen_stops():
    assert in_the_way(patient=None) == [("patient", "stops")]


@pytest.mark.parametrize(
    ("written", "on_file", "verdict"),
    [
        (date(1988, 5, 4), date(1988, 5, 4), []),
        (date(1988, 4, 5), date(1988, 5, 4), [("same_birth", "needs")]),
        (date(1988, 5, 4), None, [("same_birth", "needs")]),
        (None, date(1988, 5, 4), []),
        (None, None, [("birth", "needs")]),
    ],
)
def test_a_birth_date_that_differs_from_the_patients_needs_the_pharmacist(written, on_file, verdict):
    typed, patient = replace(GOOD, patient_birth_date=written), replace(ADA, born=on_file)
    assert in_the_way(typed, patient=patient) == verdict
    outcomes = {"same_birth": "asked_customer", "birth": "adult"}
    assert in_the_way(typed, outcomes, patient=patient) == []


@pytest.mark.parametrize(("days", "found"), [(10, []), (11, [("supply-0", "needs")])])
def test_a_new_prescription_does_not_open_what_would_be_too_early(days, found):
    assert in_the_way(lasts={1: TODAY + timedelta(days=days)}) == found
    assert in_the_way(outcomes={"supply-0": "dose_changed"}, lasts={1: TODAY + timedelta(days=days)}) == []


def test_a_child_on_file_is_a_child_although_the_document_states_no_birth_date():
    assert in_the_way(patient=replace(ADA, born=date(2019, 1, 1))) == [("birth", "needs")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Specimen", "ada specimen", True),
        ("Specimen, Ada", "Ada Specimen", True),
        ("Ada  Specimen ", "Ada Specimen", True),
        ("Ada Specimen", "Bo Specimen", False),
        ("", "Ada Specimen", False),
    ],
)
def test_a_name_is_its_words(one, other, same):
    assert same_name(one, other) is same
