"""The words and the drawing of a medicine's look, for every shape and every gap in the record."""

import re
from dataclasses import replace

import pytest

from shop.appearance.attributes import Appearance, Drawing, describe, draw
from shop.appearance.outlines import PLATE, ROW, SHAPES, Picture, face
from shop.appearance.rules import color_class, kind_of

TABLET = Appearance("tablet", "round", "white", None, 10, True, "WPI 2265")


def css_of(picture: Picture) -> list[str]:
    return [mark.css for mark in picture.marks]


def words_of(picture: Picture) -> list[str]:
    return [mark.text for mark in picture.marks if mark.text]


ATTRIBUTES = re.compile(r"\b(shape|color|size|score|imprint)\b")


@pytest.mark.parametrize(
    ("appearance", "said", "named"),
    [
        (TABLET, "round white tablet 10 mm WPI 2265", "imprint"),
        (
            Appearance("Tablet", "ROUND", "WHITE", None, 9.5, False, ""),
            "round white tablet 9.5 mm",
            "imprint",
        ),
        (
            Appearance("tablet", "capsule", "LIGHT BLUE", None, 18, None, "A;7"),
            "capsule light blue tablet 18 mm A 7",
            "imprint score",
        ),
        (
            Appearance("tablet", "HEXAGON (6 SIDED)", "GRAY", None, 8, False, "X"),
            "six gray tablet 8 mm X",
            "imprint",
        ),
        (Appearance("tablet", "tear", "red", None, 8, False, ""), "tear red tablet 8 mm", "imprint"),
        (Appearance("tablet", "oval"), "oval tablet", "color imprint score size"),
        (Appearance("tablet"), "tablet", "color imprint score shape size"),
        (Appearance(), "pill", "color imprint score shape size"),
        (
            Appearance("capsule", None, "red", "white", 18, None, "T 8"),
            "red white capsule 18 mm T 8",
            "imprint",
        ),
        (
            Appearance("capsule", "capsule", "RED;WHITE", None, 18, None, ""),
            "red white capsule 18 mm",
            "imprint",
        ),
        (Appearance("capsule", None, "white", "white", 18, None, ""), "white capsule 18 mm", "imprint"),
        (Appearance("capsule"), "capsule", "color imprint size"),
        (Appearance("oral solution"), "bottle oral solution", ""),
        (Appearance("cream"), "tube cream", ""),
        (Appearance("inhaler"), "pack inhaler", ""),
    ],
)
def test_the_text_says_what_is_on_record_and_names_what_is_not(
    appearance: Appearance, said: str, named: str
) -> None:
    words = describe(appearance)
    rest = words.lower()
    for value in said.lower().split():  # in this order
        _, found, rest = rest.partition(value)
        assert found, (value, words)
    for repeated in ("white", "capsule", "tablet"):
        assert words.lower().count(repeated) == said.lower().count(repeated)
    assert sorted(set(ATTRIBUTES.findall(words))) == named.split()
    assert re.findall(r"\d+", words) == re.findall(r"\d+", said)
    assert draw(appearance).label == words
    assert draw(appearance).caption.startswith(words + ".")


@pytest.mark.parametrize(("field", "there", "none"), [("scored", True, False), ("imprint", "A 1", "")])
def test_what_a_pill_does_not_have_is_told_from_what_nobody_recorded(field, there, none) -> None:
    has, lacks, unknown = (describe(replace(TABLET, **{field: value})) for value in (there, none, None))
    assert [bool(re.search(r"\b(no|not|un\w+|without)\b", one)) for one in (has, lacks)] == [False, True]
    assert len({has, lacks, unknown}) == 3


@pytest.mark.parametrize(
    ("appearance", "classes"),
    [
        (TABLET, "pill pill-white half-white"),
        (Appearance("capsule", None, "red", "white"), "pill pill-red half-white"),
        (Appearance("capsule", None, "RED;GRAY"), "pill pill-red half-gray"),
        (Appearance("capsule", None, "red", "plaid"), "pill pill-red half-red"),
        (Appearance("capsule"), "pill unknown"),
        (Appearance("tablet", "oval"), "pill unknown"),
        (Appearance("tablet", None, "white"), "pill unknown"),
        (Appearance("tablet", "tear", "white"), "pill pill-white half-white"),
        (Appearance("tablet", "clover", "white"), "pill unknown"),
        (Appearance("tablet", "double circle", "white"), "pill unknown"),
        (Appearance("tablet", "freeform", "white"), "pill unknown"),
        (Appearance("tablet", "gear", "white"), "pill unknown"),
        (Appearance("tablet", "round", "plaid"), "pill unknown"),
        (Appearance("syrup"), "pill package"),
    ],
)
def test_a_drawing_is_colored_only_when_shape_and_color_are_on_record(
    appearance: Appearance, classes: str
) -> None:
    assert draw(appearance).classes == classes


@pytest.mark.parametrize(
    ("recorded", "suffix"),
    [
        ("WHITE", "white"),
        ("off-white", "off-white"),
        ("Off White", "off-white"),
        ("cream", "off-white"),
        ("light yellow", "yellow"),
        ("peach", "orange"),
        ("pink", "pink"),
        ("maroon", "red"),
        ("lavender", "purple"),
        ("dark blue", "blue"),
        ("TURQUOISE", "teal"),
        ("green", "green"),
        ("GRAY", "gray"),
        ("tan", "brown"),
        ("black", "black"),
        ("colourless", "clear"),
        ("plaid", None),
        ("titanium", None),
        ("", None),
        (None, None),
    ],
)
def test_a_color_word_becomes_one_of_a_few_classes(recorded: str | None, suffix: str | None) -> None:
    assert color_class(recorded) == suffix


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("tablet", "tablet"),
        ("film-coated tablet", "tablet"),
        ("", "tablet"),
        ("Capsule, extended release", "capsule"),
        ("solution", "bottle"),
        ("Oral suspension", "bottle"),
        ("ointment", "tube"),
        ("gel", "tube"),
        ("patch", "pack"),
        ("inhaler", "pack"),
    ],
)
def test_a_form_decides_what_is_drawn(form: str, kind: str) -> None:
    assert kind_of(form) == kind


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("scored", [True, False])
@pytest.mark.parametrize("imprint", ["", "7", "WPI 2265", "A B C D E F", "W" * 60])
def test_every_imprint_stays_inside_the_tablet(shape: str, scored: bool, imprint: str) -> None:
    drawing = draw(Appearance("tablet", shape, "white", None, 10, scored, imprint))
    for picture, scale in ((drawing.row, ROW), (drawing.plate, PLATE)):
        half = SHAPES[shape].side * (scale.wide if SHAPES[shape].wide else scale.compact)
        for mark in picture.marks:
            if mark.css.startswith("imprint"):
                reach = len(mark.text) * 9 * 0.66 * mark.scale / 2
                assert abs(mark.x - picture.width / 2) + reach <= half
                assert mark.scale >= 0.62


@pytest.mark.parametrize("shape", SHAPES)
def test_every_outline_stays_inside_its_picture(shape: str) -> None:
    drawing = draw(Appearance("tablet", shape, "white", None, 10, True, "A 1"))
    for picture in (drawing.row, drawing.plate):
        for mark in picture.marks:
            if mark.css == "face":
                for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", mark.d):
                    assert 0 <= float(x) <= picture.width
                    assert 0 <= float(y) <= picture.height


def test_a_plate_has_two_views_the_size_and_the_imprint() -> None:
    plate = draw(TABLET).plate
    assert css_of(plate).count("face") == 2
    assert words_of(plate) == ["WPI", "2265", "10 mm"]


def test_a_plate_says_what_is_not_on_record_in_its_place() -> None:
    for silent in (Appearance("tablet", "round", "white"), Appearance("capsule")):
        said = " ".join(words_of(draw(silent).plate))
        assert re.findall(r"imprint|size|\d", said) == ["imprint", "size"]


@pytest.mark.parametrize(("scored", "lines"), [(True, 1), (False, 0), (None, 0)])
def test_a_score_is_drawn_only_when_it_is_on_record(scored: bool | None, lines: int) -> None:
    assert css_of(draw(Appearance("tablet", "round", "white", scored=scored)).row).count("score") == lines


@pytest.mark.parametrize(
    ("shape", "pieces", "lines", "figures"),
    [
        ("round", None, ["H"], []),
        ("round", 2, ["H"], []),
        ("round", 3, ["H", "H"], ["3"]),
        ("round", 4, ["H", "V"], ["4"]),
        ("oval", 3, ["V", "V"], ["3"]),
        ("capsule", 4, ["V", "V", "V"], ["4"]),
    ],
)
def test_a_score_parts_a_tablet_into_the_pieces_on_record(shape, pieces, lines, figures) -> None:
    drawing = draw(Appearance("tablet", shape, "white", None, 10, True, "A 1", pieces))
    (score,) = [mark.d for mark in drawing.row.marks if mark.css == "score"]
    assert re.findall("[HV]", score) == lines
    assert re.findall(r"\d+", drawing.label) == ["10", *figures, "1"]


@pytest.mark.parametrize("name", SHAPES)
def test_a_line_across_ends_on_the_rim(name: str) -> None:
    shape = SHAPES[name]
    for upright, end in ((False, min(shape.top, shape.bottom)), (True, shape.side)):
        for level in (-0.9 * end, -0.3 * end, 0, 0.6 * end):
            first, last = shape.span(level, upright)
            assert first < last
            low, high = (-shape.top, shape.bottom) if upright else (-shape.side, shape.side)
            assert first >= low - 0.01
            assert last <= high + 0.01
    assert SHAPES["round"].span(0.6) == pytest.approx((-0.8, 0.8))
    assert SHAPES["oval"].span(0, upright=True) == pytest.approx((-0.56, 0.56))


@pytest.mark.parametrize(
    ("imprint", "lines"),
    [
        ("VGR50;Pfizer", ["VGR50", "Pfizer"]),
        ("PD;155;10", ["PD 155", "10"]),
        ("WATSON 387;5", ["WATSON 387", "5"]),
        ("WPI 2265", ["WPI", "2265"]),
        ("5", ["5"]),
        ("; A ;", ["A"]),
    ],
)
def test_an_imprint_is_broken_where_the_label_parts_it(imprint: str, lines: list[str]) -> None:
    drawing = draw(Appearance("tablet", "round", "white", None, 10, False, imprint))
    assert words_of(drawing.plate)[: len(lines)] == lines


def test_a_plate_says_what_its_picture_cannot() -> None:
    assert "Example" in draw(replace(TABLET, product="Example")).caption
    capsule = Appearance("capsule", None, "white")
    for pill, has_sides in ((TABLET, True), (capsule, False)):
        parted, whole = (draw(replace(pill, imprint=imprint)).caption for imprint in ("A;1", "A 1"))
        assert (parted != whole) is has_sides


def test_an_imprint_too_long_for_a_row_is_left_to_its_words() -> None:
    drawing = draw(Appearance("tablet", "oval", "white", None, 10, False, "EXTRA LONG IMPRINT 1234567890"))
    assert words_of(drawing.row) == []
    assert "EXTRA LONG IMPRINT 1234567890" in drawing.label


def test_the_halves_of_a_capsule_carry_the_imprint_in_their_own_ink() -> None:
    drawing = draw(Appearance("capsule", None, "white", "black", 18, None, "AB 12"))
    words = [(mark.css, mark.text) for mark in drawing.row.marks if mark.text]
    assert words == [("imprint", "AB"), ("imprint on-half", "12")]


def test_the_drawing_carries_its_facts_for_other_uses() -> None:
    drawing = draw(TABLET)
    assert isinstance(drawing, Drawing)
    assert (drawing.shape, drawing.imprint, drawing.dims) == ("round", "WPI 2265", "10 mm")
    assert (drawing.row.width, drawing.row.height) == (62, 44)


def test_a_round_face_is_a_circle_of_the_asked_radius() -> None:
    assert face(SHAPES["round"], 10, 20, 20) == "M10 20a10 10 0 1 1 20 0a10 10 0 1 1 -20 0z"
