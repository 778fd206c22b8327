"""The list of names that are taken for one another."""

import pytest

from shop.safety.confusable_names import confusable_begun, confusable_in, confusable_with, pairs


def test_there_are_at_least_two_hundred_pairs_each_spelled_apart_and_with_a_source() -> None:
    assert len({frozenset(pair.names) for pair in pairs()}) == len(pairs()) >= 200
    for pair in pairs():
        assert len(pair.source) > 20
        assert len({name.lower() for name in pair.names}) == 2
        for name in pair.names:
            assert name.isascii()
            assert name == " ".join(name.split())
            assert name.replace("-", "").replace(" ", "").isalpha()
            assert len(name) >= 3


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Hydralazine", "hydroxyzine"),
        ("Hydralazine", "hydrochlorothiazide"),
        ("Hydroxyzine hydrochloride", "hydralazine"),
        ("CELEXA", "Celebrex"),
        ("Metoprolol succinate", "metoprolol tartrate"),
        ("Metoprolol tartrate extended-release", "metoprolol succinate"),
        ("Metoprolol succinate", "misoprostol"),
        ("Bupropion XL", "bupropion SR"),
        ("Hydroxychloroquine sulfate", "hydroxyzine"),
        ("hydroxyurea", "hydroxyzine"),
        ("methotrexate", "metolazone"),
        ("Propylthiouracil", "mercaptopurine"),
        ("sertraline", "cetirizine"),
        ("cyclophosphamide", "cyclosporine"),
        ("Levothyroxine sodium", "liothyronine"),
        ("Folic acid", "folinic acid"),
    ],
)
def test_a_medicine_knows_the_names_it_is_taken_for(name: str, other: str) -> None:
    assert other in confusable_with(name)


@pytest.mark.parametrize(
    "name",
    ["Amlodipine and benazepril", "Isosorbide dinitrate, hydralazine", "Baclofen", "Metoprolol tartrat", ""],
)
def test_most_names_and_combinations_are_taken_for_nothing_of_the_sort(name: str) -> None:
    assert "hydroxyzine" not in confusable_with(name)
    assert "metoprolol succinate" not in confusable_with(name)


@pytest.mark.parametrize(
    ("name", "controlled"),
    [
        ("Clonidine", "clonazepam"),
        ("trazodone", "tramadol"),
        ("Hydralazine", "hydromorphone"),
    ],
)
def test_a_controlled_partner_is_known_at_the_desk_only(name: str, controlled: str) -> None:
    assert controlled in confusable_with(name, desk=True)
    assert controlled not in confusable_with(name)
    assert set(confusable_with(name)) <= set(confusable_with(name, desk=True))


def test_every_name_of_a_pair_leads_to_the_other() -> None:
    for pair in pairs():
        assert pair.names[1] in confusable_with(pair.names[0], pair.desk)
        assert pair.names[0] in confusable_with(pair.names[1], pair.desk)


def test_a_query_may_have_more_words_than_the_name() -> None:
    assert confusable_in("hydroxyzine 25 mg tablets")[:2] == ("hydroxyzine", "hydralazine")
    assert confusable_in("metoprolol succinate 50 mg") == ("metoprolol succinate", "metoprolol tartrate")
    assert confusable_in("tablets for pain") == ()


@pytest.mark.parametrize(
    ("typed", "begun"),
    [
        ("Hydroxyzin 25 mg", ("hydroxyzin", ("hydroxyzine",))),
        ("celebre", ("celebre", ("Celebrex",))),
        ("chlorpro", ("chlorpro", ("chlorpromazine", "chlorpropamide"))),
        ("hydro", None),
        ("hydroxyzine", None),
        ("", None),
    ],
)
def test_the_beginning_of_listed_names_may_be_meant_for_one(
    typed: str, begun: tuple[str, tuple[str, ...]] | None
) -> None:
    assert confusable_begun(typed) == begun
