"""Prescriptions on paper, drawn: a practice's form filled in, signed with a scribble, and photographed.

Everything on it is invented. Used for the demonstration's past, and for the sample that a newcomer sends.
"""

import io
import math
import random
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date

SIZE = (900, 1160)
PAPER, INK, LINE, PEN = (251, 249, 243), (38, 40, 46), (150, 150, 150), (28, 42, 110)
DESK = (205, 196, 180)
MARGIN, ROW = 70, 104
REMARK = "Invented for a demonstration. Not a prescription."
FORM_INK = ((24, 72, 96), (96, 40, 40), (46, 80, 46))


@dataclass(frozen=True)
class Practice:
    """A prescriber as their paper states them."""

    name: str
    clinic: str
    npi: str
    address: str
    phone: str


@dataclass(frozen=True)
class Paper:
    """What is written on one. `style` picks the form's ink and how it was photographed."""

    practice: Practice
    patient: str
    born: date
    issued: date
    medicine: str
    quantity: str
    refills: str
    directions: str
    style: int = 0


@dataclass(frozen=True)
class Picture:
    """A JPEG and the image that it was made of."""

    jpeg: bytes
    image: Any


@lru_cache(maxsize=8)
def photographed(paper: Paper) -> Picture:
    """The paper as a phone's camera sees it: on a desk, a little turned."""
    from PIL import Image

    form = _form(paper)
    chance = random.Random(paper.style)  # noqa: S311
    turned = form.rotate(chance.uniform(-1.6, 1.6), Image.Resampling.BICUBIC, expand=True, fillcolor=DESK)
    desk = Image.new("RGB", (turned.width + 48, turned.height + 48), DESK)
    desk.paste(turned, (24, 24))
    target = io.BytesIO()
    desk.save(target, "JPEG", quality=82)
    return Picture(target.getvalue(), desk)


def _form(paper: Paper) -> Any:
    from PIL import Image, ImageDraw

    page = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(page)
    ink = FORM_INK[paper.style % len(FORM_INK)]
    draw.text((MARGIN, 56), paper.practice.clinic, font=_font(40), fill=ink)
    draw.text((MARGIN, 112), f"{paper.practice.address}   {paper.practice.phone}", font=_font(20), fill=INK)
    draw.line((MARGIN, 152, SIZE[0] - MARGIN, 152), fill=ink, width=4)
    draw.text((MARGIN, 168), "Rx", font=_font(58), fill=ink)
    rows = (
        ("Patient", paper.patient),
        ("Date of birth", _day(paper.born)),
        ("Date", _day(paper.issued)),
        ("Medicine", paper.medicine),
        ("Directions", paper.directions),
        ("Quantity", paper.quantity),
        ("Refills", paper.refills),
    )
    for place, (label, value) in enumerate(rows):
        top = 262 + place * ROW
        draw.text((MARGIN, top), label, font=_font(20), fill=ink)
        draw.text((MARGIN + 170, top - 12), value, font=_font(32), fill=PEN)
        draw.line((MARGIN + 160, top + 36, SIZE[0] - MARGIN, top + 36), fill=LINE, width=2)
    foot = SIZE[1] - 130
    draw.line(_scribble(SIZE[0] - 430, foot - 24, paper.style), fill=PEN, width=4, joint="curve")
    draw.line((SIZE[0] - 450, foot + 10, SIZE[0] - MARGIN, foot + 10), fill=LINE, width=2)
    draw.text(
        (SIZE[0] - 450, foot + 20),
        f"{paper.practice.name}   NPI {paper.practice.npi}",
        font=_font(20),
        fill=INK,
    )
    draw.text(
        (MARGIN, foot + 76), "Invented for a demonstration. Not a prescription.", font=_font(18), fill=LINE
    )
    return page


def _scribble(left: float, middle: float, style: int) -> list[tuple[float, float]]:
    """A signature that nobody has: two waves of different length, drawn from left to right."""
    long, short = 26 + style % 5 * 4, 9 + style % 3 * 2
    return [
        (left + x, middle + 20 * math.sin(x / long) * math.cos(x / short) - x / 14) for x in range(0, 320, 3)
    ]


def _day(day: date) -> str:
    return format_date(day, "long", locale="en_US")  # as a practice in the US writes it


@lru_cache(maxsize=8)
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)
