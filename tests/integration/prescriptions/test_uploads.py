"""What comes in as a file leaves as clean pictures of its pages."""

import io
import zlib

import pytest
from PIL import Image

from shop.prescriptions.uploads.kinds import kind_of
from shop.prescriptions.uploads.render import MAX_SIDE_PIXELS
from tests.integration.prescriptions.bad_documents import (
    locked_pdf,
    noise,
    pdf,
    picture,
    saved,
    stream,
)
from tests.integration.prescriptions.uploaded import accepted, only_page, shade

GPS_IFD, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_picture_of_each_kind_is_taken_whatever_its_name(kind):
    assert kind_of(saved(picture(), kind)) == kind
    accepted(saved(picture(), kind), "prescription.pdf")
    page = only_page(saved(picture(), kind))
    assert page.size == (600, 400)
    assert (shade(page, 0.25, 0.25) < 10, shade(page, 0.75, 0.75) > 245) == (True, True)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_way_to_store_colors_gives_the_same_page(mode):
    page = only_page(saved(picture().convert(mode), "png"))
    assert page.mode in ("L", "RGB")
    assert (shade(page, 0.25, 0.25), shade(page, 0.75, 0.75)) == (0, 255)


def test_a_grey_scan_of_sixteen_bits_keeps_its_greys():
    page = only_page(saved(Image.new("I;16", (50, 50), 0x8000), "png"))
    assert 126 <= shade(page, 0.5, 0.5) <= 129


def test_printing_colors_become_screen_colors():
    page = only_page(saved(picture().convert("CMYK"), "jpeg"))
    assert page.mode == "RGB"
    assert (shade(page, 0.25, 0.25) < 10, shade(page, 0.75, 0.75) > 245) == (True, True)


def test_a_transparent_background_becomes_white_paper():
    image = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 50, 100))
    page = only_page(saved(image, "png"))
    assert (page.mode, shade(page, 0.25, 0.5), shade(page, 0.75, 0.5)) == ("RGB", 0, 255)


@pytest.mark.parametrize(("orientation", "dark_corner"), [(1, (0, 0)), (3, (1, 1)), (6, (1, 0)), (8, (0, 1))])
def test_a_photo_taken_sideways_stands_upright(orientation, dark_corner):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    page = only_page(saved(picture(), "jpeg", exif=exif))
    assert page.size == ((400, 600) if orientation in (6, 8) else (600, 400))
    corners = [(0, 0), (1, 0), (0, 1), (1, 1)]
    dark = [corner for corner in corners if shade(page, *(0.25 + 0.5 * part for part in corner)) < 128]
    assert dark == [dark_corner]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_where_and_with_what_a_photo_was_taken_is_gone(kind):
    exif = Image.Exif()
    exif[MAKER] = "ExampleCam"
    exif.get_ifd(GPS_IFD).update({1: "N", 2: (12.0, 34.0, 56.0)})
    options = {"comment": b"for Ada Example"} if kind == "jpeg" else {}
    sent = saved(picture(), kind, exif=exif, icc_profile=b"profile of ExampleCam", **options)
    assert b"ExampleCam" in sent
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS_IFD)

    (page,) = accepted(sent).pages
    kept = Image.open(io.BytesIO(page.data))
    assert dict(kept.getexif()) == {}
    assert not {"icc_profile", "comment", "exif", "xmp"} & kept.info.keys()
    assert b"ExampleCam" not in page.data
    assert b"Ada" not in page.data


def test_what_hangs_on_behind_a_picture_is_gone():
    script = b"<script>alert(1)</script>"
    (page,) = accepted(saved(picture(), "jpeg") + b"PK\x03\x04" + script + pdf()).pages
    assert (script in page.data, b"%PDF" in page.data, b"PK\x03\x04" in page.data) == (False, False, False)


def test_a_large_photo_is_scaled_and_a_small_one_is_not_enlarged():
    assert only_page(saved(picture((8000, 4000)), "jpeg")).size == (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS // 2)
    assert only_page(saved(picture((20, 10)), "png")).size == (20, 10)


def test_a_png_that_would_stay_large_is_kept_as_jpeg():
    (page,) = accepted(saved(noise((1800, 1800)), "png")).pages
    assert page.media_type == "image/jpeg"
    assert len(page.data) < 4 * 1024**2


def test_a_pdf_becomes_a_picture_for_each_page():
    assert len(accepted(pdf(pages=10)).pages) == 10
    page = only_page(pdf())
    assert page.format == "PNG"
    assert (page.width, page.height) == pytest.approx((1275, 1650), abs=1)
    # The document paints its lower left quarter: a PDF counts from the bottom.
    assert (shade(page, 0.25, 0.75), shade(page, 0.75, 0.25)) == (0, 255)


@pytest.mark.parametrize(
    "lead",
    [
        b'\x1b%-12345X@PJL JOB NAME="scan"\r\n@PJL ENTER LANGUAGE=PDF\r\n',
        b"\xef\xbb\xbf\r\n",
        bytes(900),
        b"Scanned by Example 3000\n",
    ],
    ids=["a printer's job", "a byte-order mark", "zeros", "a line of text"],
)
def test_a_pdf_with_bytes_before_its_header_is_read(lead):
    page = only_page(lead + pdf())
    assert (shade(page, 0.25, 0.75), shade(page, 0.75, 0.25)) == (0, 255)


def test_what_was_typed_into_a_pdf_form_is_on_the_page():
    entry = stream(b"0 0 100 50 re f", "/Type /XObject /Subtype /Form /BBox [0 0 100 50]")
    field = (
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (drug) /V (x) /F 4 /Rect [0 0 306 396]"
        b" /AP << /N 6 0 R >> /P 4 0 R >>"
    )
    form = {"page_extra": "/Annots [5 0 R]", "catalog_extra": "/AcroForm << /Fields [5 0 R] >>"}
    page = only_page(pdf(content=b" ", objects=(field, entry), **form))
    assert (shade(page, 0.25, 0.75), shade(page, 0.75, 0.25)) == (0, 255)


def test_a_pdf_locked_only_against_changes_is_read():
    assert shade(only_page(locked_pdf(password=b"")), 0.25, 0.75) == 0


@pytest.mark.parametrize("box", ["0 0 200000 200000", "0 0 200000 1", "0 0 1 200000", "0 0 1440 1440"])
def test_a_page_of_any_declared_size_stays_within_the_limit(box):
    page = only_page(pdf(box=box))
    assert max(page.size) <= MAX_SIDE_PIXELS
    assert min(page.size) >= 1


def test_a_picture_inside_a_pdf_that_unpacks_to_gigabytes_is_held_back():
    dots = zlib.compress(zlib.compress(b"\xff" * 300_000_000, 9), 9)
    entries = "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB"
    bomb = stream(dots, f"{entries} /BitsPerComponent 8 /Filter [/FlateDecode /FlateDecode]")
    resources = "/Resources << /XObject << /I 5 0 R >> >>"
    page = only_page(pdf(content=b"612 0 0 792 0 0 cm /I Do", page_extra=resources, objects=(bomb,)))
    assert max(page.size) <= MAX_SIDE_PIXELS
