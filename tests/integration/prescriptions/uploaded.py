"""Sending a file as a customer does, and looking at the page that came of it."""

import io

import pytest
from PIL import Image

from shop.prescriptions.uploads.intake import check
from shop.prescriptions.uploads.opening import Opened, open_document
from shop.prescriptions.uploads.refusals import UploadRefused


def accepted(data: bytes, name: str = "prescription.jpg") -> Opened:
    """Both steps, one after the other: what the web looks at, then what the worker does."""
    check(io.BytesIO(data), name)
    opened = open_document(data, 10)
    if opened.refusal:
        raise opened.refusal
    return opened


def refused(data: bytes, name: str = "prescription.jpg") -> UploadRefused:
    with pytest.raises(UploadRefused) as refusal:
        accepted(data, name)
    assert refusal.value.todo
    return refusal.value


def only_page(data: bytes) -> Image.Image:
    """The one page as a picture, after checking that it is what its description says."""
    (page,) = accepted(data).pages
    image = Image.open(io.BytesIO(page.data))
    image.load()
    assert image.size == (page.width, page.height)
    assert f"image/{image.format.lower()}" == page.media_type
    return image


def shade(image: Image.Image, across: float, down: float) -> int:
    """0 black … 255 white, at a place given as parts of the sides."""
    return image.convert("L").getpixel((int(image.width * across), int(image.height * down)))
