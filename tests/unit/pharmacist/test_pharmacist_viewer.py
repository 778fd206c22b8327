"""The view of a document: which page, how large, which way up."""

import pytest
from werkzeug.datastructures import MultiDict

from shop.pharmacist.forms import with_item, without_item
from shop.pharmacist.viewer import Sheet, View, drawing, view_from

PAGE = Sheet("/a", 600, 800, "scan.jpg")


@pytest.mark.parametrize(
    ("step", "view"),
    [
        ("larger", View(1, 0, 150)),
        ("smaller", View(1, 0, 100)),
        ("left", View(1, 270, 100)),
        ("right", View(1, 90, 100)),
        ("page-2", View(2, 0, 100)),
        ("page-4", View()),
        ("page-0", View()),
        ("check", View()),
        ("", View()),
    ],
)
def test_each_button_changes_the_view(step, view):
    assert View().after(step, pages=3) == view


def test_four_turns_to_the_right_stand_upright():
    view = View()
    for _ in range(4):
        view = view.after("right", 1)
    assert view == View()


def test_the_largest_view_grows_no_further():
    assert View(zoom=300).after("larger", 1).zoom == 300
    assert View(2, 90, 300).after("fit", 3) == View(2, 90, 100)


@pytest.mark.parametrize(
    "values", [{}, {"page": "9", "turn": "45", "zoom": "1000"}, {"page": "-1", "turn": "x", "zoom": ""}]
)
def test_an_address_that_names_no_view_shows_the_usual(values):
    assert view_from(values, pages=2) == View()


def test_an_address_names_a_view():
    assert view_from({"page": "2", "turn": "90", "zoom": "200"}, pages=2) == View(2, 90, 200)


@pytest.mark.parametrize(
    ("turn", "sides", "transform"),
    [
        (0, (600, 800), ""),
        (90, (800, 600), "translate(800 0) rotate(90)"),
        (180, (600, 800), "translate(600 800) rotate(180)"),
        (270, (800, 600), "translate(0 600) rotate(270)"),
    ],
)
def test_a_turned_page_still_fills_its_drawing(turn, sides, transform):
    shown = drawing(View(turn=turn), [PAGE])
    assert ((shown.width, shown.height), shown.transform) == (sides, transform)


def test_without_a_document_nothing_is_drawn():
    assert drawing(View(), []) is None


def items(data) -> dict:
    return {name: value for name, value in data.items() if name.startswith("items-")}


def test_a_medicine_is_added_empty_and_at_most_six_fit():
    data = MultiDict({"note": "x"})
    for _ in range(8):
        data = with_item(data)
    assert list(items(data)) == [f"items-{number}-directions" for number in range(6)]
    assert data["note"] == "x"


def test_a_medicine_is_removed_and_those_behind_it_move_up_as_they_were_typed():
    data = MultiDict(
        [("items-0-quantity", "30"), ("items-1-quantity", "x"), ("items-2-quantity", "9o"), ("note", "n")]
    )
    assert items(without_item(data, 1)) == {"items-0-quantity": "30", "items-1-quantity": "9o"}
    assert without_item(data, 1)["note"] == "n"
