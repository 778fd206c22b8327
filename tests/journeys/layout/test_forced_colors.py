"""In forced colors the browser takes away tints, shadows and colored text: every state must still be seen."""

import io

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.journeys import people
from tests.journeys.layout.measuring import STYLES
from tests.journeys.layout.states import PARTS, STATES

pytestmark = [
    pytest.mark.journey,
    pytest.mark.parametrize("store", ["sqlite"], indirect=True),  # looks do not depend on the database
]

AROUND = 8  # px about an element that belong to it: outlines
SEEN = 64  # of 255: a difference in brightness that is seen
FEWEST_PX = 24  # that must differ


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
