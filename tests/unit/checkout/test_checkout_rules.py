"""What stands in the way of a line, as a table, and how long a lot has to last."""

from dataclasses import replace
from datetime import date

import pytest

from shop.checkout.rules import chargeable, clears_at, supply_days, verdict
from shop.checkout.verdicts import SEND_ONE, LineFacts, State
from shop.stock.rules import outlasts

OTC = LineFacts(
    quantity=60,
    sale_refusal=None,
    not_by_mail=None,
    available=1000,
    prescription_required=False,
    signed_in=False,
)
RX = replace(OTC, prescription_required=True, signed_in=True)
APPROVED = replace(RX, coverage="approved", now=90)
DECEMBER_3 = date(2026, 12, 3)

TABLE = [
    # what is different                                             what stands in the way
    (OTC, "ok"),
    (replace(OTC, signed_in=True), "ok"),
    (replace(OTC, available=60), "ok"),
    (replace(OTC, available=59), "out_of_stock"),
    (replace(OTC, available=0), "out_of_stock"),
    (replace(OTC, in_packs=False, packs=(24, 100)), "not_in_packs"),
    (replace(OTC, in_packs=False, available=0), "not_in_packs"),
    (replace(OTC, sale_refusal="not_listed"), "not_for_sale"),
    (replace(OTC, sale_refusal="no_price"), "not_for_sale"),
    (replace(OTC, sale_refusal="other_market"), "not_for_sale"),
    (replace(OTC, sale_refusal="not_by_mail", not_by_mail="it must stay cold"), "not_for_sale"),
    (replace(OTC, barred="We may not send it to AL: it is controlled there."), "barred_there"),
    (replace(OTC, over_limit=("Too much of it.", "Choose 24 or fewer.")), "over_limit"),
    (replace(RX, signed_in=False), "sign_in_first"),
    (replace(RX, coverage="none"), "send_prescription"),
    (replace(RX, coverage="waiting"), "waiting"),
    (replace(RX, coverage="checking"), "checking"),
    (replace(RX, coverage="file_refused"), "file_refused"),
    (replace(RX, coverage="asked"), "asked"),
    (replace(RX, coverage="refused"), "refused"),
    (replace(RX, coverage="transferred"), "transferred"),
    (replace(RX, coverage="expired"), "expired"),
    (replace(RX, coverage="too_early", next_units=90, next_fill_on=DECEMBER_3), "too_early"),
    (replace(RX, coverage="not_yet", next_units=90, next_fill_on=DECEMBER_3), "too_early"),
    (replace(RX, coverage="days_unknown"), "too_early"),
    (replace(APPROVED, patient_known=False), "choose_patient"),
    (replace(RX, signed_in=False, patient_known=False), "sign_in_first"),
    (APPROVED, "ok"),
    (replace(APPROVED, stopped=True), "review_stops"),
    (replace(RX, coverage="used_up", stopped=True), "used_up"),
    (replace(APPROVED, now=60), "ok"),
    (replace(APPROVED, now=59), "more_than_fill"),
    (replace(APPROVED, now=59, next_units=90, next_fill_on=DECEMBER_3), "more_than_fill"),
    (replace(APPROVED, quantity=28, now=24, packs=(28,), smallest=28), "more_than_fill"),
    (replace(RX, coverage="used_up"), "used_up"),
    (replace(RX, coverage="something new"), "send_prescription"),
    # of several hindrances, the first is said: nobody sends a prescription for what cannot be had
    (replace(RX, sale_refusal="other_market", available=0), "not_for_sale"),
    (replace(RX, available=0, signed_in=False), "out_of_stock"),
    (replace(OTC, available=0, over_limit=("Too much of it.", "Remove it.")), "over_limit"),
]


@pytest.mark.parametrize(("facts", "state"), TABLE)
def test_a_line_is_refused_for_the_first_thing_in_its_way(facts: LineFacts, state: str) -> None:
    assert verdict(facts).state == state


@pytest.mark.parametrize(
    ("facts", "most"),
    [
        (APPROVED, 0),
        (replace(APPROVED, now=30), 30),
        (replace(APPROVED, now=0), 0),
        (replace(APPROVED, now=59, available=60), 59),
        (replace(APPROVED, available=45), 45),
        (replace(OTC, available=0), 0),
        (replace(RX, coverage="used_up"), 0),
    ],
)
def test_fewer_units_clear_a_line_where_they_do(facts: LineFacts, most: int) -> None:
    assert clears_at(verdict(facts).state, facts) == most


def test_fewer_than_a_pack_is_never_what_to_choose() -> None:
    """Packs of 28 of which 24 are covered: “choose 24 or fewer” would lead nowhere."""
    pack = replace(APPROVED, quantity=28, now=24, packs=(28,), smallest=28)
    assert verdict(pack).todo != verdict(replace(pack, smallest=1)).todo


def test_every_state_occurs_in_the_table() -> None:
    assert {state for _, state in TABLE} == {state.value for state in State}


@pytest.mark.parametrize("facts", [facts for facts, state in TABLE if state != "ok"])
def test_each_refusal_says_why_and_what_to_do(facts: LineFacts) -> None:
    said = verdict(facts)
    assert not said.clear
    assert said.sentence.endswith(".")
    assert said.todo.endswith(".")


@pytest.mark.parametrize("coverage", ["none", "refused", "used_up", "expired"])
def test_a_new_prescription_is_asked_for_exactly_where_it_helps(coverage: str) -> None:
    assert verdict(replace(RX, coverage=coverage)).wants_prescription
    assert not any(
        verdict(facts).wants_prescription for facts, state in TABLE if State(state) not in SEND_ONE
    )


def test_what_a_prescription_gives_now_and_next_is_said_in_figures() -> None:
    said = verdict(replace(APPROVED, now=30, next_units=90, next_fill_on=DECEMBER_3))
    assert "30" in said.sentence
    assert "90" in said.sentence
    assert "December 3, 2026" in said.sentence
    assert "30" in said.todo


def test_too_early_names_the_day() -> None:
    said = verdict(replace(RX, coverage="too_early", next_fill_on=DECEMBER_3))
    assert "December 3, 2026" in said.sentence


def test_the_reason_why_something_may_not_be_posted_is_said() -> None:
    said = verdict(replace(OTC, sale_refusal="not_by_mail", not_by_mail="it must stay cold"))
    assert "it must stay cold" in said.sentence


@pytest.mark.parametrize(
    ("quantity", "fill", "day"),
    [
        (90, (90, 30), date(2026, 12, 29)),  # 7 days of delivery, 30 of supply
        (60, (90, 30), date(2026, 12, 19)),  # two thirds of a fill
        (91, (90, 30), date(2026, 12, 30)),  # a begun day counts
        (90, None, date(2027, 2, 27)),  # nobody knows: the usual supply
    ],
)
def test_a_lot_has_to_outlast_delivery_and_supply(quantity, fill, day) -> None:
    assert outlasts(date(2026, 11, 22), 7, supply_days(quantity, fill)) == day


@pytest.mark.parametrize(
    ("cents", "possible"),
    [(0, False), (49, False), (50, True), (4930, True), (99_999_999, True), (100_000_000, False)],
)
def test_a_card_is_charged_neither_less_nor_more_than_the_payment_service_takes(
    cents: int, possible: bool
) -> None:
    assert chargeable(cents) is possible
