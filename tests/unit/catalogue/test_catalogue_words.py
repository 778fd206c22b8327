"""What a list's few letters say of many strengths."""

import re

from shop.catalogue.rules import MOST_LETTERS, strengths_in_words


def test_strengths_share_their_unit_where_they_can():
    assert strengths_in_words(["10 mg", "20 mg", "25 mg"]) == "10, 20, 25 mg"
    assert strengths_in_words(["400 mg / 80 mg", "800 mg / 160 mg"]) == "400 mg / 80 mg, 800 mg / 160 mg"
    assert strengths_in_words(["500 mcg", "1 mg"]) == "500 mcg, 1 mg"
    many = strengths_in_words([f"{n} mg" for n in range(1, 133)])
    assert re.findall(r"\d+(?: mg)?", many) == ["132", "1 mg", "132 mg"]


def test_a_dozen_ingredients_do_not_burst_the_row():
    sunscreen = " / ".join(f"{n} mg/mL" for n in range(10, 30))

    assert len(strengths_in_words([sunscreen])) <= MOST_LETTERS
    assert len(strengths_in_words([sunscreen] * 7)) <= MOST_LETTERS
    assert strengths_in_words([sunscreen]).endswith("…")
