"""The parts a price is made of, as the pages show them."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from flask import get_template_attribute

from shop.pricing.rules import Rule, price_breakdown

D = Decimal
RULE = Rule(D("0.35"), D("2.40"), None, ((90, D(5)),))


@pytest.fixture
def shown(app):
    def show(*facts, source: str = "", as_of: date | None = None) -> str:
        with app.test_request_context():
            macro = get_template_attribute("storefront/_making.html", "made")
            return str(macro(price_breakdown(*facts), "pill", source, as_of))

    return show


def parts(html: str) -> list[tuple[str, str]]:
    """Each line's part and figure, from the top down."""
    found = re.findall(r'data-part="(\w+)"><dt>.*?</dt><dd>(.*?)</dd>', html)
    return [(part, unescape(figure)) for part, figure in found]


def test_every_part_of_a_ruled_price_stands_on_its_line(shown):
    html = shown(RULE, D("0.103"), D("0.06047"), 90, source="A survey.")
    assert parts(html) == [
        ("cost", "$0.06047"),
        ("markup", "+ $0.02116"),
        ("fee", "+ $0.02667"),
        ("discount", "− $0.00542"),
        ("rounding", "+ $0.00012"),
        ("price", "$0.103"),
    ]
    for figure in ("35%", "$2.40", "90", "5%", "A survey."):
        assert figure in html


def test_parts_that_are_not_there_are_not_named(shown):
    assert parts(shown(Rule(D("0.5")), D("0.30"), D("0.2"), 30)) == [
        ("cost", "$0.20"),
        ("markup", "+ $0.10"),
        ("price", "$0.30"),
    ]


def test_of_a_fixed_price_the_acquisition_and_ours_are_said(shown):
    assert parts(shown(None, D("0.51"), D("0.06047"), 30)) == [("cost", "$0.06047"), ("ours", "$0.44953")]
    assert parts(shown(None, D("0.05"), D("0.06047"), 30)) == [("cost", "$0.06047"), ("less", "$0.01047")]


@pytest.mark.parametrize("rule", [RULE, None])
def test_an_old_survey_states_its_day_beside_its_price(shown, rule):
    facts = (rule, D("0.103"), D("0.06047"), 90)
    assert 'datetime="2022-09-21"' in shown(*facts, as_of=date(2022, 9, 21))
    assert "<time" not in shown(*facts)


def test_where_nothing_is_known_nothing_stands_there(shown):
    assert shown(RULE, D("0.51"), None, 30).strip() == ""


@pytest.mark.parametrize("cost", ["0.00001", "0.0005", "0.06", "1000"])
def test_the_drawing_stays_within_its_frame(shown, cost):
    price = making_price(D(cost))
    html = shown(RULE, price, D(cost), 90)
    numbers = [
        int(number) for path in re.findall(r' d="([^"]+)"', html) for number in re.findall(r"\d+", path)
    ]
    assert max(numbers) <= 1000
    assert "h-" not in re.sub(r"h-\d+z", "", html)
    assert "style=" not in html


def making_price(cost: Decimal) -> Decimal:
    from shop.pricing.rules import unit_price

    price = unit_price(RULE, cost, 90)
    assert price is not None
    return price
