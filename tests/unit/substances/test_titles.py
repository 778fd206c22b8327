"""Names of products: nothing that differs looks the same."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.substances.identity import NAME_LENGTH, Naming, title, titles
from shop.substances.names import corrections, spelled

LORATADINE = Naming("1" * 40, "Allergy Relief", ("loratadine",), "tablets", over_the_counter=True)
IBUPROFEN = Naming("2" * 40, None, ("ibuprofen",), "tablets")
MANY = ("avobenzone", "homosalate", "octisalate", "octocrylene", "oxybenzone")


@pytest.mark.parametrize(
    ("product", "name"),
    [
        (LORATADINE, "Allergy Relief (loratadine)"),
        (IBUPROFEN, "Ibuprofen"),
        (replace(LORATADINE, brand="Sun", ingredients=MANY), "Sun (avobenzone, homosalate and 3 more)"),
        (
            replace(IBUPROFEN, ingredients=("bupropion hydrochloride",), release="SR"),
            "Bupropion hydrochloride (SR, 12-hour)",
        ),
        (
            replace(IBUPROFEN, ingredients=("metformin hydrochloride",), release="ANDA077336"),
            "Metformin hydrochloride (ANDA 077336)",
        ),
        (replace(LORATADINE, ingredients=("allergy relief",)), "Allergy Relief"),
    ],
)
def test_a_brand_says_its_ingredients_and_a_release_which_it_is(product, name):
    assert title(product) == name


def test_what_would_read_alike_says_more():
    counter = replace(IBUPROFEN, identity="3" * 40, over_the_counter=True)
    first = replace(LORATADINE, identity="4" * 40, ingredients=MANY)
    second = replace(first, identity="5" * 40, ingredients=(*MANY[:4], "zinc oxide"))
    other_form = replace(LORATADINE, identity="6" * 40, form_plural="capsules")

    found = titles([IBUPROFEN, counter, first, second, LORATADINE, other_form])

    assert found[IBUPROFEN.identity] == "Ibuprofen"
    assert found[counter.identity].startswith("Ibuprofen (")
    assert found[first.identity].endswith("octocrylene and oxybenzone)")
    assert found[second.identity].endswith("octocrylene and zinc oxide)")
    assert found[LORATADINE.identity] == found[other_form.identity] == "Allergy Relief (loratadine)"


WORDS = st.sampled_from(["pain relief", "Pain-Relief", "PAIN RELIEF", "x" * 250, None])


@given(
    st.lists(
        st.tuples(WORDS, st.lists(st.sampled_from([*MANY, "y" * 120]), max_size=4).map(tuple), st.booleans()),
        max_size=12,
    )
)
def test_no_two_products_of_a_form_have_one_name(rows):
    products = [
        Naming(f"{number:06}".ljust(40, "0"), brand, ingredients, "tablets", "", otc)
        for number, (brand, ingredients, otc) in enumerate(rows)
    ]
    found = titles(products)

    assert len({name.casefold() for name in found.values()}) == len(products)
    assert all(0 < len(name) <= NAME_LENGTH for name in found.values())


def test_a_filed_misspelling_is_put_right_and_a_brand_is_left_alone():
    assert spelled("metformin hydrochoride") == "metformin hydrochloride"
    assert spelled("ursadiol") == "ursodiol"
    assert spelled("metronidazole500 mg") == "metronidazole 500 mg"
    assert spelled("gablofen naprosyn digox") == "gablofen naprosyn digox"


def test_no_correction_leads_to_another_misspelling():
    assert not {word for right in corrections().values() for word in right.split()} & corrections().keys()
