"""Values in a page are escaped, always and everywhere."""

import pytest
from flask import Flask, render_template_string
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from shop.templating import Environment, escaped

HOSTILE = "<script>alert('1' & \"2\")</script>"


class Drawn:
    def __html__(self) -> str:
        return "<svg/>"


class Shouting(str):
    __slots__ = ()

    def __html__(self) -> str:
        return "&amp;"


@given(st.text())
def test_a_text_is_escaped_as_markupsafe_escapes_it(text):
    assert escaped(text) == escape(text)


@pytest.mark.parametrize(
    "value", [Markup("<b>"), 0, 1.5, None, True, b"<", Drawn(), Shouting("<"), ["<", "&"]]
)
def test_whatever_else_a_page_shows_is_escaped_as_markupsafe_escapes_it(value):
    assert escaped(value) == escape(value)


@pytest.fixture(scope="module")
def app():
    app = Flask("pages")
    app.jinja_environment = Environment
    return app


@pytest.mark.parametrize(
    "template",
    [
        "{{ value }}",
        "{% macro one(text) %}{{ text }}{% endmacro %}{{ one(value) }}",
        "{% for one in [value] %}{{ one }}{% endfor %}",
        "{% set kept %}{{ value }}{% endset %}{{ kept }}",
        "{% macro outer() %}{{ caller() }}{% endmacro %}{% call outer() %}{{ value }}{% endcall %}",
        "{{ value|upper|lower }}",
        "{% filter lower %}{{ value }}{% endfilter %}",
        "{% autoescape true %}{{ value }}{% endautoescape %}",
    ],
)
def test_no_way_into_a_page_leads_past_escaping(app, template):
    with app.test_request_context():
        shown = render_template_string(template, value=HOSTILE)
    assert shown in (str(escape(HOSTILE)), str(escape(HOSTILE)).lower())


def test_templates_are_compiled_so(app):
    assert "environment.escaped(" in app.jinja_env.compile("{{ value }}", "page.html", "page.html", raw=True)
