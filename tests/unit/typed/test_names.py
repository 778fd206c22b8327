"""Names that are the same, and one line of text as it is kept."""

import unicodedata

import pytest

from shop.form_fields import one_line, plain_code, plain_lines
from shop.names import same_name


@pytest.mark.parametrize(
    "other",
    [
        unicodedata.normalize("NFD", "Ada Specímen"),
        "ADA SPECIMEN",
        "specimen, ada",
        " Ada\u00a0 Specimen ",
        "Ａｄａ Specimen",
    ],
)
def test_spellings_of_one_name_are_the_same_name(other):
    assert same_name("Ada Specímen", other)


@pytest.mark.parametrize("other", ["Ada B Specimen", "Adam Specimen", "Specimen", ""])
def test_other_names_are_not(other):
    assert not same_name("Ada Specimen", other)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ada \t\r\n Specimen ", "Ada Specimen"),
        (unicodedata.normalize("NFD", "Specímen"), "Specímen"),
        ("\u202aAda\u202c Speci\u00admen\u200b", "Ada Specimen"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200b", ""),
        (None, ""),
    ],
)
def test_text_is_kept_as_one_line_of_letters_that_are_seen(typed, kept):
    assert one_line(typed) == kept


def test_a_code_is_kept_in_plain_letters_and_digits():
    assert plain_code(" １Ｚ９９\u200b9\u200d AA１０\u00a01 ") == "1Z999 AA10 1"


def test_a_longer_text_keeps_its_lines():
    assert plain_lines(" Call\u200b ５５５\r\n\n before  noon ") == "Call 555\n\nbefore noon"
