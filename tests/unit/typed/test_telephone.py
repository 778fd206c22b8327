"""Telephone numbers as people type and paste them."""

import pytest

from shop.telephone import telephone, written

PLAIN = "+15555550142"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("(555) 555-0142", PLAIN),
        ("555.555.0142", PLAIN),
        ("1 555 555 0142", PLAIN),
        ("+1-555-555-0142", PLAIN),
        ("５５５－５５５－０１４２", PLAIN),  # full-width digits
        ("\u0665\u0665\u0665\u0665\u0665\u0665\u0660\u0661\u0664\u0662", PLAIN),  # Arabic-Indic digits
        ("\u202a(555) 555-0142\u202c", PLAIN),  # as copied from a contacts app
        ("555\u200e555\u200b0142", PLAIN),
        ("\u00a0555\u00a0555\u00a00142\u00a0", PLAIN),
        ("(555) 555-0142 x12", f"{PLAIN};ext=12"),
        ("(555) 555-0142 Ext. 12", f"{PLAIN};ext=12"),
        ("(555) 555-0142 extension 12", f"{PLAIN};ext=12"),
        ("(555) 555-0142 #12", f"{PLAIN};ext=12"),
        (f"{PLAIN};ext=12", f"{PLAIN};ext=12"),  # what is kept reads as itself
        ("+44 20 7946 0958", "+442079460958"),
        ("555-0142", None),  # no area code
        ("555 555 014", None),
        ("555 555 01422", None),
        ("555 555 0142 or 555 555 0143", None),
        ("call me", None),
        ("call 555 555 0142", None),
        ("1-800-FLOWERS", None),
        ("0", None),
        ("", None),
        ("5" * 5000, None),
    ],
)
def test_a_number_is_kept_in_one_form(typed, kept):
    assert telephone(typed, "US") == kept
    assert kept is None or len(kept) <= 32


def test_a_number_without_a_country_code_is_of_the_stores_country():
    assert telephone("020 7946 0958", "GB") == "+442079460958"
    assert telephone("020 7946 0958", "US") is None


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (PLAIN, "(555) 555-0142"),
        (f"{PLAIN};ext=12", "(555) 555-0142 ext. 12"),
        ("+442079460958", "+44 20 7946 0958"),
        ("(555) 555-0142", "(555) 555-0142"),  # kept by an earlier release
        ("ask at the door", "ask at the door"),
        ("", ""),
    ],
)
def test_a_number_is_written_as_its_country_writes_it(kept, shown):
    assert written(kept, "US") == shown
