"""In forced colors the browser takes away tints, shadows and colored text: every state must still be seen."""

import io

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.journeys import people
from tests.journeys.layout.measuring import STYLES

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # looks do not depend on the database
]

AROUND = 8  # px about an element that belong to it: outlines
SEEN = 64  # of 255: a difference in brightness that is seen
FEWEST_PX = 24  # that must differ

UNCHECK = "label => { label.control.checked = false }"
UNMARK = "element => element.removeAttribute('aria-current')"
# What is looked at: where, what is in the state, and what takes the state away.
STATES = [
    ("/medicines/baclofen-tablets", ".segmented [aria-current]", UNMARK),  # the chosen strength
    ("/medicines/baclofen-tablets", ".quantities input:checked + label", UNCHECK),
    ("/medicines/baclofen-tablets", "tr.this", "row => row.classList.remove('this')"),
    ("/medicines/baclofen-tablets", ".buy .in", "level => level.className = 'out'"),
    ("/medicines/baclofen-tablets", ".buy .in", "level => level.className = 'few'"),
    ("/medicines?letter=B", ".thumb [aria-current]", UNMARK),
    ("/medicines?form=tablet", "header nav [aria-current]", UNMARK),
    ("/identify?shape=round", ".appearances input:checked + label", UNCHECK),
    ("/basket", ".button.wide", "button => button.removeAttribute('aria-disabled')"),
]
CHECK = "<ul class=checks><li class=stops><b class=verdict>Stops</b></li></ul>"
# Parts of pages that take a whole journey to reach, drawn with the store's own style sheets.
PARTS = [
    ("<ol class=timeline><li><div>Packed</div></li></ol>", "li", "li => li.className = 'next'"),
    ("<ol class=timeline><li class=now><div>Packed</div></li></ol>", "li", "li => li.className = 'next'"),
    ("<ol class=timeline><li class=now><div>Packed</div></li></ol>", "li", "li => li.className = ''"),
    (CHECK, "li", "li => li.className = 'needs'"),
    (CHECK, "li", "li => li.className = 'passed'"),
    ("<nav class=queue><a href=# aria-current=page>Ada</a></nav>", "a", UNMARK),
    ("<nav class=tabs><ul><li><a href=# aria-current=page>Packed</a></li></ul></nav>", "a", UNMARK),
    (
        "<div class=suggestions><a href=# aria-selected=true>Baclofen</a></div>",
        "a",
        "a => a.setAttribute('aria-selected', 'false')",
    ),
    ("<fieldset class=addresses><label><input type=radio checked>Home</label></fieldset>", "label", UNCHECK),
    ("<p class=flash>Saved</p>", "p", "p => p.className = ''"),
    ("<ul class=legend><li class='key k4'>Soon</li></ul>", "li", "li => li.className = 'key k2'"),
]


@pytest.fixture
def page(browser: Browser, store):
    context = browser.new_context(
        base_url=store.address, forced_colors="active", viewport={"width": 1280, "height": 900}
    )
    yield context.new_page()
    context.close()


def test_each_state_is_seen_without_colors(page, store):
    people.add_to_basket(page, "baclofen-tablets", 90)
    unseen = []
    for address, element, take_away in STATES:
        page.goto(address)
        unseen += _unseen(page, element, take_away, address)
    styles = "".join(f"<style>{sheet.read_text()}</style>" for sheet in sorted(STYLES.glob("*.css")))
    page.goto("about:blank")  # out of reach of the store's content security policy
    for part, element, take_away in PARTS:
        page.set_content(f"{styles}<main>{part}</main>")
        unseen += _unseen(page, element, take_away, part)
    assert unseen == []


def _unseen(page: Page, element: str, take_away: str, where: str) -> list[str]:
    locator = page.locator(element).first
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None, f"{element} is not on {where}"
    clip = {
        "x": max(box["x"] - AROUND, 0),
        "y": max(box["y"] - AROUND, 0),
        "width": box["width"] + 2 * AROUND,
        "height": box["height"] + 2 * AROUND,
    }
    before = page.screenshot(clip=clip, animations="disabled")
    locator.evaluate(take_away)
    after = page.screenshot(clip=clip, animations="disabled")
    return [] if _differing_px(before, after) >= FEWEST_PX else [f"{where}: {element}: {take_away}"]


def _differing_px(one: bytes, other: bytes) -> int:
    gray = [Image.open(io.BytesIO(picture)).convert("L") for picture in (one, other)]
    return sum(ImageChops.difference(*gray).histogram()[SEEN:])
