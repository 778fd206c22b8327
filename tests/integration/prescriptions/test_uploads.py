"""What comes in as a file leaves as clean pictures of its pages, or is refused with a reason."""

import io
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from shop.prescriptions import uploads
from shop.prescriptions.render import MAX_SIDE_PIXELS
from shop.prescriptions.upload_refusals import MAX_UPLOAD_BYTES
from shop.prescriptions.uploads import (
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    NoFileSent,
    PdfLocked,
    RendererBroken,
    TookTooLong,
    TooManyPages,
    TooManyPixels,
    UploadRefused,
    WrongKind,
    accept,
)
from tests.integration.prescriptions.bad_documents import (
    bomb_png,
    locked_pdf,
    noise,
    pdf,
    picture,
    saved,
    stream,
)

PAGE_OF_SCRIPT = '{"pages": [{"media_type": "image/png", "width": 1, "height": 1, "bytes": 9}]}\n<script>'
GPS_IFD, ORIENTATION, MAKER = 0x8825, 0x0112, 0x010F


def accepted(data: bytes, name: str = "prescription.jpg"):
    return accept(io.BytesIO(data), name)


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


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_picture_of_each_kind_is_taken_whatever_its_name(kind):
    document = accepted(saved(picture(), kind), "prescription.pdf")
    assert document.kind == kind
    page = only_page(saved(picture(), kind))
    assert page.size == (600, 400)
    assert (shade(page, 0.25, 0.25) < 10, shade(page, 0.75, 0.75) > 245) == (True, True)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_way_to_store_colours_gives_the_same_page(mode):
    page = only_page(saved(picture().convert(mode), "png"))
    assert page.mode in ("L", "RGB")
    assert (shade(page, 0.25, 0.25), shade(page, 0.75, 0.75)) == (0, 255)


def test_a_grey_scan_of_sixteen_bits_keeps_its_greys():
    page = only_page(saved(Image.new("I;16", (50, 50), 0x8000), "png"))
    assert 126 <= shade(page, 0.5, 0.5) <= 129


def test_printing_colours_become_screen_colours():
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
    document = accepted(pdf(pages=10))
    assert (document.kind, len(document.pages)) == ("pdf", 10)
    page = only_page(pdf())
    assert page.format == "PNG"
    assert (page.width, page.height) == pytest.approx((1275, 1650), abs=1)
    # The document paints its lower left quarter: a PDF counts from the bottom.
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
    started = time.monotonic()
    page = only_page(pdf(content=b"612 0 0 792 0 0 cm /I Do", page_extra=resources, objects=(bomb,)))
    assert max(page.size) <= MAX_SIDE_PIXELS
    assert time.monotonic() - started < 15


def test_no_file_and_an_empty_file_are_told_apart():
    with pytest.raises(NoFileSent):
        accept(None, "")
    assert isinstance(refused(b"", name=""), NoFileSent)
    assert isinstance(refused(b"", name="prescription.jpg"), FileEmpty)


def test_a_file_of_sixteen_megabytes_is_refused_without_reading_on():
    class Counting(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            block = super().read(size)
            self.taken += len(block)
            return block

    sent = Counting(saved(picture(), "jpeg") + bytes(20 * 1024**2))
    with pytest.raises(FileTooLarge, match="15 MB") as refusal:
        accept(sent, "prescription.jpg")
    assert sent.taken == MAX_UPLOAD_BYTES + 1
    assert refusal.value.status == 413


def test_a_file_of_exactly_the_limit_is_taken():
    small = saved(picture(), "jpeg")
    assert len(accepted(small + bytes(MAX_UPLOAD_BYTES - len(small))).pages) == 1
    assert isinstance(refused(small + bytes(MAX_UPLOAD_BYTES - len(small) + 1)), FileTooLarge)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "a web page (HTML)"),
        (b"\xef\xbb\xbf \n<HTML><body>%PDF-1.7</body>", "a web page (HTML)"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "a drawing (SVG)"),
        (b'<?xml version="1.0"?><!-- x --><svg/>', "a drawing (SVG)"),
        (b"<?xml version='1.0'?><a/>", "an XML file"),
        (saved(picture(), "gif"), "a GIF picture"),
        (saved(picture(), "tiff"), "a TIFF picture"),
        (b"PK\x03\x04" + bytes(40), "a ZIP archive or an office document"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC photo"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "an AVIF picture"),
        (b"\0\0\0\x18ftypisom" + bytes(40), "a film"),
        ("take one tablet – daily".encode(), "a text file"),
    ],
)
def test_another_kind_renamed_to_jpg_is_called_what_it_is(data, words):
    refusal = refused(data)
    assert isinstance(refusal, WrongKind)
    assert refusal.status == 415
    assert str(refusal) == f"Its name ends in .jpg, but the file seems to be {words}, which we cannot take."


def test_bytes_that_mean_nothing_are_refused_without_a_guess():
    assert str(refused(bytes(range(128, 256)))) == WrongKind.sentence


def test_a_refusal_does_not_repeat_the_files_name():
    assert "ada" not in str(refused(b"<html>", name="ada-example.hiv.png")).lower()
    assert "hiv" not in str(refused(b"<html>", name="ada.hiv"))


def test_an_iphone_photo_is_refused_with_what_to_set():
    assert "Most Compatible" in refused(b"\0\0\0\x18ftypheic" + bytes(40), "IMG_1.HEIC").todo


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_picture_cut_short_is_refused(kind, kept):
    whole = saved(noise((400, 300)), kind)
    assert isinstance(refused(whole[: int(len(whole) * kept)]), FileDamaged)


def test_a_png_with_a_wrong_sum_is_refused():
    whole = bytearray(saved(noise((400, 300)), "png"))
    whole[len(whole) // 2] ^= 0xFF
    assert isinstance(refused(bytes(whole)), FileDamaged)


@pytest.mark.parametrize("data", [pdf()[:150], b"%PDF-1.7\n" + bytes(500), b"%PDF-", pdf(pages=0)])
def test_an_unreadable_pdf_is_refused(data):
    assert isinstance(refused(data), FileDamaged)


@pytest.mark.parametrize("side", [8_000, 20_000, 60_000])
def test_a_decompression_bomb_is_refused_at_once(side):
    bomb = bomb_png(side)
    assert len(bomb) < 1024**2
    started = time.monotonic()
    assert isinstance(refused(bomb), TooManyPixels)
    assert time.monotonic() - started < 5


def test_a_pdf_with_a_password_says_to_remove_it():
    refusal = refused(locked_pdf(password=b"secret"))
    assert isinstance(refusal, PdfLocked)
    assert refusal.todo == "Remove the password and send it again."


def test_a_pdf_of_eleven_pages_is_refused():
    assert isinstance(refused(pdf(pages=11)), TooManyPages)


def test_a_pdf_that_keeps_the_processor_busy_is_stopped_by_the_limit_of_time(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_WALL_SECONDS", 1)
    endless = pdf(content=b"0 0 m 600 700 400 20 100 300 c S 0 0 600 700 re f* " * 200_000)
    started = time.monotonic()
    assert isinstance(refused(endless), TookTooLong)
    assert time.monotonic() - started < 5
    assert renderers_alive() == []


def test_a_fault_of_the_installation_is_not_blamed_on_the_document(monkeypatch, tmp_path):
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "missing.py")
    with pytest.raises(RendererBroken):
        accepted(saved(picture(), "png"))


@pytest.mark.parametrize(
    ("program", "outcome"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", FileDamaged),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", TookTooLong),
        ("import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write(bytes(70 << 20))", TooManyPixels),
        ('print(\'{"broken": "no Pillow"}\')', RendererBroken),
        ("print('nonsense')", FileDamaged),
        ("print('[]')", FileDamaged),
        (f"print({PAGE_OF_SCRIPT!r})", FileDamaged),
    ],
)
def test_a_renderer_that_was_taken_over_or_died_is_not_believed(monkeypatch, tmp_path, program, outcome):
    (tmp_path / "taken_over.py").write_text(program)
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "taken_over.py")
    with pytest.raises(outcome):
        accepted(saved(picture(), "png"))


def test_the_renderer_sees_no_secrets_and_cannot_write_or_take_much_memory(monkeypatch, tmp_path):
    monkeypatch.setenv("VAULT_KEYS", "2026:secret")
    (tmp_path / "curious.py").write_text(
        f"import sys, os, json; sys.path.insert(0, {str(uploads.RENDERER.parent)!r}); import render\n"
        "render.limit_this_process(); found = []\n"
        "if 'VAULT_KEYS' in os.environ: found.append('secret')\n"
        "try: bytearray(2 << 30); found.append('memory')\n"
        "except MemoryError: pass\n"
        f"try: open({str(tmp_path / 'leak')!r}, 'wb', buffering=0).write(b'x'); found.append('disk')\n"
        "except OSError: pass\n"
        "print(json.dumps({'broken': 'found ' + repr(found)}))\n"
    )
    monkeypatch.setattr(uploads, "RENDERER", tmp_path / "curious.py")
    with pytest.raises(RendererBroken, match=r"found \[\]"):
        accepted(saved(picture(), "png"))


def test_the_limits_hold_before_the_document_is_read():
    expected = {
        "Max address space": str(1024**3),
        "Max cpu time": "20",
        "Max open files": "16",
        "Max file size": "0",
        "Max core file size": "0",
    }
    command = [sys.executable, "-I", "-B", str(uploads.RENDERER), "pdf"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as renderer:
        limits = Path(f"/proc/{renderer.pid}/limits")
        deadline = time.monotonic() + 5
        # It has not been given a byte yet, so what is seen here held before the first one.
        while not expected.items() <= (now := limits_in(limits.read_text())).items():
            assert time.monotonic() < deadline, now
            time.sleep(0.01)
        renderer.communicate(b"")


def limits_in(text: str) -> dict[str, str]:
    """Name of each limit and its soft value."""
    return {line[:26].strip(): line[26:47].strip() for line in text.splitlines()[1:]}


def renderers_alive() -> list[str]:
    """Command lines of processes that still run the renderer."""
    lines = [entry.read_bytes() for entry in Path("/proc").glob("[0-9]*/cmdline") if entry.exists()]
    return [line.decode() for line in lines if str(uploads.RENDERER).encode() in line]
