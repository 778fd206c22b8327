"""What a file seems to be by its first kilobyte."""

import pytest

from shop.prescriptions.uploads.kinds import kind_of

PJL = b'\x1b%-12345X@PJL JOB NAME="scan"\r\n@PJL ENTER LANGUAGE=PDF\r\n'


@pytest.mark.parametrize(
    "lead", [b"", b"\xef\xbb\xbf", b" \r\n", PJL, bytes(1000), b"Scanned by Example 3000\n"]
)
def test_a_pdf_is_one_whatever_stands_before_its_header_within_the_first_kilobyte(lead):
    assert kind_of(lead + b"%PDF-1.3\n") == "pdf"


@pytest.mark.parametrize(
    "lead", [bytes(1024), b"<html><body>", b"<?xml version='1.0'?><svg>", b"PK\x03\x04", b"MZ", b"GIF89a"]
)
def test_what_only_names_the_header_is_no_pdf(lead):
    assert kind_of(lead + b"%PDF-1.3\n") is None


def test_a_picture_with_the_header_in_it_stays_a_picture():
    assert kind_of(b"\xff\xd8\xff\xe0 %PDF-1.3") == "jpeg"
