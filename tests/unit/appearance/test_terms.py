"""SPL's codes in our words, and appearances in comparable ones."""

import pytest

from shop.appearance.rules import (
    COLOR_CODES,
    SHAPE_CODES,
    Comparable,
    Outcome,
    color_class,
    comparable,
    decide,
    family,
    same_appearance,
    shape_of,
    two_colors,
)


def test_the_codes_are_spls_nineteen_shapes_and_twelve_colors():
    assert list(SHAPE_CODES) == [f"C{number}" for number in range(48335, 48354)]
    assert list(COLOR_CODES) == [f"C{number}" for number in range(48323, 48335)]


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("C48336", "capsule"),
        ("C48338", "diamond"),
        ("C48343", "hexagon"),
        ("C48345", "oval"),
        ("C48348", "round"),
        ("C48353", "triangle"),
    ],
)
def test_a_shape_is_named_by_its_code(code, shape):
    assert SHAPE_CODES[code] == shape


@pytest.mark.parametrize(
    ("code", "color"),
    [("C48323", "black"), ("C48325", "white"), ("C48333", "blue"), ("C48334", "turquoise")],
)
def test_a_color_is_named_by_its_code(code, color):
    assert COLOR_CODES[code] == color


@pytest.mark.parametrize("color", COLOR_CODES.values())
def test_every_color_of_spl_can_be_drawn_and_looked_for(color):
    assert color_class(color) is not None
    assert family(color) is not None


@pytest.mark.parametrize("shape", SHAPE_CODES.values())
def test_every_shape_of_spl_keeps_its_name_when_it_is_read_again(shape):
    assert shape_of(shape) == shape


@pytest.mark.parametrize(
    ("recorded", "shape"),
    [
        ("HEXAGON (6 SIDED)", "hexagon"),
        ("OBLONG", "capsule"),
        ("teardrop", "tear"),
        ("Double Circle", "double circle"),
        ("semicircle", "semi-circle"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_recorded_shape_becomes_our_word(recorded, shape):
    assert shape_of(recorded) == shape


@pytest.mark.parametrize(
    ("color", "color2", "both"),
    [
        ("RED;WHITE", None, ("RED", "WHITE")),
        ("red and white", None, ("red", "white")),
        ("red", "white", ("red", "white")),
        ("red", None, ("red", None)),
        (None, None, ("", None)),
    ],
)
def test_two_colors_may_stand_in_one_field(color, color2, both):
    assert two_colors(color, color2) == both


@pytest.mark.parametrize(
    ("appearance", "form", "look"),
    [
        (
            {"shape": "OBLONG", "color": "off-white", "imprint": "A;7"},
            "tablet",
            Comparable("A7", frozenset({"A", "7"}), "capsule", "white", None),
        ),
        (
            {"color": "RED;light blue"},
            "capsule",
            Comparable(None, frozenset(), "capsule", "red", "blue"),
        ),
        ({"shape": "round", "imprint": ""}, "tablet", Comparable("", frozenset(), "round", None, None)),
        ({"shape": "x" * 90}, "tablet", Comparable(None, frozenset(), "x" * 20, None, None)),
        ({"source": "a label"}, "tablet", None),
        ({"color": "white"}, "oral solution", None),
        (None, "tablet", None),
    ],
)
def test_a_look_is_compared_in_a_few_words(appearance, form, look):
    assert comparable(appearance, form) == look


def stated(ndc: str = "0001-0001", shape: str = "round", day: str = "2020-01-01", version: int = 1) -> dict:
    return {"shape": shape, "product_ndc": ndc, "label": {"effective_on": day, "version": version}}


@pytest.mark.parametrize(
    ("recorded", "new", "replace", "outcome"),
    [
        (None, stated(), False, Outcome.APPLIED),
        (stated(), stated(), False, Outcome.UNCHANGED),
        (stated(), stated(shape="oval", version=2), False, Outcome.APPLIED),
        (stated(version=3), stated(shape="oval", version=2), False, Outcome.OLDER),
        (stated(day="2021-01-01"), stated(shape="oval", version=9), False, Outcome.OLDER),
        ({"shape": "oval", "product_ndc": "0001-0001"}, stated(), False, Outcome.APPLIED),
        (stated("0002-0002", "oval"), stated(), False, Outcome.ANOTHERS),
        (stated("0002-0002", "oval"), stated(), True, Outcome.APPLIED),
        (stated("0002-0002"), stated(), False, Outcome.UNCHANGED),
        ({"shape": "oval"}, stated(), False, Outcome.ANOTHERS),
    ],
)
def test_what_becomes_of_a_stated_look(recorded, new, replace, outcome):
    assert decide(recorded, new, replace) == outcome


def test_whose_pill_it_is_does_not_change_what_it_looks_like():
    assert same_appearance(stated("0001-0001"), stated("0002-0002", version=5))
    assert not same_appearance(stated(), stated(shape="oval"))
