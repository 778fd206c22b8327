"""Forms, identities, names and classes of the directory, as tables and as properties."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.imports.ndc.naming import brand_of, categories_of, class_names
from shop.substances.forms import form_word, plain_form
from shop.substances.identity import equivalence, generic_name, identity, slug_of
from shop.substances.names import canonical, canonical_set, moiety, readable, split


@pytest.mark.parametrize(
    ("official", "routes", "word", "plural", "unit"),
    [
        ("TABLET, FILM COATED", "ORAL", "tablet", "tablets", "pill"),
        (
            "TABLET, FILM COATED, EXTENDED RELEASE",
            "ORAL",
            "extended-release tablet",
            "extended-release tablets",
            "pill",
        ),
        ("TABLET, DELAYED RELEASE", "ORAL", "delayed-release tablet", "delayed-release tablets", "pill"),
        ("TABLET, CHEWABLE", "ORAL", "chewable tablet", "chewable tablets", "pill"),
        (
            "TABLET, ORALLY DISINTEGRATING",
            "ORAL",
            "orally disintegrating tablet",
            "orally disintegrating tablets",
            "pill",
        ),
        ("TABLET, EFFERVESCENT", "ORAL", "effervescent tablet", "effervescent tablets", "pill"),
        ("CAPSULE, LIQUID FILLED", "ORAL", "capsule", "capsules", "pill"),
        (
            "CAPSULE, DELAYED RELEASE PELLETS",
            "ORAL",
            "delayed-release capsule",
            "delayed-release capsules",
            "pill",
        ),
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
)
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
    assert re.fullmatch(r"A1, bb\D+ 3\D*", generic_name(["a1", "bb", "cc", "dd", "ee"]))
    assert len(generic_name(["x" * 150, "y" * 150])) <= 200


@given(st.text(max_size=400))
def test_a_slug_is_short_and_plain(text):
    slug = slug_of(text)
    assert 0 < len(slug) <= 160
    assert slug.isascii()
    assert slug == slug.lower()


def test_classes_become_plain_words_and_only_established_classes_count():
    text = "HMG-CoA Reductase Inhibitor [EPC],Hydroxymethylglutaryl-CoA Reductase Inhibitors [MoA]"
    assert categories_of(text) == class_names()["hmg-coa reductase inhibitor"]
    several = class_names()["penicillin-class antibacterial"]
    assert categories_of("Penicillin-class Antibacterial [EPC],Quinolones [CS]") == tuple(sorted(several))
    assert len(several) == 2
    assert categories_of("Phosphate Binder [EPC]") == ("Phosphate binders",)  # in no list: its own words
    assert categories_of("") == ()
    assert categories_of("Kinase Inhibi") == ()  # cut off by the width of the field
