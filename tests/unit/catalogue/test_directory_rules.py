"""Codes, strengths, forms, pack sizes and names of the directory, as tables and as properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.directory.classes import categories_of
from shop.catalogue.directory.codes import UnreadableCode, eleven_digits, is_package_code, is_product_code
from shop.catalogue.directory.forms import form_word, plain_form
from shop.catalogue.directory.identity import equivalence, identity
from shop.catalogue.directory.naming import brand_of, generic_name, slug_of
from shop.catalogue.directory.packages import offered, pack_size
from shop.catalogue.directory.strengths import (
    LONGEST,
    NOT_STATED,
    UnreadableStrength,
    amount,
    amounts_said,
    mark,
    said,
    stated,
)
from shop.catalogue.directory.substances import canonical, canonical_set, moiety, readable, split

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
    with pytest.raises(UnreadableCode, match="hyphens"):
        eleven_digits("0527133001")


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


@pytest.mark.parametrize(
    ("number", "unit", "text", "value", "compared_in"),
    [
        ("10", "mg/1", "10 mg", "10", "mg"),
        (".5", "mg/1", "0.5 mg", "0.5", "mg"),
        ("0.10", "mg/1", "0.1 mg", "0.1", "mg"),
        ("25", "ug/1", "25 mcg", "0.025", "mg"),
        ("1", "g/1", "1 g", "1000", "mg"),
        ("250", "mg/5mL", "250 mg/5 mL", "50", "mg/mL"),
        (".75", "mg/.5mL", "0.75 mg/0.5 mL", "1.5", "mg/mL"),
        ("1", "g/100mL", "1 g/100 mL", "10", "mg/mL"),
        ("100", "[iU]/mL", "100 international units/mL", "100", "international units/mL"),
        ("5000", "[USP'U]/mL", "5000 USP units/mL", "5000", "USP units/mL"),
        ("21", "mg/24h", "21 mg/24 hours", "0.875", "mg/hour"),
        ("20", "meq/1", "20 mEq", "20", "mEq"),
        ("40", "mg/241", "40 mg/241", "0.165975103734", "mg"),
    ],
)
def test_a_strength_is_said_as_a_pharmacist_says_it(number, unit, text, value, compared_in):
    found = amount(number, unit)

    assert (found.text, found.value, found.unit) == (text, Decimal(value), compared_in)
    assert amounts_said(found.text) == (found.key,)


@pytest.mark.parametrize(
    ("number", "unit"),
    [("", "mg/1"), (".", "mg/1"), ("ten", "mg/1"), ("1.2.3", "mg/1"), ("1", ""), ("1", "mg/0mL")],
)
def test_what_is_no_strength_is_refused(number, unit):
    with pytest.raises(UnreadableStrength):
        amount(number, unit)


def test_several_ingredients_are_said_in_their_order():
    amounts = (amount("500", "mg/1"), amount("125", "mg/1"))

    assert said(amounts) == "500 mg / 125 mg"
    assert amounts_said("500 mg / 125 mg") == tuple(a.key for a in amounts)
    assert said(()) == NOT_STATED


def test_two_long_mixtures_are_never_said_alike():
    one = tuple(amount(str(n), "mg/5mL") for n in range(1, 30))
    other = (*one[:-1], amount("77", "mg/5mL"))

    assert said(one) != said(other)
    assert mark(tuple(a.key for a in one)) in said(one)
    assert max(len(said(one)), len(said(other))) <= LONGEST


numbers = st.decimals(min_value="0.0001", max_value="99999", places=4).map(str)
units = st.sampled_from(
    ["mg/1", "g/1", "ug/1", "mg/mL", "mg/5mL", "g/100g", "[iU]/mL", "meq/1", "mg/24h", "ug/h"]
)


@given(st.lists(st.tuples(numbers, units), min_size=1, max_size=12))
def test_a_strength_can_be_read_back_from_how_it_is_said(parts):
    amounts = tuple(amount(number, unit) for number, unit in parts)
    text = said(amounts)

    assert len(text) <= LONGEST
    assert amounts_said(text) == tuple(a.key for a in amounts) or mark(tuple(a.key for a in amounts)) in text


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_field_crashes_the_reading_of_strengths(number, unit):
    try:
        found = amount(number, unit)
    except UnreadableStrength:
        return
    assert found.value >= 0
    assert len(said((found,))) <= LONGEST


def test_strengths_of_a_page_are_ordered_in_one_unit():
    assert stated(Decimal("0.025"), "mg", "mcg") == (Decimal(25), "mcg")
    assert stated(Decimal(1000), "mg", "mg") == (Decimal(1000), "mg")
    assert stated(Decimal(50), "mg/mL", "mg") == (Decimal(50), "mg/mL")  # not the same measure
    assert stated(Decimal(1) / 3, "mg", "mg")[0] == Decimal("0.333333")


@pytest.mark.parametrize(
    ("description", "unit", "size"),
    [
        ("100 TABLET in 1 BOTTLE (65862-016-01) ", "pill", 100),
        (
            "10 BLISTER PACK in 1 CARTON (0615-7777-30)  > 10 TABLET, FILM COATED in 1 BLISTER PACK",
            "pill",
            100,
        ),
        ("1 VIAL in 1 CARTON (0002-0800-01)  > 10 mL in 1 VIAL", "mL", 10),
        (".0887 L in 1 BOTTLE, SPRAY (62985-5081-1) ", "mL", None),
        ("1.5 L in 1 BOTTLE", "mL", 1500),
        ("59.14 mL in 1 BOTTLE, GLASS (55714-2316-2) ", "mL", None),
        ("2 SYRINGE in 1 CARTON (0002-1433-61)  > .5 mL in 1 SYRINGE", "mL", 1),
        ("45 g in 1 TUBE", "mL", None),
        ("30 PATCH in 1 CARTON", "pack", 30),
        ("1 KIT in 1 CARTON (0002-7335-11)  *  5 mL in 1 VIAL (0002-7349-01)", "pack", 1),
        ("0 TABLET in 1 BOTTLE", "pill", None),
        ("a bottle of pills", "pill", None),
        ("", "pill", None),
    ],
)
def test_a_pack_holds_what_its_description_says_or_it_is_unknown(description, unit, size):
    assert pack_size(description, unit) == size


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_nested_packages_multiply(counts):
    steps = [f"{count} BLISTER PACK in 1 CARTON" for count in counts[:-1]]
    expected = 1
    for count in counts:
        expected *= count

    assert pack_size("  > ".join([*steps, f"{counts[-1]} CAPSULE in 1 BLISTER PACK"]), "pill") == expected


@given(st.text(max_size=60), st.sampled_from(["pill", "mL", "g", "pack"]))
def test_no_description_crashes_the_reading_of_packs(description, unit):
    size = pack_size(description, unit)
    assert size is None or size > 0


def test_pills_are_offered_in_the_usual_steps_and_the_rest_in_the_sizes_there_are():
    assert offered("pill", {100, 1000}) == [30, 60, 90]
    assert offered("mL", {480, 120, 60, 30, 240, 150, 100}) == [30, 60, 100, 120, 150, 240]
    assert offered("pack", set()) == [1]


@pytest.mark.parametrize(
    ("official", "routes", "word", "plural", "unit"),
    [
        ("TABLET, FILM COATED", "ORAL", "tablet", "tablets", "pill"),
        ("TABLET, FILM COATED, EXTENDED RELEASE", "ORAL", "extended-release tablet",
         "extended-release tablets", "pill"),
        ("TABLET, DELAYED RELEASE", "ORAL", "delayed-release tablet", "delayed-release tablets", "pill"),
        ("TABLET, CHEWABLE", "ORAL", "chewable tablet", "chewable tablets", "pill"),
        ("TABLET, ORALLY DISINTEGRATING", "ORAL", "orally disintegrating tablet",
         "orally disintegrating tablets", "pill"),
        ("TABLET, EFFERVESCENT", "ORAL", "effervescent tablet", "effervescent tablets", "pill"),
        ("CAPSULE, LIQUID FILLED", "ORAL", "capsule", "capsules", "pill"),
        ("CAPSULE, DELAYED RELEASE PELLETS", "ORAL", "delayed-release capsule",
         "delayed-release capsules", "pill"),
        ("TABLET", "VAGINAL", "vaginal tablet", "vaginal tablets", "pack"),
        ("SOLUTION/ DROPS", "OPHTHALMIC", "eye drops", "eye drops", "mL"),
        ("SOLUTION", "AURICULAR (OTIC)", "ear drops", "ear drops", "mL"),
        ("SOLUTION", "ORAL", "oral solution", "oral solution", "mL"),
        ("POWDER, FOR SUSPENSION", "ORAL", "oral powder for suspension", "oral powder for suspension", "mL"),
        ("INJECTION, SOLUTION", "INTRATHECAL", "intrathecal injection", "intrathecal injections", "mL"),
        ("INJECTION, SOLUTION", "INTRAVENOUS; INTRAMUSCULAR", "injection", "injections", "mL"),
        ("CREAM", "TOPICAL", "cream", "cream", "g"),
        ("PATCH", "TRANSDERMAL", "patch", "patches", "pack"),
        ("SUPPOSITORY", "RECTAL", "suppository", "suppositories", "pack"),
    ],
)  # fmt: skip
def test_forms_are_said_in_plain_words_and_priced_by_what_they_are_counted_in(
    official, routes, word, plural, unit
):
    form = plain_form(official, routes)

    assert (form.word, form.plural, form.unit) == (word, plural, unit)
    assert form_word(form.word) == form.word


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_form_has_a_word_that_fits(official, routes):
    form = plain_form(official, routes)
    assert 0 < len(form.word) <= 80
    assert form.unit in ("pill", "mL", "g", "pack")


def test_the_same_ingredients_and_form_are_one_page_however_they_are_written():
    page = identity(["BACLOFEN"], "TABLET, FILM COATED", None)

    assert (
        page == identity([" baclofen "], "tablet", "") == identity(["Baclofen"], "film-coated tablet", None)
    )
    assert page != identity(["Baclofen"], "tablet", "Lioresal")
    assert page != identity(["Baclofen"], "extended-release tablet", None)
    assert page != identity(["Baclofen"], "tablet", None, over_the_counter=True)
    assert identity(["b", "A"], "tablet", None) == identity(["a", "B", "b"], "tablet", None)
    assert equivalence(["b", "a"], "tablet") == equivalence(["A", "B"], "TABLET, COATED")


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5), st.randoms())
def test_the_order_of_ingredients_never_matters(names, random):
    shuffled = list(names)
    random.shuffle(shuffled)
    assert identity(names, "tablet", None) == identity(shuffled, "tablet", None)


def test_water_is_no_salt_and_a_salt_is_another_medicine():
    assert canonical("ATORVASTATIN CALCIUM TRIHYDRATE") == canonical("atorvastatin calcium")
    assert canonical("METOPROLOL TARTRATE") != canonical("METOPROLOL SUCCINATE")
    assert canonical("DICLOFENAC SODIUM") != canonical("DICLOFENAC POTASSIUM")
    assert canonical("ONDANSETRON HYDROCHLORIDE") == canonical("ONDANSETRON")
    assert canonical_set(["B", "A", "b "]) == ["a", "b"]
    assert moiety("CODEINE PHOSPHATE ANHYDROUS") == "codeine"
    assert moiety("POTASSIUM CHLORIDE") == "potassium chloride"
    assert readable("VITAMIN A") == "vitamin A"


def test_a_semicolon_in_brackets_parts_nothing():
    text = "GLYCERIN; HYDROLYZED SOY PROTEIN (ENZYMATIC; 2000 MW)"
    assert split(text) == ["GLYCERIN", "HYDROLYZED SOY PROTEIN (ENZYMATIC; 2000 MW)"]


@pytest.mark.parametrize(
    ("trade", "suffix", "known", "brand"),
    [
        ("Baclofen", "", ("baclofen", "BACLOFEN"), None),
        ("Baclofen Tablets USP, 10 mg", "", ("baclofen", "BACLOFEN"), None),
        ("Childrens Ibuprofen", "Dye Free", ("ibuprofen", "IBUPROFEN"), None),
        ("Hydrochlorothiazide HCTZ", "", ("hydrochlorothiazide",), None),
        ("LIORESAL", "", ("baclofen", "BACLOFEN"), "Lioresal"),
        ("Wellbutrin", "XL", ("bupropion hydrochloride",), "Wellbutrin XL"),
        ("Baclofen (intrathecal)", "", ("baclofen",), None),
        ("", "", ("baclofen",), None),
    ],
)
def test_a_brand_is_a_name_that_says_more_than_the_ingredient(trade, suffix, known, brand):
    assert brand_of(trade, suffix, known) == brand


def test_long_sets_of_ingredients_are_said_in_short():
    assert generic_name(["baclofen"]) == "Baclofen"
    assert generic_name(["sulfamethoxazole", "trimethoprim"]) == "Sulfamethoxazole and trimethoprim"
    assert generic_name(["a1", "bb", "cc", "dd", "ee"]) == "A1, bb and 3 more"
    assert len(generic_name(["x" * 150, "y" * 150])) <= 200


@given(st.text(max_size=400))
def test_a_slug_is_short_and_plain(text):
    slug = slug_of(text)
    assert 0 < len(slug) <= 160
    assert slug.isascii()
    assert slug == slug.lower()


def test_classes_become_plain_words_and_only_established_classes_count():
    text = "HMG-CoA Reductase Inhibitor [EPC],Hydroxymethylglutaryl-CoA Reductase Inhibitors [MoA]"
    assert categories_of(text) == ("Statins",)
    assert categories_of("Penicillin-class Antibacterial [EPC],Penicillins [CS]") == (
        "Bacterial infections",
        "Penicillins",
    )
    assert categories_of("Phosphate Binder [EPC]") == ("Phosphate binders",)  # in no list: its own words
    assert categories_of("") == ()
    assert categories_of("Kinase Inhibi") == ()  # cut off by the width of the field
