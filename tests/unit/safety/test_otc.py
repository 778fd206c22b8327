"""How much may be bought without a prescription: a table, and what must hold of every basket."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.safety.otc import Code, Supply, age_asked, amounts, most_units, otc_decision
from shop.safety.otc_limits import default, limit_of, limits

ORDER, DAYS, AGE, YOUNG = Code.OVER_ORDER, Code.OVER_30_DAYS, Code.AGE_NOT_DECLARED, Code.TOO_YOUNG
TYLENOL = ("acetaminophen", "500 mg")
LOPERAMIDE = ("loperamide hydrochloride", "2 mg")
BENADRYL = ("diphenhydramine hydrochloride", "25 mg")
COLD = ("acetaminophen;dextromethorphan hydrobromide;phenylephrine hydrochloride", "325 mg / 10 mg / 5 mg")
NIGHT = ("acetaminophen;diphenhydramine citrate", "500 mg / 38 mg")
NAPROXEN = ("naproxen sodium", "220 mg")
GUM = ("nicotine polacrilex", "4 mg")
UNKNOWN = ("zinc oxide", "25 mg")


def supply(
    what: tuple[str, str],
    quantity: int,
    key: int = 1,
    unit: str = "pill",
    route: str = "oral",
    pack: int = 10,
) -> Supply:
    return Supply(key, tuple(what[0].split(";")), what[1], unit, route, quantity, pack)


def codes(lines, history=(), age=99, state="NY") -> dict[str, Code]:
    found = otc_decision(
        [supply(what, quantity, key) for key, (what, quantity) in enumerate(lines, start=1)],
        [supply(what, quantity, 0) for what, quantity in history],
        age,
        state,
    )
    return {refusal.ingredient: refusal.code for refusal in found}


@pytest.mark.parametrize(
    ("lines", "history", "age", "refused"),
    [
        ([], [], None, {}),
        # what one order took to "ZZ NOWHERE"
        ([(TYLENOL, 1000)], [], 99, {"acetaminophen": ORDER}),
        ([(LOPERAMIDE, 480)], [], 99, {"loperamide": ORDER}),
        ([(("Loperamide HCl", "2 mg"), 480)], [], 99, {"loperamide": ORDER}),
        ([(("Loperamide HCl", "2 mg"), 24)], [(LOPERAMIDE, 24)], 99, {"loperamide": DAYS}),
        ([(("APAP", "500 mg"), 1000)], [], 99, {"acetaminophen": ORDER}),
        ([(("dextromethorphan HBr", "15 mg"), 20)], [], None, {"dextromethorphan": AGE}),
        ([(BENADRYL, 480)], [], 99, {"diphenhydramine": ORDER}),
        # the edge, and one more
        ([(TYLENOL, 80)], [], 99, {}),
        ([(TYLENOL, 81)], [], 99, {"acetaminophen": ORDER}),
        ([(LOPERAMIDE, 24)], [], 99, {}),
        ([(LOPERAMIDE, 25)], [], 99, {"loperamide": ORDER}),
        ([(NAPROXEN, 60)], [], 99, {}),
        ([(NAPROXEN, 61)], [], 99, {"naproxen": ORDER}),
        # all products of an ingredient together, with salts and in combinations
        ([(TYLENOL, 50), (NIGHT, 30)], [], 99, {}),
        ([(TYLENOL, 50), (NIGHT, 31)], [], 99, {"acetaminophen": ORDER}),
        ([(BENADRYL, 40), (NIGHT, 30)], [], 99, {"diphenhydramine": ORDER}),
        ([(COLD, 85)], [], 99, {"phenylephrine": ORDER, "dextromethorphan": ORDER}),
        # what was bought before
        ([(TYLENOL, 40)], [(TYLENOL, 40)], 99, {}),
        ([(TYLENOL, 40)], [(TYLENOL, 41)], 99, {"acetaminophen": DAYS}),
        ([(TYLENOL, 1)], [(NIGHT, 80)], 99, {"acetaminophen": DAYS}),
        ([(LOPERAMIDE, 12)], [(BENADRYL, 84)], 99, {}),
        # no entry: three of the smallest packs
        ([(UNKNOWN, 30)], [], None, {}),
        ([(UNKNOWN, 31)], [], None, {"zinc oxide": ORDER}),
        ([(UNKNOWN, 10)], [(UNKNOWN, 30)], None, {"zinc oxide": DAYS}),
        # the age
        ([(COLD, 20)], [], None, {"dextromethorphan": AGE}),
        ([(COLD, 20)], [], 17, {"dextromethorphan": YOUNG}),
        ([(COLD, 20)], [], 18, {}),
        ([(GUM, 100)], [], None, {"nicotine": AGE}),
        ([(GUM, 100)], [], 18, {}),
        ([(BENADRYL, 24)], [], None, {"diphenhydramine": AGE}),
        ([(TYLENOL, 24), (NAPROXEN, 20)], [], None, {}),
    ],
)
def test_what_is_bought_is_held_against_the_limits(lines, history, age, refused) -> None:
    assert codes(lines, history, age) == refused


def test_a_refusal_says_how_much_still_fits() -> None:
    (refusal,) = otc_decision(
        [supply(TYLENOL, 50, 1), supply(NIGHT, 60, 2)], [supply(TYLENOL, 10)], 99, "NY"
    )[:1]
    assert (refusal.code, refusal.keys, refusal.fits) == (ORDER, (1, 2), 20)
    assert (refusal.most, refusal.unit) == (Decimal(40000), "mg")


@pytest.mark.parametrize(
    ("ingredients", "strength", "unit", "mg"),
    [
        ("acetaminophen", "500 mg", "pill", [500]),
        ("acetaminophen", "0.5 g", "pill", [500]),
        ("acetaminophen", "160 mg/5 mL", "mL", [32]),
        ("phenylephrine;acetaminophen", "325 mg / 5 mg", "pill", [325, 5]),  # amounts go by name
        ("acetaminophen", "325 mg / 5 mg", "pill", [None]),
        ("acetaminophen", "Strength not stated", "pill", [None]),
        ("acetaminophen", "160 mg/5 mL", "pill", [None]),
        ("nicotine", "21 mg/24 hour", "pill", [None]),
        ("ibuprofen", "20 mg/mL, 120 mL", "pack", [2400]),
    ],
)
def test_milligrams_are_read_where_the_strength_states_them(ingredients, strength, unit, mg) -> None:
    found = amounts(supply((ingredients, strength), 1, unit=unit))
    assert [amount for _name, amount in found] == mg


def test_what_the_strength_does_not_say_counts_in_packs_of_the_same_limit() -> None:
    lines = [supply(TYLENOL, 40, 1), supply(("acetaminophen", "unknown"), 20, 2, pack=10)]
    assert [one.code for one in otc_decision(lines, [], 99, "NY")] == [ORDER]  # half, and two thirds
    assert otc_decision(lines[1:], [], 99, "NY") == []


def test_what_states_no_ingredient_is_not_without_limit() -> None:
    assert most_units(supply(("", "1 mg"), 1)) == 30
    nothing = Supply(1, (), "1 mg", "pill", "oral", 31, 10)
    assert [one.code for one in otc_decision([nothing], [], 99, "NY")] == [ORDER]


def test_a_cream_is_not_counted_with_tablets() -> None:
    cream = supply(("diphenhydramine hydrochloride", "20 mg/g"), 30, 2, "g", "on the skin", 30)
    assert otc_decision([supply(BENADRYL, 84, 1), cream], [], 99, "NY") == []


@pytest.mark.parametrize("route", ["oral", "oral or rectal", "not stated", "several ways", ""])
def test_a_route_nobody_states_may_be_any(route: str) -> None:
    assert limit_of("loperamide hydrochloride", route) is not None


@pytest.mark.parametrize(("state", "by_law"), [("NY", True), ("CA", True), ("OH", False), (None, False)])
def test_dextromethorphan_asks_for_the_buyer_s_age_in_every_state(state: str | None, by_law: bool) -> None:
    asked = age_asked([supply(COLD, 10)], state)
    assert asked is not None
    assert (asked.age, asked.of_buyer, asked.by_law) == (18, True, by_law)


def test_the_oldest_age_is_asked() -> None:
    asked = age_asked([supply(BENADRYL, 10), supply(GUM, 10)], "NY")
    assert asked is not None
    assert asked.age == 18
    assert age_asked([supply(TYLENOL, 10)], "NY") is None


def test_the_issue_s_ingredients_have_entries_with_sources() -> None:
    named = {limit.ingredient: limit for limit in limits()}
    for name in [
        "loperamide",
        "acetaminophen",
        "diphenhydramine",
        "dextromethorphan",
        "aspirin",
        "naproxen",
        "ibuprofen",
        "nicotine",
    ]:
        assert name in named
    for limit in limits():
        assert len(limit.source) > 20
        assert limit.basis in ("store policy", "label", "FDA request to sellers")
        assert most_units(supply((limit.ingredient, "1 mg"), 1, route=limit.routes[0])) == int(
            limit.per_order
        )
    assert default().per_order > 0


medicines = st.sampled_from([TYLENOL, LOPERAMIDE, BENADRYL, COLD, NIGHT, NAPROXEN, UNKNOWN])
baskets = st.lists(st.tuples(medicines, st.integers(1, 200)), max_size=5)


@given(baskets, baskets)
def test_what_is_allowed_stays_within_every_limit(lines, history) -> None:
    if codes(lines, history):
        return
    taken: dict[str, Decimal] = {}
    for what, quantity in [*lines, *history] if lines else []:
        for name, mg in amounts(supply(what, quantity)):
            limit = limit_of(name, "oral")
            if limit and mg:
                taken[limit.ingredient] = taken.get(limit.ingredient, Decimal(0)) + mg * quantity
    ordered = {
        limit.ingredient
        for what, _ in lines
        for name in what[0].split(";")
        if (limit := limit_of(name, "oral"))
    }
    for limit in limits():
        if limit.ingredient in ordered:
            assert taken[limit.ingredient] <= limit.in_30_days


@given(baskets, baskets, st.integers(1, 50))
def test_more_of_anything_never_makes_it_allowed(lines, history, more) -> None:
    if codes(lines, history):
        assert codes([(what, quantity + more) for what, quantity in lines], history)
        assert codes(lines, [*history, (TYLENOL, more)])


@given(medicines, st.integers(1, 500))
def test_what_fits_is_allowed_and_one_more_is_not(what, quantity) -> None:
    refused = otc_decision([supply(what, quantity)], [], 99, "NY")
    if refused:
        fits = min(one.fits for one in refused)
        assert fits == most_units(supply(what, 1))
        assert not fits or not codes([(what, fits)])
        assert codes([(what, fits + 1)])
