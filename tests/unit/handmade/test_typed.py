"""Names, codes and sizes as admins type them: what is read, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.handmade import typed
from shop.handmade.typed import Unreadable
from shop.safety.controlled import listed


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        (["Baclofen"], ("baclofen",)),
        (["BACLOFEN", "baclofen "], ("baclofen",)),
        (["lidocaine", "Baclofen"], ("baclofen", "lidocaine")),
        (["codeine; aspirin"], ("aspirin", "codeine")),
        (["amoxicillin trihydrate"], ("amoxicillin",)),
        (["", "  ", "Coenzyme Q10"], ("coenzyme q10",)),
        (["vitamin B12"], ("vitamin b12",)),
        (["ｂａｃｌｏｆｅｎ"], ("baclofen",)),
    ],
)
def test_ingredients_are_read_as_an_import_names_them(texts, names):
    assert typed.ingredient_names(texts) == names


def test_abbreviations_join_the_substance_that_the_catalog_has():
    names = typed.ingredient_names(["Loperamide HCl; APAP", "dextromethorphan HBr"])
    assert names == ("acetaminophen", "dextromethorphan hydrobromide", "loperamide hydrochloride")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";",
        "b\u0430clofen",
        "bacl\u00f8fen",
        "γ-butyrolactone",
        "bac\u200blofen",
        "bac\tlo\x07fen",
        "b<b>x",
        "5 5",
        "x" * 201,
        "aspirin and caffeine",
        "aspirin + caffeine",
        "aspirin/caffeine",
        "aspirin, caffeine",
        "tram4dol",
        "fentany1",
        "fen-tanyl",
        "oxy codone",
        "hydro codone bitartrate",
        "m3thadone",
    ],
)
def test_what_is_no_name_of_one_substance_in_plain_letters_is_refused(text):
    with pytest.raises(Unreadable):
        typed.ingredient_names([text])


def test_a_name_that_the_catalogue_has_is_taken_as_it_is():
    assert typed.ingredient_names(["Sennosides A and B"], {"sennosides a and b"}) == ("sennosides a and b",)


def test_more_ingredients_than_a_product_has_are_refused():
    letters = "abcdefghijklmnopqrstuvwxyz"[: typed.MOST_INGREDIENTS + 1]
    with pytest.raises(Unreadable):
        typed.ingredient_names([f"zz{letter}{letter}um" for letter in letters])


@pytest.mark.parametrize(
    "entry", [one for one in listed() if one.name.isalpha() and len(one.name) > 6], ids=str
)
def test_no_controlled_substance_is_parted_or_written_with_digits(entry):
    name = entry.name.lower()
    assert typed.disguised(f"{name[:4]} {name[4:]}") or typed.substance_in(f"{name[:4]} {name[4:]}")
    digits = name.replace("o", "0", 1)
    if digits != name:
        assert typed.disguised(digits)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text):
    for reading in (
        lambda t: typed.ingredient_names([t]),
        typed.brand_name,
        typed.labeler,
        typed.description,
        typed.size,
        typed.package_code,
        lambda t: typed.markets(t, {"US"}),
    ):
        with suppress(Unreadable):
            reading(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("", None), ("  ", None), ("Relaxa®", "Relaxa"), (" Cold   Away™ ", "Cold Away"), ("Nestlé", "Nestlé")],
)
def test_a_brand_is_read_without_its_signs(text, found):
    assert typed.brand_name(text) == found


@pytest.mark.parametrize("text", ["Rel\u0430xa", "<b>Relaxa</b>", "x" * 121, "Re\u202elaxa", "Re\nl\x00axa"])
def test_a_brand_in_other_letters_or_with_markup_is_refused(text):
    with pytest.raises(Unreadable):
        typed.brand_name(text)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1e3", "١", "100001", "9" * 99, "ten"])
def test_a_size_is_a_whole_number_from_one(text):
    with pytest.raises(Unreadable):
        typed.size(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", None),
        ("0527-1330-01", ("0527-1330-01", "00527133001")),
        ("0527‑1330–01", ("0527-1330-01", "00527133001")),
        ("16714-071-04", ("16714-071-04", "16714007104")),
    ],
)
def test_an_ndc_is_read_as_printed(text, code):
    assert typed.package_code(text) == code


@pytest.mark.parametrize("text", ["0527133001", "0527-1330", "abc", "0527-1330-01-1"])
def test_what_is_no_ndc_is_refused(text):
    with pytest.raises(Unreadable):
        typed.package_code(text)


def test_markets_are_codes_of_countries():
    assert typed.markets("us, CA;us gb", {"US", "CA", "GB"}) == ["CA", "GB", "US"]
    for wrong in ("", ",", "U", "XX", "USA"):
        with pytest.raises(Unreadable):
            typed.markets(wrong, {"US"})


@pytest.mark.parametrize(
    ("text", "extended", "release"),
    [
        ("", False, ""),
        ("xl", True, "XL"),
        ("12 hour", True, "12-hour"),
        ("24h", True, "24-hour"),
        ("nda 020711", True, "NDA020711"),
    ],
)
def test_a_release_is_its_mark_or_its_application(text, extended, release):
    assert typed.release_of(text, extended) == release


@pytest.mark.parametrize(("text", "extended"), [("", True), ("ER", True), ("XL", False), ("18 hour", True)])
def test_a_release_that_tells_nothing_is_refused(text, extended):
    with pytest.raises(Unreadable):
        typed.release_of(text, extended)
