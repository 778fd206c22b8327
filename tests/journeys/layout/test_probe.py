"""The probe finds what it is there for, and nothing on a page that is whole."""

import pytest

from tests.journeys.layout.measuring import PROBE

pytestmark = pytest.mark.journey

LONG = "What pharmacies paid for one tablet on average in this month"
FAULTS = {
    "px wide in a window": "<div style='width: 700px'>wide</div>",
    "out of the window": f"<p style='position: fixed; left: 380px; white-space: nowrap'>{LONG}</p>",
    "a column of": f"<p style='width: 60px'>{LONG}</p>",
    "is broken": "<p style='width: 40px; overflow-wrap: anywhere'>Acetaminophen tablets</p>",
    "no room at all": f"<p style='width: 0; overflow: hidden'>{LONG}</p>",
    "leaves its box": f"<p style='width: 150px; white-space: nowrap'>{LONG}</p>",
    "leaves its button": "<a style='display: grid; width: 150px' href='#'>"
    f"<b style='white-space: nowrap'>{LONG}</b></a>",
    "cut by": f"<div style='width: 150px; overflow: auto'><p style='width: 360px'>{LONG}</p></div>",
    "lies over": "<p>Twenty tablets</p><p style='margin-top: -35px'>Thirty tablets</p>",
    "a target of": "<button style='all: unset; font-size: 12px; line-height: 1'>Remove</button>",
    "begins with words": "<table style='display: block'><tbody style='display: block'>"
    "<tr style='display: grid'><td>DEMO-1</td><td class=num>30</td></tr></tbody></table>",
    "without its column’s name": "<table style='display: block'><thead><tr><th>Lot</th></tr></thead>"
    "<tbody style='display: block'><tr style='display: block'><td>DEMO-1</td></tr></tbody></table>",
}
WHOLE = f"""<p>{LONG}</p><p>{LONG}, <a href="#">read more</a>.</p><button style="padding: 8px">Find</button>
<table><thead><tr><th>Lot</th></tr></thead><tbody><tr><td>DEMO-1</td></tr></tbody></table>"""


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(page, fault):
    page.set_content(FAULTS[fault])
    assert any(fault in found for found in page.evaluate(PROBE))


def test_a_whole_page_has_none(page):
    page.set_content(WHOLE)
    assert page.evaluate(PROBE) == []
