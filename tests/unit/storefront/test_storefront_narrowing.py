"""The list's address holds its whole state, and nothing else."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from shop.catalogue.facets import Choice, Chosen, Facets
from shop.storefront.narrowing import Narrowing, heading, limits, margin

PAIN = Choice("pain", "Pain", 3)


def read(query: str) -> Narrowing:
    return Narrowing.read(MultiDict(parse_qsl(query, keep_blank_values=True)))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "category=pain",
        "category=pain&category=allergy&form=tablet&prescription=needed&letter=B&sort=price",
        "form=film-coated+tablet",
    ],
)
def test_an_address_read_and_written_is_the_same(query):
    assert urlsplit(read(query).url()).query == query


@pytest.mark.parametrize(
    "query",
    ["sort=nonsense", "page=-1", "page=x", "page=99999999", "page=%C2%B2", "prescription=maybe", "category="],
)
def test_what_makes_no_sense_is_left_out(query):
    assert read(query) == Narrowing()


def test_narrowing_begins_again_on_the_first_page():
    later = read("category=pain&page=7")

    assert later.page == 7
    assert later.with_letter("B").page == 1
    assert later.without("category", "pain").url() == "/medicines"
    assert later.url(8) == "/medicines?category=pain&page=8"


def test_an_address_with_a_thousand_choices_is_cut():
    assert len(read("&".join(f"category=c{n}" for n in range(1000))).chosen.categories) == 20
    assert len(read(f"form={'x' * 5000}").chosen.forms[0]) == 80


def test_every_limit_can_be_taken_away_by_itself():
    narrowing = read("category=pain&prescription=none&letter=B&sort=price")
    facets = margin(narrowing, Facets(1, (PAIN,), (), (Choice("none", "none", 1),), ()))

    assert limits(narrowing, facets) == [
        ("Pain", "/medicines?prescription=none&letter=B&sort=price"),
        ("Prescription: Not needed", "/medicines?category=pain&letter=B&sort=price"),
        ("Begins with B", "/medicines?category=pain&prescription=none&sort=price"),
    ]


def test_what_is_chosen_stays_in_the_margin_when_nothing_is_left_under_it():
    narrowing = Narrowing(Chosen(categories=("gone",)))

    (conditions, *_rest) = margin(narrowing, Facets(0, (PAIN,), (), (), ()))

    assert conditions.choices == ((PAIN, False), (Choice("gone", "gone", 0), True))
    assert heading(narrowing, [conditions]) == "Medicines"


def test_a_list_of_one_condition_bears_its_name():
    narrowing = read("category=pain")

    assert heading(narrowing, margin(narrowing, Facets(3, (PAIN,), (), (), ()))) == "Pain"
    assert heading(read(""), []) == "Medicines"
    assert heading(read("prescription=none"), []) == "Medicines without a prescription"
