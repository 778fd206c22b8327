"""The list of names that are taken for one another."""

import pytest

from shop.safety.confusable_names import confusable_begun, confusable_in, confusable_with, pairs


def test_there_are_at_least_forty_pairs_each_spelled_apart_and_with_a_source() -> None:
    assert len({frozenset(pair.names) for pair in pairs()}) == len(pairs()) >= 40
    for pair in pairs():
        assert len(pair.source) > 20
        assert len({name.lower() for name in pair.names}) == 2
        assert all(name.isascii() and name.isalpha() and len(name) > 3 for name in pair.names)
        assert all(name in (name.lower(), name.capitalize()) for name in pair.names)


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Hydralazine", ("hydroxyzine", "hydrochlorothiazide")),
        ("hydroxyzine", ("hydralazine",)),
        ("Hydroxyzine hydrochloride", ("hydralazine",)),
        ("CELEXA", ("Celebrex",)),
        ("Amlodipine and benazepril", ()),
        ("Isosorbide dinitrate, hydralazine", ()),
        ("Baclofen", ()),
        ("", ()),
    ],
)
def test_a_medicine_knows_the_names_it_is_taken_for(name: str, others: tuple[str, ...]) -> None:
    assert confusable_with(name) == others


def test_every_name_of_a_pair_leads_to_the_other() -> None:
    for pair in pairs():
        assert pair.names[1] in confusable_with(pair.names[0])
        assert pair.names[0] in confusable_with(pair.names[1])


def test_a_query_may_have_more_words_than_the_name() -> None:
    assert confusable_in("hydroxyzine 25 mg tablets") == ("hydroxyzine", "hydralazine")
    assert confusable_in("tablets for pain") == ()


@pytest.mark.parametrize(
    ("typed", "begun"),
    [
        ("Hydroxyzin 25 mg", ("hydroxyzin", "hydroxyzine")),
        ("celebre", ("celebre", "Celebrex")),
        ("chlorpro", None),
        ("hydro", None),
        ("hydroxyzine", None),
        ("", None),
    ],
)
def test_the_beginning_of_one_listed_name_may_be_meant_for_it(
    typed: str, begun: tuple[str, str] | None
) -> None:
    assert confusable_begun(typed) == begun
