"""Printed prescription forms, drawn and filled in with invented words, for what looks alike."""

import io

from PIL import Image, ImageDraw, ImageEnhance, ImageFont

SIZE = (1240, 1754)  # A4 at 150 dots an inch
FIELDS = ("Patient", "Date of birth", "Address", "Date", "Medicine", "Quantity", "Refills", "Directions")
ADA = (
    "Ada Specimen",
    "March 2, 1971",
    "9 Nowhere Lane",
    "November 16, 2026",
    "Baclofen 10 mg",
    "90",
    "3",
    "1 tablet three times a day",
)
BEN = (
    "Ben Sample",
    "June 30, 1949",
    "12 Example Street, Springfield",
    "November 2, 2026",
    "Lisinopril 5 mg",
    "30",
    "11",
    "take one in the morning with water",
)


def practice(values: tuple[str, ...]) -> Image.Image:
    """A family practice’s form: a letterhead, ruled lines."""
    page = Image.new("L", SIZE, "white")
    draw = ImageDraw.Draw(page)
    draw.text((100, 80), "Riverside Family Practice", font=_font(48), fill=0)
    draw.text((100, 150), "9 Nowhere Lane, Springfield  (555) 555-0188", font=_font(28), fill=0)
    draw.line((80, 210, SIZE[0] - 80, 210), fill=0, width=4)
    for row, (label, value) in enumerate(zip(FIELDS, values, strict=True)):
        top = 280 + row * 140
        draw.text((100, top), label, font=_font(30), fill=0)
        draw.line((360, top + 40, SIZE[0] - 100, top + 40), fill=90, width=2)
        draw.text((380, top - 10), value, font=_font(36), fill=20)
    draw.text((100, SIZE[1] - 90), "Ivor Sample, MD  NPI 1234567893", font=_font(26), fill=0)
    return page


def hospital(values: tuple[str, ...]) -> Image.Image:
    """A hospital’s form: a dark band, and boxes."""
    page = Image.new("L", SIZE, "white")
    draw = ImageDraw.Draw(page)
    draw.rectangle((0, 0, SIZE[0], 220), fill=60)
    draw.text((80, 80), "Example Hospital Outpatients", font=_font(56), fill=255)
    draw.rectangle((80, 300, SIZE[0] - 80, 700), outline=0, width=3)
    draw.rectangle((80, 760, SIZE[0] - 80, 1500), outline=0, width=3)
    for row, value in enumerate(values):
        draw.text((120, 340 + row * 140), value, font=_font(36), fill=20)
    return page


def jpeg(page: Image.Image, quality: int = 80) -> Image.Image:
    """The page as it comes back from a JPEG."""
    kept = io.BytesIO()
    page.save(kept, "JPEG", quality=quality)
    return Image.open(io.BytesIO(kept.getvalue())).convert("L")


def scaled(page: Image.Image, share: float) -> Image.Image:
    return page.resize((round(page.width * share), round(page.height * share)))


def lit(page: Image.Image, share: float) -> Image.Image:
    return ImageEnhance.Brightness(page).enhance(share)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
