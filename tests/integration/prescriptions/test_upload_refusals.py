"""Files that are refused, each with its reason and what to do."""

import io

import pytest

from shop.prescriptions.uploads.intake import check
from shop.prescriptions.uploads.kinds import FILM, TEXT
from shop.prescriptions.uploads.refusals import (
    MAX_UPLOAD_BYTES,
    FileDamaged,
    FileEmpty,
    FileTooLarge,
    NoFileSent,
    PdfLocked,
    TooManyPages,
    TooManyPixels,
    WrongKind,
)
from tests.integration.prescriptions.bad_documents import (
    bomb_png,
    locked_pdf,
    noise,
    pdf,
    picture,
    saved,
)
from tests.integration.prescriptions.uploaded import accepted, refused


def test_no_file_and_an_empty_file_are_told_apart():
    with pytest.raises(NoFileSent):
        check(None, "")
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
        check(sent, "prescription.jpg")
    assert sent.taken == 0
    assert refusal.value.status == 413


def test_a_file_of_exactly_the_limit_is_taken():
    small = saved(picture(), "jpeg")
    assert len(accepted(small + bytes(MAX_UPLOAD_BYTES - len(small))).pages) == 1
    assert isinstance(refused(small + bytes(MAX_UPLOAD_BYTES - len(small) + 1)), FileTooLarge)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "HTML"),
        (b"\xef\xbb\xbf \n<HTML><body>%PDF-1.7</body>", "HTML"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "SVG"),
        (b'<?xml version="1.0"?><!-- x --><svg/>', "SVG"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (saved(picture(), "gif"), "GIF"),
        (saved(picture(), "tiff"), "TIFF"),
        (b"PK\x03\x04" + bytes(40), "ZIP"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "HEIC"),
        (b"\0\0\0\x18ftypavif" + bytes(40), "AVIF"),
        (b"\0\0\0\x18ftypisom" + bytes(40), FILM),
        ("take one tablet – daily".encode(), TEXT),
    ],
)
def test_another_kind_renamed_to_jpg_is_called_what_it_is(data, kind):
    refusal = refused(data)
    assert isinstance(refusal, WrongKind)
    assert refusal.status == 415
    for named in (".jpg", kind):
        assert named in str(refusal)


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
def test_a_decompression_bomb_is_refused(side):
    bomb = bomb_png(side)
    assert len(bomb) < 1024**2
    assert isinstance(refused(bomb), TooManyPixels)


def test_a_pdf_with_a_password_says_to_remove_it():
    refusal = refused(locked_pdf(password=b"secret"))
    assert isinstance(refusal, PdfLocked)
    assert refusal.todo


def test_a_pdf_of_eleven_pages_is_refused():
    assert isinstance(refused(pdf(pages=11)), TooManyPages)
