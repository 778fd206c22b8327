"""How a price per unit is made: the truth table, and what holds for every rule."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.rules import price_at
from shop.pricing.records import PriceRecord, price_from_text, price_text, rule_from_text, rule_text
from shop.pricing.rules import Rule, ladder, price_breakdown, price_problem, problems, rounded, unit_price
from tests.causes import told_apart

D = Decimal
THIRD_ON_TOP = Rule(D("0.35"), D("2.40"))


def decimals(low: int, high: int, places: int):
    return st.integers(low, high).map(lambda number: D(number).scaleb(-places))


@st.composite
def discounts(draw):
    steps = draw(st.lists(st.integers(2, 500), unique=True, max_size=4).map(sorted))
    offs = draw(st.lists(st.integers(1, 9999), unique=True, min_size=len(steps), max_size=len(steps)))
    return tuple(zip(steps, (D(off).scaleb(-2) for off in sorted(offs)), strict=True))


made = st.builds(Rule, mark_up=decimals(0, 30_000, 4), fee=decimals(0, 2_000_000, 5), breaks=discounts())
fixed = st.builds(Rule, fixed_price=decimals(50, 50_000_000, 5), breaks=discounts())
rules = st.one_of(made, fixed)
acquisitions = st.one_of(decimals(1, 3_000, 5), decimals(1, 50_000_000, 5))
steps_offered = st.lists(st.integers(1, 1000), min_size=1, max_size=6).map(tuple)


@pytest.mark.parametrize(
    ("rule", "acquisition", "quantity", "price"),
    [
        (THIRD_ON_TOP, "0.06047", 30, "0.162"),  # 0.0816345 + 0.08
        (THIRD_ON_TOP, "0.06047", 90, "0.108"),  # the fee is spread over more
        (Rule(D("0.35")), "0.06047", 1, "0.082"),
        (Rule(D(0)), "0.06047", 30, "0.060"),
        (Rule(D("0.5"), D(0)), "0.13333", 30, "0.200"),  # 0.199995 is below 0.20: three decimals
        (Rule(D("0.5"), D(0)), "0.13334", 30, "0.20"),  # 0.20001
        (Rule(D(0)), "0.205", 30, "0.21"),  # half up
        (Rule(D(0)), "0.0105", 30, "0.011"),
        (Rule(D(0)), "0.01", 30, "0.010"),
        (Rule(D(0)), "0.00999", 30, "0.00999"),
        (Rule(D(0), breaks=((30, D(99)),)), "0.00001", 30, "0.00001"),  # never nothing
        (Rule(D("0.35"), D("2.40"), breaks=((90, D(5)),)), "0.06047", 89, "0.109"),
        (Rule(D("0.35"), D("2.40"), breaks=((90, D(5)),)), "0.06047", 90, "0.103"),  # 0.1083011… x 0.95
        (Rule(D("0.35"), breaks=((60, D(5)), (90, D("12.5")))), "1", 500, "1.18"),  # 1.18125
        (Rule(fixed_price=D("0.51")), None, 30, "0.51"),
        (Rule(fixed_price=D("0.515")), None, 30, "0.515"),  # set by hand, so not rounded
        (Rule(fixed_price=D("0.51"), breaks=((90, D(8)),)), None, 90, "0.47"),  # 0.4692
        (Rule(fixed_price=D("0.51"), breaks=((90, D(8)),)), "0.06", 30, "0.51"),
    ],
)
def test_a_price_follows_from_its_rule(rule, acquisition, quantity, price):
    cost = None if acquisition is None else D(acquisition)
    assert unit_price(rule, cost, quantity) == D(price)


@pytest.mark.parametrize("acquisition", [None, D(0), D(-1)])
def test_without_an_acquisition_a_mark_up_makes_no_price(acquisition):
    assert unit_price(THIRD_ON_TOP, acquisition, 30) is None
    assert ladder(THIRD_ON_TOP, acquisition, (30, 60)) is None


def test_without_pack_steps_there_is_no_price():
    assert ladder(THIRD_ON_TOP, D("0.06"), ()) is None
    assert ladder(Rule(fixed_price=D(1)), None, (0,)) is None


def test_a_ladder_names_only_the_steps_at_which_the_price_falls():
    assert ladder(THIRD_ON_TOP, D("0.06047"), (90, 30, 60)) == (
        D("0.162"),
        ((60, D("0.122")), (90, D("0.108"))),
    )
    assert ladder(Rule(D("0.35")), D("0.5"), (30, 60, 90)) == (D("0.68"), ())
    assert ladder(Rule(D(0), breaks=((60, D(10)),)), D(1), (30, 90)) == (D("1.00"), ((90, D("0.90")),))


@given(rules, acquisitions, st.integers(1, 1000))
def test_a_price_is_rounded_once_from_the_exact_sum(rule, acquisition, quantity):
    off = max((off for least, off in rule.breaks if quantity >= least), default=D(0))
    if rule.fixed_price is not None:
        exact = Fraction(rule.fixed_price)
    else:
        exact = Fraction(acquisition) * (1 + Fraction(rule.mark_up)) + Fraction(rule.fee) / quantity
    exact *= 1 - Fraction(off) / 100
    price = unit_price(rule, acquisition, quantity)
    places = 2 if exact >= Fraction(1, 5) else 3 if exact >= Fraction(1, 100) else 5
    assert price > 0
    assert abs(Fraction(price) - exact) <= Fraction(1, 2 * 10**places) or price == D("0.00001")
    assert price == price.quantize(D("0.00001"))


@given(rules, acquisitions, steps_offered)
def test_a_larger_quantity_never_costs_more_a_unit(rule, acquisition, steps):
    base, breaks = ladder(rule, acquisition, steps)
    prices = [base, *(price for _, price in breaks)]
    assert prices == sorted(set(prices), reverse=True)
    assert [step for step, _ in breaks] == sorted({step for step, _ in breaks})
    assert {step for step, _ in breaks} < set(steps) | {0}


@given(rules, acquisitions, steps_offered)
def test_at_every_pack_step_the_ladder_asks_what_the_rule_makes(rule, acquisition, steps):
    base, breaks = ladder(rule, acquisition, steps)
    for step in steps:
        assert price_at(base, breaks, step) == unit_price(rule, acquisition, step)


@given(st.fractions(0, 2), st.fractions(0, 2), st.integers(0, 5))
def test_rounding_keeps_the_order_of_prices(one, other, places):
    low, high = sorted((one, other))
    ratios = [(number.numerator, number.denominator) for number in (low, high)]
    assert rounded(ratios[0], places) <= rounded(ratios[1], places)


# --- How it is made -------------------------------------------------------------------------------------


@given(rules, acquisitions, st.integers(1, 1000))
def test_the_parts_sum_to_the_price_exactly(rule, acquisition, quantity):
    price = unit_price(rule, acquisition, quantity)
    parts = price_breakdown(rule, price, acquisition, quantity)
    assert parts.by_rule == (rule.fixed_price is None)
    if parts.by_rule:
        named = (parts.acquisition, parts.mark_up, parts.fee_share, parts.discount, parts.rounding)
        assert sum(named) == price
        assert parts.discount <= 0 <= min(parts.mark_up, parts.fee_share)
        assert sum(parts.parts_share) == 1000
        assert min(parts.parts_share) >= 0
    assert parts.acquisition + parts.ours == price
    assert 1 <= parts.cost_share <= 1000


def test_the_parts_of_a_price_are_named():
    rule = Rule(D("0.35"), D("2.40"), breaks=((90, D(5)),))
    parts = price_breakdown(rule, D("0.103"), D("0.06047"), 90)
    assert (parts.mark_up, parts.fee_share) == (D("0.02116"), D("0.02667"))
    assert (parts.discount, parts.rounding) == (D("-0.00542"), D("0.00012"))
    assert (parts.percent, parts.fee, parts.quantity) == ((D(35), D(5)), D("2.40"), 90)


@pytest.mark.parametrize(
    ("rule", "price", "acquisition"),
    [
        (THIRD_ON_TOP, D("0.17"), D("0.06047")),  # not what the rule makes of this acquisition
        (Rule(fixed_price=D("0.51")), D("0.51"), D("0.06047")),
        (None, D("0.51"), D("0.06047")),
    ],
)
def test_a_price_that_no_mark_up_explains_is_shown_as_one_that_was_fixed(rule, price, acquisition):
    parts = price_breakdown(rule, price, acquisition, 30)
    assert not parts.by_rule
    assert parts.ours == price - acquisition


@pytest.mark.parametrize(("price", "acquisition"), [(D("0.51"), None), (None, D("0.06")), (D("0.51"), D(0))])
def test_where_nothing_is_known_nothing_is_said(price, acquisition):
    assert price_breakdown(THIRD_ON_TOP, price, acquisition, 30) is None


# --- What cannot be meant -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule(), "mark_up"),
        (Rule(D(1), fixed_price=D(1)), "mark_up"),
        (Rule(D(-1)), "mark_up"),
        (Rule(D("20.01")), "mark_up"),
        (Rule(D("0.12345")), "mark_up"),
        (Rule(D("NaN")), "mark_up"),
        (Rule(D(0), D(-1)), "fee"),
        (Rule(D(0), D(1001)), "fee"),
        (Rule(fixed_price=D(0)), "fixed_price"),
        (Rule(fixed_price=D("0.000001")), "fixed_price"),
        (Rule(D(0), breaks=((30, D(0)),)), "breaks"),
        (Rule(D(0), breaks=((30, D(100)),)), "breaks"),
        (Rule(D(0), breaks=((30, D(5)), (30, D(6)))), "breaks"),
        (Rule(D(0), breaks=((30, D(5)), (60, D(5)))), "breaks"),
        (Rule(D(0), breaks=((30, D("5.001")),)), "breaks"),
        (Rule(D(0), breaks=tuple((step, D(step)) for step in range(1, 8))), "breaks"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_named_by_its_field(rule, field):
    assert list(problems(rule)) == [field]


@given(rules)
def test_every_rule_within_the_limits_passes(rule):
    assert problems(rule) == {}


WRONG = {
    "zero": [("0", ()), ("0.51", ((90, D(0)),))],
    "a pack for nothing": [("0.00049", ())],
    "too high": [("100001", ())],
    "not lower": [("0.51", ((90, D("0.51")),))],
    "in no order": [("0.51", ((90, D("0.47")), (60, D("0.45")))), ("0.51", ((0, D("0.4")),))],
    "too many": [("0.51", tuple((step, D("0.5") - D(step) / 100) for step in range(1, 14)))],
}


def test_a_fixed_price_that_cannot_be_meant_is_refused_by_its_cause():
    said = {cause: [price_problem(D(price), breaks) for price, breaks in WRONG[cause]] for cause in WRONG}
    assert told_apart(said)
    assert all(len(set(sentences)) == 1 for sentences in said.values())


def test_a_fixed_price_may_fall_with_the_quantity():
    assert price_problem(D("0.51"), ((60, D("0.49")), (90, D("0.47")))) is None


@given(st.none() | rules)
def test_a_rule_survives_the_audit_record(rule):
    assert rule_from_text(rule_text(rule)) == rule


@given(st.booleans(), st.none() | decimals(1, 10_000_000, 5), discounts())
def test_a_price_survives_the_audit_record(by_rule, price, breaks):
    record = PriceRecord(by_rule, price, breaks)
    assert price_from_text(price_text(record)) == record
