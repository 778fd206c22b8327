"""The page that finds a tablet or capsule by what one sees on it. What it finds is a hint, never proof."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup

from shop.access import public
from shop.appearance.attributes import Appearance, draw, drawing
from shop.appearance.finding import Pill, Sought, pills, with_part_of
from shop.storefront.page_version import CATALOGUE
from shop.storefront.rows import picture
from shop.web import public_page

SHOWN, NEAR = 24, 6
MOST_LETTERS = 40
SHAPES = {
    "round": "Round",
    "oval": "Oval",
    "capsule": "Capsule",
    "rectangle": "Rectangle",
    "square": "Square",
    "diamond": "Diamond",
    "triangle": "Triangle",
    "pentagon": "Five sides",
    "hexagon": "Six sides",
    "heptagon": "Seven sides",
    "octagon": "Eight sides",
    "trapezoid": "Trapezoid",
    "semi-circle": "Half-round",
    "bullet": "Bullet",
    "tear": "Teardrop",
}
OTHER = "other"
OTHER_SHAPES = ("clover", "double circle", "gear", "freeform")
COLORS = {
    "white": "White",
    "yellow": "Yellow",
    "orange": "Orange",
    "pink": "Pink",
    "red": "Red",
    "purple": "Purple",
    "blue": "Blue",
    "teal": "Turquoise",
    "green": "Green",
    "brown": "Brown",
    "gray": "Gray",
    "black": "Black",
    "clear": "Clear",
}

blueprint = Blueprint("identifying", __name__)


@dataclass(frozen=True)
class Form:
    """What was asked, as the page's address says it; what is not offered counts as not known."""

    imprint: str = ""
    shape: str = ""
    color: str = ""

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "Form":
        """From a query string; addresses that were shared earlier spell it `colour`, and one `grey`."""
        shape, color = fields.get("shape", ""), fields.get("color") or fields.get("colour", "")
        color = "gray" if color == "grey" else color
        return cls(
            " ".join(fields.get("imprint", "")[:MOST_LETTERS].split()),
            shape if shape in SHAPES or shape == OTHER else "",
            color if color in COLORS else "",
        )

    @property
    def sought(self) -> Sought:
        shapes = OTHER_SHAPES if self.shape == OTHER else (self.shape,) if self.shape else ()
        return Sought(self.imprint, shapes, self.color)

    @property
    def words(self) -> list[str]:
        """What was asked, in words: ["“WPI 2265”", "round", "white"]."""
        shape = "another shape" if self.shape == OTHER else SHAPES.get(self.shape, "").lower()
        quoted = f"“{self.imprint}”" if self.imprint else ""
        return [word for word in (quoted, shape, COLORS.get(self.color, "").lower()) if word]

    def fewer(self) -> list[tuple[str, str]]:
        """Ways on with one thing less, as words and address; none when there is only one thing."""
        names = {"imprint": "the imprint", "shape": "the shape", "color": "the color"}
        given = [name for name in names if getattr(self, name)]
        return [(names[name], replace(self, **{name: ""}).url()) for name in given] if len(given) > 1 else []

    def url(self) -> str:
        """The address of this question."""
        fields = {"imprint": self.imprint, "shape": self.shape, "color": self.color}
        return f"/identify?{urlencode({name: value for name, value in fields.items() if value})}"


@dataclass(frozen=True)
class Match:
    """A pill that may be the one; `appearance` in words, `product` whose it is."""

    title: str
    url: str
    picture: Markup
    appearance: str
    product: str | None
    prescription_required: bool


@blueprint.get("/identify")
@public
@public_page(CATALOGUE)
def identify() -> str:
    """Choose what one sees; find what is on record with that appearance."""
    form = Form.read(request.args)
    found = pills(form.sought, SHOWN + 1)
    near = with_part_of(form.imprint, NEAR) if form.sought and not found else []
    return render_template(
        "storefront/identify.html",
        form=form,
        matches=_matches(found[:SHOWN]),
        more=len(found) > SHOWN,
        near=_matches(near),
        shapes=_shapes(),
        colors=_colors(),
        other=OTHER,
        limit=SHOWN,
        most_letters=MOST_LETTERS,
    )


def _matches(found: list[Pill]) -> list[Match]:
    return [_match(pill) for pill in found]


def _match(pill: Pill) -> Match:
    return Match(
        pill.label,
        f"/medicines/{pill.product_slug}/{pill.strength_slug}",
        picture(json.dumps(pill.appearance), pill.form),
        drawing(pill.appearance, pill.form).label,
        pill.appearance.get("product"),
        pill.prescription_required,
    )


@cache
def _shapes() -> list[tuple[str, str, Markup]]:
    """(value, words, drawing) of each shape one may choose."""
    return [(key, words, _sample(shape=key, color="white")) for key, words in SHAPES.items()]


@cache
def _colors() -> list[tuple[str, str, Markup]]:
    return [(key, words, _sample(shape="round", color=key)) for key, words in COLORS.items()]


def _sample(shape: str, color: str) -> Markup:
    """A small drawing beside its word, so it has no text of its own."""
    form = "capsule" if shape == "capsule" else "tablet"
    drawn = draw(Appearance(form, shape, color, scored=False, imprint=""))
    macros = current_app.jinja_env.get_template("components/pill.html").module
    sample: Markup = macros.sample(drawn)  # type: ignore[attr-defined]
    return sample
