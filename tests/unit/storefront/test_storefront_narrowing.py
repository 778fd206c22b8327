"""The list's address holds its whole state, and nothing else."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.datastructures import MultiDict

from shop.storefront.finder.columns import Choice
from shop.storefront.narrowing import Group, Narrowing, heading, limits, margin, natural


class Counted:
    """A view of which only the counts matter."""

    def __init__(self, **choices: list[Choice]) -> None:
        self.found = choices

    def choices(self, facet: str, most: int) -> tuple[list[Choice], int]:
        return self.found.get(facet, [])[:most], len(self.found.get(facet, []))

    def remember(self, _key: str, make: Callable[[], list[Group]]) -> list[Group]:
        return make()


def grouped(narrowing: Narrowing, **choices: list[Choice]) -> list[Group]:
    return margin(narrowing, Counted(**choices), lambda amount: f"${amount}")


def read(query: str) -> Narrowing:
    return Narrowing.read(MultiDict(parse_qsl(query, keep_blank_values=True)))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "category=pain",
        "category=pain&category=allergy&form=tablet&prescription=needed&letter=B&sort=price",
        "form=film-coated+tablet",
        "strength=10+mg&maker=Acme&price=0-0.1&stock=in&sort=measure",
        "stock=in&sort=popular",
    ],
)
def test_an_address_read_and_written_is_the_same(query):
    assert urlsplit(read(query).url()).query == query


@pytest.mark.parametrize(
    "query",
    [
        "sort=nonsense",
        "page=-1",
        "page=x",
        "page=999999999",
        "page=%C2%B2",
        "prescription=maybe",
        "category=",
        "price=9",
        "stock=out",
        "sort=relevance",
        "all=nothing",
    ],
)
def test_what_makes_no_sense_is_left_out(query):
    assert read(query) == Narrowing()


def test_narrowing_begins_again_on_the_first_page():
    later = read("category=pain&page=7")

    assert later.page == 7
    assert later.letter_urls(["B"]) == [("B", "/medicines?category=pain&letter=B")]
    assert read("letter=B&page=2").of_all_letters() == "/medicines"
    assert read("").letter_urls(["#"]) == [("#", "/medicines?letter=%23")]
    assert later.without("category", "pain").url() == "/medicines"
    assert later.url(8) == "/medicines?category=pain&page=8"


def test_an_address_with_a_thousand_choices_is_cut():
    assert len(read("&".join(f"category=c{n}" for n in range(1000))).chosen.of("category")) == 20
    assert len(read(f"form={'x' * 5000}").chosen.of("form")[0]) == 200


def test_a_search_is_narrowed_under_its_own_address():
    found = Narrowing.read(MultiDict([("q", "baclofen"), ("form", "tablet")]), "baclofen")

    assert found.sort == "relevance"
    assert found.url(2) == "/search?q=baclofen&form=tablet&page=2"
    assert found.without("form", "tablet").url() == "/search?q=baclofen"
    assert found.without_limits().url() == "/search?q=baclofen"


def test_every_limit_can_be_taken_away_by_itself():
    narrowing = read("category=pain&prescription=none&price=0-0.1&letter=B&sort=price")
    groups = grouped(
        narrowing,
        category=[Choice("pain", "Pain", 3)],
        prescription=[Choice("none", "Not needed", 1)],
        price=[Choice("0-0.1", "0-0.1", 1)],
    )

    without = [
        ("Pain", "/medicines?prescription=none&price=0-0.1&letter=B&sort=price"),
        ("Not needed", "/medicines?category=pain&price=0-0.1&letter=B&sort=price"),
        ("$0.10", "/medicines?category=pain&prescription=none&letter=B&sort=price"),
        (" B", "/medicines?category=pain&prescription=none&price=0-0.1&sort=price"),
    ]
    for (words, url), (named, leads) in zip(limits(narrowing, groups), without, strict=True):
        assert (named in words, url) == (True, leads)


def test_what_is_chosen_stays_in_the_margin_when_nothing_is_left_under_it():
    narrowing = read("category=gone")

    (conditions, *_rest) = grouped(narrowing, category=[Choice("pain", "Pain", 3), Choice("gone", "gone", 0)])

    assert conditions.choices == ((Choice("gone", "Gone", 0), True), (Choice("pain", "Pain", 3), False))
    assert heading(narrowing, [conditions]) == "Medicines"


def test_a_list_of_one_condition_bears_its_name():
    narrowing = read("category=pain")

    assert heading(narrowing, grouped(narrowing, category=[Choice("pain", "Pain", 3)])) == "Pain"
    assert len({heading(read(asked), []) for asked in ("", "prescription=none")}) == 2


def test_a_long_facet_says_how_many_values_it_does_not_show():
    many = [Choice(str(n), f"{n} mg", 1) for n in range(30)]

    groups = {group.facet: group for group in grouped(read(""), strength=many)}
    assert (len(groups["strength"].choices), groups["strength"].more) == (8, 22)
    groups = {group.facet: group for group in grouped(read("all=strength"), strength=many)}
    assert (len(groups["strength"].choices), groups["strength"].more) == (30, 0)


def test_strengths_stand_in_numeric_order():
    assert sorted(["100 mg", "5 mg", "2.5 mg", "20 mg"], key=natural) == ["2.5 mg", "5 mg", "20 mg", "100 mg"]


def test_a_condition_that_another_name_holds_now_leads_to_it():
    moved = read("category=heart-and-blood-pressure&category=high-blood-pressure&form=tablet").moved()
    assert moved is not None
    assert moved.url() == read("category=high-blood-pressure&form=tablet").url()
    assert read("category=pain").moved() is None
