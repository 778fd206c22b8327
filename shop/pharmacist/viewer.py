"""Which page of the documents is shown, how large and which way up. Pure: addresses and buttons change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shop.numbers import digits
from shop.paging import page_number

ZOOMS = (100, 150, 200, 300)  # per cent of what fits


@dataclass(frozen=True)
class Sheet:
    """One page of one document; sides in pixels."""

    address: str
    width: int
    height: int
    filename: str


@dataclass(frozen=True)
class View:
    """`page` counts from 1, `turn` is degrees clockwise, `zoom` one of ZOOMS."""

    page: int = 1
    turn: int = 0
    zoom: int = 100

    def after(self, step: str, pages: int) -> "View":
        """The view after a button: smaller, larger, fit, left, right, or page-2."""
        place = ZOOMS.index(self.zoom)
        if step == "smaller":
            return replace(self, zoom=ZOOMS[max(0, place - 1)])
        if step == "larger":
            return replace(self, zoom=ZOOMS[min(len(ZOOMS) - 1, place + 1)])
        if step == "fit":
            return replace(self, zoom=100)
        if step in ("left", "right"):
            return replace(self, turn=(self.turn + (90 if step == "right" else 270)) % 360)
        number = _number(step.removeprefix("page-")) if step.startswith("page-") else 0
        return View(page=number) if 1 <= number <= pages else self


@dataclass(frozen=True)
class Drawing:
    """A sheet as the view shows it: the drawing's sides and how the picture is moved into it."""

    sheet: Sheet
    width: int
    height: int
    transform: str


def view_from(values: Mapping[str, str], pages: int) -> View:
    """The view that an address or a form names; what it does not name is the usual."""
    page = page_number(values.get("page"))
    turn, zoom = (_number(values.get(name, "")) for name in ("turn", "zoom"))
    return View(
        page if page <= pages else 1,
        turn if turn in (90, 180, 270) else 0,
        zoom if zoom in ZOOMS else 100,
    )


def drawing(view: View, sheets: Sequence[Sheet]) -> Drawing | None:
    """What is shown; None where there is no page."""
    if not sheets:
        return None
    sheet = sheets[view.page - 1]
    width, height = sheet.width, sheet.height
    moves = {
        0: "",
        90: f"translate({height} 0) rotate(90)",
        180: f"translate({width} {height}) rotate(180)",
        270: f"translate(0 {width}) rotate(270)",
    }
    if view.turn in (90, 270):
        width, height = height, width
    return Drawing(sheet, width, height, moves[view.turn])


def _number(text: str) -> int:
    return digits(text, 5) or 0
