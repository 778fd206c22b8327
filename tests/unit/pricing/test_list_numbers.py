"""Prices of a file that another language's spreadsheet saved: read by what the file shows, or refused."""

import gzip
from decimal import Decimal

import pytest

from shop.pricing.list_file import NoPriceList, decimal_marks, file_rows, opened, parse_breaks, read_price

D = Decimal


@pytest.mark.parametrize(
    ("prices", "between", "locale", "marks"),
    [
        (["0.08", "1,234"], ",", "en_US", "."),
        (["0,08", "1,234"], ";", "en_US", ","),
        (["0,08", "1,234"], ",", "en_US", ","),
        (["0.08", "1.234"], ",", "de_DE", "."),
        (["$0.08", "0,08 €"], ",", "en_US", ",."),
        (["1,234"], ",", "en_US", ""),
        (["1,234"], "\t", "de_DE", ""),
        (["1,234"], ";", "de_DE", ""),
        (["1,234"], ";", "en_US", ",."),
        (["1.234"], ",", "de_DE", ",."),
        (["", "12"], ";", "en_US", ",."),
        ([], ",", "en_US", ""),
    ],
)
def test_the_decimal_mark_of_a_file_is_what_its_prices_show(prices, between, locale, marks):
    assert decimal_marks(prices, between, locale) == marks


@pytest.mark.parametrize(
    ("text", "locale", "marks", "price"),
    [
        ("1,234", "en_US", "", "1234"),
        ("1,234", "en_US", ",", "1.234"),
        ("1.234", "en_US", ",", "1234"),
        ("1,234", "de_DE", ".", "1234"),
        ("1,234", "en_US", ",.", None),
        ("$1.234", "de_DE", ",.", None),
        ("0,08", "en_US", ",.", "0.08"),
        ("1.234,50 €", "en_US", ",.", None),
        ("$1,234.50", "en_US", ",", "1234.5"),
        ("12", "en_US", ",.", "12"),
        ("=1+1", "en_US", "", None),
        ("@SUM(A1)", "en_US", "", None),
        ("1E-05", "en_US", "", None),
        ("--5", "en_US", "", None),
        ("5-", "en_US", "", None),
        ("½", "en_US", "", None),
        ("", "en_US", "", None),
    ],
)
def test_a_price_that_can_be_read_in_two_ways_is_refused(text, locale, marks, price):
    if price is None:
        with pytest.raises(ValueError, match=r"\.$"):
            read_price(text, "USD", locale, marks)
    else:
        assert read_price(text, "USD", locale, marks) == D(price)


def test_the_way_out_that_a_refusal_names_is_one():
    for text in ("1,234", "1.234"):
        with pytest.raises(ValueError, match=r" 1\.2340\D+ 1234\.$"):
            read_price(text, "USD", "en_US", ",.")
    assert (read_price("1.2340", "USD", "en_US", ",."), read_price("1234", "USD", "en_US", ",.")) == (
        D("1.234"),
        1234,
    )


def test_quantity_prices_are_read_as_the_other_prices_are():
    assert parse_breaks("60: 1,234; 90: 0,5", "USD", "en_US", ",") == ((60, D("1.234")), (90, D("0.5")))


def rows(content: bytes):
    return [row for _number, row, _problem in file_rows(*opened(content))]


LIST = b"variant,ndc,price\r\nx,0904-6719-60,0.08\r\n"


@pytest.mark.parametrize(
    "content",
    [
        LIST,
        gzip.compress(LIST),
        b'variant,ndc,price\n="x",="0904-6719-60",\'0.08\n',
        b'variant\tndc\tprice\r"=""x"""\t0904-6719-60\t0.08\r',
    ],
    ids=["plain", "compressed", "kept as text", "quoted"],
)
def test_cells_that_were_kept_as_text_and_compressed_files_are_read(content):
    [row] = rows(content)
    assert (row["variant"], row["ndc"], row["price"]) == ("x", "0904-6719-60", "0.08")


@pytest.mark.parametrize(
    "content",
    [gzip.compress(LIST)[:-9], b"\x1f\x8b", gzip.compress(b"PK\3\4" + bytes(9))],
    ids=["cut off", "only a mark", "a workbook"],
)
def test_what_is_compressed_and_no_list_is_refused(content):
    with pytest.raises(NoPriceList):
        rows(content)
