"""Reading what pharmacies paid, and the part of a medicine's page that shows it."""

import re
from datetime import date
from decimal import Decimal

from flask import render_template
from markupsafe import escape

from shop.database import transaction
from shop.money import format_unit_price
from shop.pricing.acquisition import Kind, Period, Source
from shop.pricing.history_chart import history_chart
from shop.pricing.models import AcquisitionPrice
from shop.pricing.queries import histories, history
from tests.factories import make_variant
from tests.plans import statements

SOURCE = Source(date(2022, 10, 1), Kind.HISTORY).text


def paid(variant_id: int, *rows: tuple[str, date, date | None]) -> None:
    with transaction() as session:
        session.add_all(
            AcquisitionPrice(
                variant_id=variant_id, price=Decimal(p), effective_on=first, ends_on=last, source=SOURCE
            )
            for p, first, last in rows
        )


def test_a_history_is_read_oldest_first_with_equal_neighbours_as_one(context):
    variant_id = make_variant()
    paid(
        variant_id,
        ("0.05", date(2021, 1, 1), None),
        ("0.1", date(2019, 1, 1), date(2019, 12, 31)),
        ("0.1", date(2020, 1, 1), date(2020, 12, 31)),
    )
    assert history(variant_id) == [
        Period(Decimal("0.1"), date(2019, 1, 1), date(2020, 12, 31), SOURCE),
        Period(Decimal("0.05"), date(2021, 1, 1), None, SOURCE),
    ]


def test_histories_of_many_strengths_cost_one_query(context):
    known, unknown = make_variant(strength="10 mg"), make_variant(strength="20 mg")
    paid(known, ("0.05", date(2021, 1, 1), None))
    with statements() as asked:
        found = histories([known, unknown])
    assert len([statement for statement, _ in asked if statement.startswith("SELECT")]) == 1
    assert [len(found[known]), len(found[unknown])] == [1, 0]
    assert history(10**9) == []


def test_the_page_part_draws_and_says_the_history_without_inline_style(context):
    variant_id = make_variant()
    paid(variant_id, ("0.2", date(2019, 1, 1), date(2019, 12, 31)), ("0.05", date(2020, 1, 1), None))
    chart = history_chart(
        history(variant_id), "tablet", "en_US", lambda price: format_unit_price(price, "USD", "en_US")
    )
    with context.test_request_context():
        html = render_template("storefront/_history.html", history=chart)
        assert render_template("storefront/_history.html", history=None).strip() == ""
    assert f'role="img" aria-label="{escape(chart.text)}"' in html
    assert {"2", "0.20"} <= set(re.findall(r"\d+(?:\.\d+)?", chart.text)), "periods, and the first price"
    assert f'd="{chart.line}"' in html
    assert "January 1, 2020" in html
    assert "style=" not in html
