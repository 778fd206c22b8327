"""Handling: what directions ask to do to a tablet, against labels; what no fact speaks of is asked."""

from dataclasses import replace

import pytest

from shop.drug_review.handling import acts_in
from shop.drug_review.review import review
from shop.drug_review.usage import use_of
from tests.unit.drug_review.small_facts import ADULT, book_of, fact, facts, taking

BOOK = book_of(
    facts("plainol"),
    facts("wholix", fact("do_not_crush", "stops", quote="do not crush or chew", release="extended")),
    facts("scorine", fact("do_not_crush", "needs", quote="may be divided; do not crush")),
)
FACT, ASKED = ("do_not_crush", "stops"), ("no_do_not_crush_fact", "needs")


def pill(name, directions, **more):
    unit = more.get("unit", "pill")
    one = taking("item-0", (name, 100), directions=directions, **more)
    return replace(one, use=use_of(directions, unit))


def said(name, directions, **more):
    found = review([pill(name, directions, **more)], [], ADULT, BOOK)
    kinds = {
        (str(one.fact.kind) if one.fact else one.rule.partition(":")[0], str(one.verdict)) for one in found
    }
    return {one for one in kinds if "crush" in one[0]}


ER = {"release": "extended", "form": "extended-release tablet"}
DR = {"form": "delayed-release tablet"}


@pytest.mark.parametrize(
    ("name", "directions", "more", "expected"),
    [
        ("plainol", "1 tab daily", ER, set()),
        ("plainol", "1 tab daily, crush", ER, {ASKED}),
        ("plainol", "1 tab daily, may crush", {"release": "extended"}, {ASKED}),
        ("plainol", "chew 1 tab daily", ER, {ASKED}),
        ("plainol", "1 tab daily, dissolve in water", ER, {ASKED}),
        ("plainol", "1 tab daily via G-tube", ER, {ASKED}),
        ("plainol", "1 tab per PEG tube daily", ER, {ASKED}),
        ("plainol", "½ tab daily", ER, {ASKED}),
        ("plainol", "1/2 tab bid", DR, {ASKED}),
        ("plainol", "open 1 capsule daily into applesauce", {"form": "delayed-release capsule"}, {ASKED}),
        ("plainol", "crush 1 tab daily", {"form": "TABLET, DELAYED RELEASE"}, {ASKED}),
        ("plainol", "crush 1 tab daily", {"form": "enteric-coated tablet"}, {ASKED}),
        ("plainol", "1 tab daily, do not crush or chew", ER, set()),
        # an ordinary tablet passes, whatever is done to it
        ("plainol", "1 tab daily, crush", {"form": "tablet"}, set()),
        ("plainol", "½ tab bid via G-tube", {"form": "film-coated tablet"}, set()),
        # so does what a form is made for, and a liquid
        ("plainol", "chew 1 tab daily", {**ER, "form": "chewable extended-release tablet"}, set()),
        ("plainol", "dissolve 1 tab daily", {"form": "delayed-release orally disintegrating tablet"}, set()),
        ("plainol", "5 mL daily via G-tube", {**ER, "unit": "mL"}, set()),
        # a fact on record answers, and only for what it speaks of
        ("wholix", "1 tab daily, crush", ER, {FACT}),
        ("wholix", "1 tab daily via G-tube", ER, {FACT}),
        ("wholix", "½ tab daily", ER, {ASKED}),
        ("wholix", "crush ½ tab daily", ER, {FACT, ASKED}),
        ("wholix", "1 tab daily, crush", DR, {ASKED}),
        ("wholix", "1 tab daily, crush", {}, set()),
        ("scorine", "½ tab daily", ER, set()),
        ("scorine", "crush 1 tab daily", {}, {("do_not_crush", "needs")}),
    ],
)
def test_crushing_is_held_against_facts_and_asked_where_there_is_none(name, directions, more, expected):
    assert said(name, directions, **more) == expected


@pytest.mark.parametrize(
    ("directions", "acts"),
    [
        ("1 tab daily via NG tube", ("given by tube",)),
        ("take 1 tablet by mouth daily", ()),
        ("apply from tube twice daily", ()),
        ("1 tab through feeding tube, crushed", ("crushed", "given by tube")),
    ],
)
def test_what_goes_through_a_tube(directions, acts):
    assert acts_in(directions) == acts


EXTENDED = (
    *("verapamil", "diltiazem", "quetiapine", "paroxetine", "propranolol", "lamotrigine", "topiramate"),
    *("clonidine", "oxycodone", "isosorbide mononitrate", "glipizide", "metformin", "morphine", "tramadol"),
)


@pytest.mark.parametrize("name", EXTENDED)
def test_none_of_the_stores_extended_releases_is_crushed_in_silence(name):
    found = review([pill(name, "1 tab daily, crush", **ER)], [], ADULT)
    wanted = [one for one in found if "do_not_crush" in one.rule]
    assert len(wanted) == 1
    assert wanted[0].verdict in ("needs", "stops")
    assert (wanted[0].fact is not None) == (name in ("metformin", "morphine", "tramadol"))
