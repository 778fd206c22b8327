"""Names in tall-man letters."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.safety.tall_man import names, tall_man


@pytest.mark.parametrize(
    ("written", "tall"),
    [
        ("hydralazine hydrochloride", "hydrALAZINE hydrochloride"),
        ("Hydroxyzine HCl tablet 25 mg", "hydrOXYzine HCl tablet 25 mg"),
        ("HYDRALAZINE", "hydrALAZINE"),
        ("metformin and sitagliptin", "metFORMIN and SITagliptin"),
        ("celebrex capsule", "CeleBREX capsule"),
        ("Baclofen tablet 10 mg", "Baclofen tablet 10 mg"),
        ("dihydralazine", "dihydralazine"),
        ("", ""),
    ],
)
def test_a_listed_name_is_written_with_tall_letters(written: str, tall: str) -> None:
    assert tall_man(written) == tall


@pytest.mark.shared_data
def test_the_names_of_the_copy_at_hand_are_on_the_list(shared_data) -> None:
    with (shared_data / "lists/tall_man_fda_partial.tsv").open() as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    seen = {row[column] for row in rows for column in ("name", "confused_with") if row[column].isalpha()}
    assert len(seen) >= 23
    assert seen <= set(names().values())


@given(st.text(max_size=60))
def test_only_the_case_of_letters_changes_and_only_once(text: str) -> None:
    assert tall_man(text).casefold() == text.casefold()
    assert tall_man(tall_man(text)) == tall_man(text)


def test_no_two_names_differ_only_in_case() -> None:
    assert len({name.casefold() for name in names().values()}) == len(names()) >= 140
