"""Each state that a style sheet gives a look has a row in tests/journeys/layout/states.py."""

import re
from pathlib import Path

import pytest

from tests.journeys.layout.states import PARTS, STATES, WRITTEN

STYLES = Path(__file__).parents[2] / "static/css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FORCED = re.compile(r"@media \(forced-colors: active\) \{(?:[^{}]*\{[^{}]*\})*\s*\}")
RULE = re.compile(r"([^{};]+)\{([^{}]*)\}")
COMMA = re.compile(r",(?![^(]*\))")
STATE = re.compile(r"\[(?:aria-current|aria-invalid|aria-selected|data-state)\b|:checked")
LOOK = re.compile(r"(?:^|[;\s])(?:color|background|border|outline|font-weight|text-decoration|box-shadow)\b")


def states_of(sheet: str) -> set[str]:
    """The selectors with a state that change a look; what only hides something needs no color."""
    plain = FORCED.sub("", COMMENT.sub("", sheet))
    return {
        " ".join(selector.split())
        for selectors, declarations in RULE.findall(plain)
        if LOOK.search(declarations)
        for selector in COMMA.split(selectors)
        if STATE.search(selector)
    }


def test_each_state_is_looked_at_in_forced_colors():
    found = {state for sheet in STYLES.glob("*.css") for state in states_of(sheet.read_text())}
    assert found == set(WRITTEN)


def test_each_state_names_a_row_that_looks_at_it():
    rows = [row[:2] for row in (*STATES, *PARTS)]
    assert [name for name in WRITTEN.values() if not any(name in part for row in rows for part in row)] == []


@pytest.mark.parametrize(
    ("sheet", "states"),
    [
        (".a, .b [aria-current=page] { color: red; }", {".b [aria-current=page]"}),
        (".a { color: red; } .a:has(:checked) .b { display: none; }", set()),
        ("@media print { .c:checked { outline: 1px solid; } }", {".c:checked"}),
        (".d:is(:hover, [data-state=open]) { border-color: red; }", {".d:is(:hover, [data-state=open])"}),
        ("@media (forced-colors: active) { .e:checked { color: red; } } .f { color: red; }", set()),
        ("/* [aria-invalid] */ .g { color: red; }", set()),
    ],
)
def test_the_states_of_a_style_sheet(sheet, states):
    assert states_of(sheet) == states
