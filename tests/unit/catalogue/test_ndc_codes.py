"""Codes of the directory in every printed form, as tables and as properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.ndc_codes import UnreadableCode, eleven_digits, is_package_code, is_product_code

digits = st.text("0123456789", min_size=10, max_size=10)


@pytest.mark.parametrize(
    ("printed", "digits"),
    [
        ("0527-1330-01", "00527133001"),  # 4-4-2 pads the labeler
        ("16714-071-04", "16714007104"),  # 5-3-2 the product
        ("60505-0183-0", "60505018300"),  # 5-4-1 the package
        ("60505-0183-00", "60505018300"),
        ("60505018300", "60505018300"),
    ],
)
def test_every_printed_form_of_a_code_has_eleven_digits(printed, digits):
    assert eleven_digits(printed) == digits


@pytest.mark.parametrize(
    "code", ["0527133001", "", "527-1330-01", "0527-1330-0l", "٠٥٢٧-١٣٣٠-٠١", "0527-13300-1"]
)
def test_a_code_that_could_be_read_in_several_ways_is_refused(code):
    with pytest.raises(UnreadableCode):
        eleven_digits(code)


def test_the_refusal_of_ten_digits_names_the_way_out():
    said = []
    for code in ("0527133001", "no code"):
        with pytest.raises(UnreadableCode) as refusal:
            eleven_digits(code)
        said.append(str(refusal.value))
    assert said[0] != said[1], "it is not that of a code that is none"


@given(digits)
def test_the_three_printings_of_ten_digits_are_three_codes_unless_padding_makes_them_one(ten):
    cuts = ((4, 8), (5, 8), (5, 9))
    printed = [f"{ten[:first]}-{ten[first:second]}-{ten[second:]}" for first, second in cuts]

    for code in printed:
        padded = eleven_digits(code)
        assert len(padded) == 11
        assert is_package_code(code)
        assert int(padded[:5]) == int(code.split("-")[0])
        assert int(padded[5:9]) == int(code.split("-")[1])
        assert int(padded[9:]) == int(code.split("-")[2])


@given(st.text(max_size=16))
def test_no_text_makes_a_code_unless_it_is_one(text):
    if is_package_code(text) or is_product_code(text):
        assert text.isascii()
        assert text.replace("-", "").isdigit()
