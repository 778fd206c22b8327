"""What packages hold, from their descriptions as filed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.sale_units import (
    in_containers,
    pack_size,
    packaging,
    sold_by_container,
    whole_part,
)

SYRINGES = "2 SYRINGE in 1 CARTON (0002-1433-61)  / .5 mL in 1 SYRINGE"


@pytest.mark.parametrize(
    ("description", "unit", "size"),
    [
        ("100 TABLET in 1 BOTTLE (65862-016-01) ", "pill", 100),
        (
            "10 BLISTER PACK in 1 CARTON (0615-7777-30)  > 10 TABLET, FILM COATED in 1 BLISTER PACK",
            "pill",
            100,
        ),
        ("1 BOTTLE, PLASTIC in 1 CARTON (0065-0643-05)  / 5 mL in 1 BOTTLE, PLASTIC", "mL", 5),
        ("1 VIAL in 1 CARTON (0002-0800-01)  > 10 mL in 1 VIAL", "mL", 10),
        (".0887 L in 1 BOTTLE, SPRAY (62985-5081-1) ", "mL", None),
        ("1.5 L in 1 BOTTLE", "mL", 1500),
        ("59.14 mL in 1 BOTTLE, GLASS (55714-2316-2) ", "mL", None),
        (SYRINGES, "mL", 1),
        ("45 g in 1 TUBE", "mL", None),
        ("30 PATCH in 1 CARTON", "pack", 30),
        ("60 BLISTER PACK in 1 BOX > 1 CAPSULE in 1 BLISTER PACK", "pack", 60),
        ("1 KIT in 1 CARTON (0002-7335-11)  *  5 mL in 1 VIAL (0002-7349-01)", "pack", 1),
        ("500 TABLET, FILM COATED in 1 BOTTLE (GS1:50228-121-05)", "pill", 500),
        ("1 BOX in 1 CASE > 10 CAPSULE in 1 BLISTER PACK (53153-102-04)  > 500 mg in 1 CAPSULE", "pill", 10),
        ("30 PATCH in 1 BOX (28691-0010-3)  / .054 mg in 1 PATCH", "pack", 30),
        ("30 PATCH in 1 BOX > .054 mg in 1 PATCH", "pill", None),
        ("500 mg in 1 CAPSULE", "pill", None),
        ("24 PACKET in 1 BAG > 3 g in 1 PACKET", "pill", None),
        ("81000 mg in 1 BOTTLE", "pill", None),
        ("0 TABLET in 1 BOTTLE", "pill", None),
        ("a bottle of pills", "pill", None),
        ("7 POUCH in 1 CARTON (0067-6012-07)  > 1 PATCH in 1 POUCH > 24 h in 1 PATCH", "pack", 7),
        ("30 PATCH in 1 CARTON (0078-0501-15)  / 24 h in 1 PATCH (0078-0501-61)", "pack", 30),
        ("8 POUCH in 1 BOX (0023-5886-15)  > 1 PATCH in 1 POUCH > 3.5 d in 1 PATCH", "pack", 8),
        ("1 POUCH in 1 CARTON (0023-5868-05)  > 90 d in 1 POUCH", "pack", 1),
        ("30 PATCH in 1 CARTON (21695-357-30)  > 24 [USP'U] in 1 PATCH", "pack", 30),
        ("72 h in 1 PATCH (61919-602-05)", "pack", 1),
        ("5 h in 1 CARTON (35356-632-05)", "pack", None),
        ("450 cm2 in 1 CARTON (0023-5870-24)", "pack", None),
        ("10 BLISTER PACK in 1 CARTON / 10 CAPSULE in 1 BLISTER PACK / 25000 [iU] in 1 CAPSULE", "pill", 100),
        ("1 INHALER in 1 CARTON (0093-3174-31)  > 200 AEROSOL, METERED in 1 INHALER", "pack", 1),
        ("1 POUCH in 1 CARTON > 1 INHALER in 1 POUCH / 60 POWDER, METERED in 1 INHALER", "pack", 1),
        ("2 BOTTLE in 1 CARTON / 120 SPRAY, METERED in 1 BOTTLE", "pack", 2),
        ("180 SPRAY, SUSPENSION in 1 BOTTLE, PUMP (0173-0388-79)", "pack", 1),
        ("28 TRAY in 1 CARTON > 6 CARTRIDGE in 1 TRAY > 1 INHALANT in 1 CARTRIDGE", "pack", 168),
        ("6 POWDER in 1 CARTON (0067-8124-06)", "pack", 6),
        ("8 TABLET in 1 BLISTER PACK * 8 TABLET in 1 BLISTER PACK", "pill", None),
        ("1 BAG in 1 CARTON / 100 TABLET in 1 BAG / 2 TABLET in 1 PACKET", "pill", None),
        ("90 TABLET in 1 BOTTLE (0001-0001-01); 30 TABLET in 1 BOTTLE (0001-0001-02)", "pill", None),
        ("4 BLISTER PACK in 1 BOX \\ 25 PATCH in 1 BLISTER PACK", "pack", None),
        ("4 BLISTER PACK in 1 BOX (0001-0001-01)  &gt; 25 TABLET in 1 BLISTER PACK", "pill", 100),
        ("100 TABLET in 1 BOTTLE ( 0001-0001-01 )", "pill", 100),
        ("", "pill", None),
    ],
)
def test_a_pack_holds_what_its_description_says_or_it_is_unknown(description, unit, size):
    assert pack_size(description, unit) == size


@pytest.mark.parametrize(
    ("description", "held"),
    [
        (SYRINGES, (Decimal("0.5"), "mL", 2)),
        (
            "4 SYRINGE in 1 CARTON (0002-1433-80)  / .5 mL in 1 SYRINGE (0002-1433-01) ",
            (Decimal("0.5"), "mL", 4),
        ),
        ("5 mL in 1 BOTTLE, PLASTIC (0065-0271-05) ", (Decimal(5), "mL", 1)),
        ("1 BOTTLE in 1 CARTON > 2.5 mL in 1 BOTTLE", (Decimal("2.5"), "mL", 1)),
        ("30 PATCH in 1 CARTON", (None, "", 30)),
        ("30 PATCH in 1 BOX > .054 mg in 1 PATCH", (None, "", 30)),
        ("25 POUCH in 1 BOTTLE > .0047 g in 1 POUCH", None),
        ("1784 L in 1 CYLINDER", None),
        ("1 mg in 1 BLISTER PACK", None),
    ],
)
def test_a_container_holds_so_much_and_there_are_so_many(description, held):
    assert in_containers(description) == held


@pytest.mark.parametrize(
    ("description", "unit", "alone"),
    [
        ("2.5 mL in 1 BOTTLE", "mL", True),
        ("118 mL in 1 BOTTLE, SPRAY", "pack", True),
        ("75 mL in 1 TUBE", "g", True),
        ("5 mL in 1 BOTTLE", "mL", False),
        ("30 PATCH in 1 CARTON", "pack", False),
        ("30 PACKET in 1 CARTON > 1 POWDER in 1 PACKET", "g", True),
        ("1 mg in 1 BLISTER PACK", "pill", False),
        ("not a description", "mL", False),
    ],
)
def test_parts_of_a_unit_and_foreign_measures_are_sold_by_the_container(description, unit, alone):
    assert sold_by_container(description, unit) is alone


def test_a_bottle_that_is_poured_from_counts_in_whole_units():
    assert whole_part("473.2 mL in 1 BOTTLE", "mL") == 473
    assert packaging("473.2 mL in 1 BOTTLE").containers == ("bottle",)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.sampled_from(["  > ", "  / "]))
def test_nested_packages_multiply(counts, nested):
    steps = [f"{count} BLISTER PACK in 1 CARTON" for count in counts[:-1]]
    expected = 1
    for count in counts:
        expected *= count

    assert pack_size(nested.join([*steps, f"{counts[-1]} CAPSULE in 1 BLISTER PACK"]), "pill") == expected


@given(st.text(max_size=60), st.sampled_from(["pill", "mL", "g", "pack"]))
def test_no_description_crashes_the_reading_of_packs(description, unit):
    size, held = pack_size(description, unit), in_containers(description)
    assert size is None or size > 0
    assert held is None or held[2] > 0


@pytest.mark.shared_data
def test_packages_nested_with_strokes_are_read(shared_data):
    """The file of the FDA as it is written since: syringes of 0.5 mL, and bottles of 5 mL."""
    lines = (shared_data.parent / "cases/ndc/slash-package.txt").read_text("latin-1").splitlines()[1:]

    held = {line.split("\t")[2]: in_containers(line.split("\t")[3]) for line in lines}
    assert held == {
        "0002-1433-61": (Decimal("0.5"), "mL", 2),
        "0002-1433-80": (Decimal("0.5"), "mL", 4),
        "0065-0271-05": (Decimal(5), "mL", 1),
        "0065-0643-05": (Decimal(5), "mL", 1),
    }
