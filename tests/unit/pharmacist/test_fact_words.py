"""Facts in words: conditions as they are called, and the period a figure is of."""

import pytest

from shop.pharmacist import fact_words
from shop.safety.drug_facts.facts import Kind
from shop.safety.drug_facts.reading import book


def of(ingredient: str, kind: Kind) -> list:
    return [fact for fact in book().facts[ingredient].facts if fact.kind is kind]


def test_no_condition_is_shown_as_a_code():
    said = [fact_words.about(fact) for fact in of("metoclopramide", Kind.CONDITION)]
    assert "Parkinson’s disease" in said
    assert not any("_" in one for one in said)
    assert not any("_" in one.called for one in book().conditions.values())


def test_a_limit_of_a_week_is_not_called_one_of_a_day():
    facts = {
        fact_words.figure(fact): fact_words.figure_name(fact) for fact in of("methotrexate", Kind.MAX_DAILY)
    }
    a_day = fact_words.FIGURES[Kind.MAX_DAILY]
    assert facts["75 mg"] == a_day
    assert facts["30 mg/week"] == facts["20 mg/week"] != a_day


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        ("duplication:proton pump inhibitors", "proton pump inhibitors"),
        ("allergy:penicillins", "penicillins"),
        ("as_directed:loratadine", "loratadine"),
        ("simvastatin:max_daily:1", "simvastatin"),
        ("of_another_release:1", "of_another_release:1"),
    ],
)
def test_a_rule_is_named_in_words(rule, kept):
    name = fact_words.rule_name(rule)
    assert kept in name
    assert (name == rule) == (kept == rule)
    assert "_" not in name.replace(kept, "")
