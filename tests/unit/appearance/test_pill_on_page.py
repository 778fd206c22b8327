"""A drawing on a page: named in words, without inline styles, and with a rule for each of its classes."""

from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from shop.appearance.attributes import Appearance, draw

TABLET = Appearance("tablet", "round", "white", None, 10, True, "WPI 2265")


@pytest.fixture(scope="module")
def pill():
    folder = Path(__file__).parents[3] / "templates"
    templates = Environment(loader=FileSystemLoader(folder), autoescape=True)
    return templates.get_template("components/pill.html").module.pill


def test_the_page_shows_a_named_image_without_inline_style(pill) -> None:
    page = str(pill(draw(TABLET)))
    assert f'role="img" aria-label="{draw(TABLET).label}"' in page
    assert 'viewBox="0 0 62 44"' in page
    assert "style" not in page
    assert "<figure" not in page


def test_the_plate_is_a_figure_with_its_caption(pill) -> None:
    page = str(pill(draw(TABLET), "plate"))
    assert page.startswith('<figure class="plate">')
    assert f"<figcaption>{draw(TABLET).caption}</figcaption>" in page


def test_an_imprint_cannot_bring_markup_into_the_page(pill) -> None:
    page = str(pill(draw(Appearance("tablet", "round", '"><b', None, 5, False, "<b>&"))))
    assert "<b" not in page


def test_every_color_class_of_a_drawing_has_a_rule_in_the_stylesheet() -> None:
    css = (Path(__file__).parents[3] / "static/css/pills.css").read_text("utf-8")
    words = "white cream gold peach rose red lilac blue aqua green gray tan black clear"
    for word in words.split():
        for name in draw(Appearance("tablet", "round", word)).classes.split()[1:]:
            assert f".{name} {{" in css
