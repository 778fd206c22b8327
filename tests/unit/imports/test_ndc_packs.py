"""Sizes of packs from their descriptions, and what is offered of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.imports.ndc.packages import offered, pack_size


@pytest.mark.parametrize(
    ("description", "unit", "size"),
    [
        ("100 TABLET in 1 BOTTLE (65862-016-01) ", "pill", 100),
        (
            "10 BLISTER PACK in 1 CARTON (0615-7777-30)  > 10 TABLET, FILM COATED in 1 BLISTER PACK",
            "pill",
            100,
        ),
        ("1 VIAL in 1 CARTON (0002-0800-01)  > 10 mL in 1 VIAL", "mL", 10),
        (".0887 L in 1 BOTTLE, SPRAY (62985-5081-1) ", "mL", None),
        ("1.5 L in 1 BOTTLE", "mL", 1500),
        ("59.14 mL in 1 BOTTLE, GLASS (55714-2316-2) ", "mL", None),
        ("2 SYRINGE in 1 CARTON (0002-1433-61)  > .5 mL in 1 SYRINGE", "mL", 1),
        ("45 g in 1 TUBE", "mL", None),
        ("30 PATCH in 1 CARTON", "pack", 30),
        ("1 KIT in 1 CARTON (0002-7335-11)  *  5 mL in 1 VIAL (0002-7349-01)", "pack", 1),
        ("0 TABLET in 1 BOTTLE", "pill", None),
        ("a bottle of pills", "pill", None),
        ("", "pill", None),
    ],
)
def test_a_pack_holds_what_its_description_says_or_it_is_unknown(description, unit, size):
    assert pack_size(description, unit) == size


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_nested_packages_multiply(counts):
    steps = [f"{count} BLISTER PACK in 1 CARTON" for count in counts[:-1]]
    expected = 1
    for count in counts:
        expected *= count

    assert pack_size("  > ".join([*steps, f"{counts[-1]} CAPSULE in 1 BLISTER PACK"]), "pill") == expected


@given(st.text(max_size=60), st.sampled_from(["pill", "mL", "g", "pack"]))
def test_no_description_crashes_the_reading_of_packs(description, unit):
    size = pack_size(description, unit)
    assert size is None or size > 0


def test_pills_are_offered_in_the_usual_steps_and_the_rest_in_the_sizes_there_are():
    assert offered("pill", {100, 1000}) == [30, 60, 90]
    assert offered("mL", {480, 120, 60, 30, 240, 150, 100}) == [30, 60, 100, 120, 150, 240]
    assert offered("pack", set()) == [1]
