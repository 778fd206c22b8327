"""Who may be put on sale, and what an entry of the not-by-mail list means."""

from dataclasses import replace

import pytest

from shop.listing.commands import table
from shop.listing.rules import REFUSALS, ListingFacts, ListingRefusal, Rule, is_oral_solid, listing_refusal
from shop.safety.mailable import is_form, is_substance, starting_list

TABLETS = ListingFacts()
USUAL = {Rule.PRICED, Rule.ORAL_SOLID, Rule.MAILABLE}
NO_RULE = frozenset()
EVERY_RULE = [NO_RULE, USUAL, {Rule.EVERYTHING}, *({rule} for rule in Rule)]


@pytest.mark.parametrize("rules", EVERY_RULE, ids=lambda rules: "+".join(sorted(rules)) or "by hand")
@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (replace(TABLETS, controlled=True), ListingRefusal.CONTROLLED),
        (replace(TABLETS, withdrawn=True), ListingRefusal.WITHDRAWN),
        (replace(TABLETS, strengths=0, stated=0, priced=0), ListingRefusal.NO_STRENGTH),
        (replace(TABLETS, controlled=True, withdrawn=True), ListingRefusal.CONTROLLED),
    ],
)
def test_what_nobody_may_list_no_rule_may_list_either(facts, refusal, rules):
    assert listing_refusal(facts, rules) == refusal


@pytest.mark.parametrize(
    ("facts", "rules", "refusal"),
    [
        (TABLETS, USUAL, None),
        (replace(TABLETS, priced=0), USUAL, ListingRefusal.NO_PRICE),
        (replace(TABLETS, priced=0), {Rule.ORAL_SOLID}, None),
        (replace(TABLETS, priced=1, strengths=132, stated=132), USUAL, None),
        (replace(TABLETS, unit="mL"), USUAL, ListingRefusal.NOT_ORAL_SOLID),
        (replace(TABLETS, unit="mL"), {Rule.PRICED, Rule.MAILABLE}, None),
        (replace(TABLETS, route="subcutaneous"), {Rule.ORAL_SOLID}, ListingRefusal.NOT_ORAL_SOLID),
        (replace(TABLETS, not_by_mail="it must stay cold"), USUAL, ListingRefusal.NOT_BY_MAIL),
        (replace(TABLETS, not_by_mail="it must stay cold"), {Rule.PRICED}, ListingRefusal.NOT_BY_MAIL),
        (replace(TABLETS, not_by_mail="it must stay cold"), {Rule.EVERYTHING}, None),
        (replace(TABLETS, not_by_mail="it must stay cold"), NO_RULE, None),
        (replace(TABLETS, stated=0), {Rule.PRICED}, ListingRefusal.STRENGTH_NOT_STATED),
        (replace(TABLETS, stated=0, priced=0), {Rule.EVERYTHING}, None),
        (replace(TABLETS, stated=0, priced=0), NO_RULE, None),
        (replace(TABLETS, strengths=2, doubted=1), USUAL, None),
        (replace(TABLETS, doubted=1), {Rule.PRESCRIPTION}, ListingRefusal.STRENGTH_TO_CHECK),
        (replace(TABLETS, doubted=1), {Rule.EVERYTHING}, None),
        (replace(TABLETS, doubted=1), NO_RULE, None),
        (TABLETS, {Rule.OVER_THE_COUNTER}, ListingRefusal.PRESCRIPTION_ONLY),
        (replace(TABLETS, prescription_required=False), {Rule.OVER_THE_COUNTER}, None),
        (TABLETS, {Rule.PRESCRIPTION}, None),
        (replace(TABLETS, prescription_required=False), {Rule.PRESCRIPTION}, ListingRefusal.NO_PRESCRIPTION),
        (TABLETS, {Rule.OVER_THE_COUNTER, Rule.PRESCRIPTION}, ListingRefusal.PRESCRIPTION_ONLY),
    ],
)
def test_a_rule_lists_what_meets_all_of_it_and_a_hand_may_list_more(facts, rules, refusal):
    assert listing_refusal(facts, rules) == refusal


@pytest.mark.parametrize(
    ("unit", "route", "answer"),
    [
        ("pill", "oral", True),
        ("pill", "Oral; sublingual", True),
        ("pill", "sublingual", False),
        ("pill", "subcutaneous", False),
        ("mL", "oral", False),
        ("pill", "", False),
    ],
)
def test_an_oral_solid_is_counted_in_pills_and_swallowed(unit, route, answer):
    assert is_oral_solid(unit, route) is answer


@pytest.mark.parametrize(
    ("name", "excluded", "answer"),
    [
        ("Isotretinoin", "isotretinoin", True),
        ("Insulin lispro", "insulin", True),
        ("INSULIN-LIKE GROWTH FACTOR-2", "insulin", True),  # too many rather than too few
        ("Chlorthalidone", "thalidomide", False),
        ("Benzyl alcohol", "alcohol", False),
        ("Olanzapine", "olanzapine pamoate", False),
        ("Insulins", "insulin", False),
        ("Baclofen", "", False),
    ],
)
def test_a_substance_is_meant_by_whole_words_from_its_beginning(name, excluded, answer):
    assert is_substance(name, excluded) is answer


@pytest.mark.parametrize(
    ("form", "word", "answer"),
    [
        ("metered aerosol", "aerosol", True),
        ("aerosol", "aerosol", True),
        ("powder for injection", "injection", True),
        ("injectable suspension", "injection", False),
        ("gas", "gas", True),
        ("gastric tablet", "gas", False),
        ("metered-dose aerosol", "dose aerosol", True),
        ("tablet", "", False),
    ],
)
def test_a_form_is_meant_by_a_word_of_it(form, word, answer):
    assert is_form(form, word) is answer


def test_every_entry_that_comes_with_the_store_fits_its_columns_and_names_a_source():
    entries = starting_list()
    assert len({(one.ingredient, one.form) for one in entries}) == len(entries) > 40
    for one in entries:
        assert one.ingredient or one.form, "an entry without both would mean everything"
        assert (one.ingredient, one.form) == (one.ingredient.lower(), one.form.lower())
        assert 0 < len(one.reason) <= 200
        assert 10 < len(one.source) <= 300
        assert not one.reason.endswith("."), "the page ends the sentence"


@pytest.mark.parametrize("name", ["pseudoephedrine hydrochloride", "ephedrine sulfate"])
def test_what_may_be_posted_only_to_a_known_person_comes_excluded_in_every_form(name):
    assert [one for one in starting_list() if not one.form and is_substance(name, one.ingredient)]


def test_every_refusal_has_words():
    assert REFUSALS.keys() == set(ListingRefusal)


def test_a_report_lines_up_and_its_last_line_is_the_sum():
    assert table([("Listed", 1200), ("Refused", 34)], "Products") == [
        "  Listed    1,200",
        "  Refused      34",
        "  ---------------",
        "  Products  1,234",
    ]
