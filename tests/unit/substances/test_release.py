"""Which extended releases stay apart, and which a mark or a person puts together."""

import pytest

from shop.substances.identity import Releases, is_extended, mark_in, said

BUPROPION = ("BUPROPION HYDROCHLORIDE",)


@pytest.mark.parametrize(
    ("form", "extended"),
    [
        ("TABLET, FILM COATED, EXTENDED RELEASE", True),
        ("extended-release capsule", True),
        ("TABLET, DELAYED RELEASE", False),
        ("TABLET", False),
    ],
)
def test_extended_release_is_read_in_the_directorys_words_and_in_ours(form, extended):
    assert is_extended(form) is extended


@pytest.mark.parametrize(
    ("trade_name", "suffix", "generic", "mark"),
    [
        ("Bupropion Hydrochloride", "(XL)", "bupropion hydrochloride", "XL"),
        ("BUPROPION HYDROCHLORIDE (SR)", "", "Bupropion Hydrochloride", "SR"),
        ("BUPROPION HCL ER", "XL", "BUPROPION HCL ER", "XL"),
        ("Bupropion HydrochlorideXL", "", "", "XL"),
        ("Cardizem LA", "", "Diltiazem Hydrochloride", "LA"),
        ("Delsym 12 Hour", "", "dextromethorphan", "12-hour"),
        ("Allergy Relief D", "24 HR", "loratadine", "24-hour"),
        ("Metformin Hydrochloride", "ER", "Metformin", ""),
        ("Niacin", "CR", "niacin", ""),
        ("Clavulanate", "", "slated", ""),
        ("Odd SR", "XL", "", ""),
        ("Drug 112 hours", "", "", ""),
    ],
)
def test_a_mark_tells_a_release_and_er_tells_nothing(trade_name, suffix, generic, mark):
    assert mark_in(trade_name, suffix, generic) == mark


def test_rows_without_a_mark_share_that_of_their_application_and_the_rest_stays_apart():
    seen = Releases()
    for application, mark in (("ANDA206674", "SR"), ("ANDA206674", ""), ("ANDA208652", "XL"), ("NDA1", "SR")):
        seen.observe(BUPROPION, application, mark)
    seen.observe(BUPROPION, "NDA1", "XL")

    assert seen.release(BUPROPION, "ANDA206674", "") == "SR"
    assert seen.release(BUPROPION, "ANDA208652", "") == "XL"
    assert seen.release(BUPROPION, "ANDA075932", "") == "ANDA075932"
    assert seen.release(BUPROPION, "NDA1", "SR") == "NDA1"  # its labelers contradict one another
    assert seen.release(BUPROPION, "", "XL") == "XL"
    assert seen.release(BUPROPION, "", "") == ""


def test_a_person_joins_two_releases_of_one_substance_only():
    joins = {("bupropion hydrochloride", "ANDA075932"): "SR"}
    seen = Releases(joins)

    assert seen.release(BUPROPION, "ANDA075932", "") == "SR"
    assert seen.release(["DILTIAZEM HYDROCHLORIDE"], "ANDA075932", "") == "ANDA075932"


@pytest.mark.parametrize(
    ("release", "substance", "words"),
    [
        ("SR", "BUPROPION HYDROCHLORIDE", "SR, 12-hour"),
        ("XL", "bupropion hydrochloride", "XL, 24-hour"),
        ("XL", "nifedipine", "XL"),
        ("ANDA075932", "metformin hydrochloride", "ANDA 075932"),
        ("24-hour", "loratadine", "24-hour"),
        ("", "loratadine", ""),
    ],
)
def test_a_title_says_which_release_it_is(release, substance, words):
    assert said(release, [substance]) == words
