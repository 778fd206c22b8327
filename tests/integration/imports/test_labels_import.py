"""What labels state, and what becomes of labels that disagree."""

import re

import pytest

from shop.appearance.rules import Outcome
from tests.integration.imports.label_files import (
    BLUE,
    NINE_MM,
    OVAL,
    ROUND,
    WHITE,
    carry,
    coded,
    has,
    label,
    look_of,
    part,
    product,
)


def test_a_code_decides_and_not_the_name_shown_beside_it(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    import_spl(label(tmp_path, product("0001-0001", ROUND, coded("COLOR", "C48326", "WHITE"))))
    assert look_of(variant_id)["color"] == "red"


def test_both_colors_of_a_capsule_are_kept_in_their_order(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", form="capsule")
    import_spl(label(tmp_path, product("0001-0001", coded("SHAPE", "C48336"), BLUE, WHITE)))
    assert (look_of(variant_id)["color"], look_of(variant_id)["color2"]) == ("blue", "white")


def test_what_is_not_understood_is_left_out_and_named(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    result = import_spl(
        label(
            tmp_path,
            product(
                "0001-0001",
                ROUND,
                coded("COLOR", "C99999"),
                coded("COLOR", "C48333", system="1.2.3"),
                has("SIZE", '<value unit="in" value="1"/>'),
                has("SCORE", '<value nullFlavor="OTH"/>'),
                has("IMPRINT", f"<value>{'W' * 61}</value>"),
            ),
        )
    )
    seen = look_of(variant_id)
    assert {name for name in seen if name not in ("product", "product_ndc", "source", "label")} == {"shape"}
    (told,) = (line for line in result.output.splitlines() if "0001-0001" in line)
    assert re.findall(r"\bC\d{5}\b", told) == ["C99999", "C48333"]
    assert told.count("; ") == 4, "two colors, a size, and an imprint"


@pytest.mark.parametrize(
    ("characteristics", "field"),
    [
        ((ROUND, OVAL, WHITE), "shape"),
        ((NINE_MM, ROUND, has("SIZE", '<value unit="mm" value="10"/>')), "size"),
        ((has("IMPRINT", "<value>A</value>"), has("IMPRINT", "<value>B</value>")), "imprint"),
        ((has("SCORE", '<value value="1"/>'), has("SCORE", '<value value="2"/>')), "score"),
    ],
)
def test_a_product_with_two_appearances_keeps_the_one_on_record(import_spl, tmp_path, characteristics, field):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    result = import_spl(label(tmp_path, product("0001-0001", *characteristics)))
    assert re.search(rf": {Outcome.CONTRADICTORY};\D* 2 {field}", result.output)
    assert look_of(variant_id) is None


def test_the_parts_of_a_kit_are_told_apart_by_their_own_codes(import_spl, tmp_path):
    white, blue = carry("White", "5 mg", "0001-0002-01"), carry("Blue", "5 mg", "0001-0003-01")
    kit = carry("Kit", "5 mg", "0001-0001-01")
    parts = part("0001-0002", ROUND, WHITE) + part("0001-0003", ROUND, BLUE) + part("", OVAL, BLUE)
    result = import_spl(label(tmp_path, product("0001-0001", parts=parts)))

    assert (look_of(white)["color"], look_of(blue)["color"], look_of(kit)) == ("white", "blue", None)
    assert f"0001-0001    Example: {Outcome.NOT_STATED}; " in result.output
    assert f" Part: {Outcome.NOT_HERE}; " in result.output


def test_the_newest_of_several_labels_for_a_code_speaks_in_whichever_order(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    new = label(tmp_path, product("0001-0001", OVAL), "new.xml", version=2, day="20210101")
    old = label(tmp_path, product("0001-0001", ROUND), "old.xml")
    result = import_spl(new, old)
    assert look_of(variant_id)["shape"] == "oval"
    assert f": {Outcome.OLDER}; " in result.output

    assert f": {Outcome.OLDER}\n" in import_spl(old).output
    assert look_of(variant_id)["shape"] == "oval"


def test_two_appearances_in_the_same_edition_are_not_chosen_from(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01")
    one = label(tmp_path, product("0001-0001", OVAL), "a.xml")
    result = import_spl(one, label(tmp_path, product("0001-0001", ROUND), "b.xml"))
    assert result.output.count(str(Outcome.CONTRADICTORY) + ";") == 2
    assert look_of(variant_id) is None


def test_makers_who_look_different_are_not_chosen_from(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", "0002-0002-01")
    result = import_spl(label(tmp_path, product("0001-0001", ROUND) + product("0002-0002", OVAL)))
    assert result.output.count(str(Outcome.CONTRADICTORY) + ";") == 2
    assert look_of(variant_id) is None


def test_another_makers_look_gives_way_only_when_asked(import_spl, tmp_path):
    variant_id = carry("Example", "5 mg", "0001-0001-01", "0002-0002-01")
    first = label(tmp_path, product("0001-0001", ROUND), "first.xml")
    other = label(tmp_path, product("0002-0002", OVAL), "other.xml", set_id="2")
    import_spl(first)

    assert Outcome.ANOTHERS in import_spl(other).output
    assert look_of(variant_id)["shape"] == "round"
    assert Outcome.ANOTHERS in import_spl(first, other).output
    assert import_spl("--replace", other).exit_code == 0
    assert look_of(variant_id)["product_ndc"] == "0002-0002"


def test_a_code_under_two_strengths_gives_neither_a_look(import_spl, tmp_path):
    five, ten = carry("Example", "5 mg", "0001-0001-01"), carry("Example", "10 mg", "0001-0001-02")
    result = import_spl(label(tmp_path, product("0001-0001", ROUND)))
    assert re.search(rf": {Outcome.CONTRADICTORY};\D* 2 ", result.output)
    assert (look_of(five), look_of(ten)) == (None, None)
