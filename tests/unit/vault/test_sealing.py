"""Sealed text opens in its own place only; a wrong key setting is explained without showing the key."""

import base64
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.vault.sealing import KeyNotHeld, Keyring, KeyringInvalid, VaultDamaged, open_text, seal_text
from tests.unit.vault.keyrings import KEYRING, NEW, ONLY_NEW, ROTATED

deliberate = settings(max_examples=60, deadline=None)


@given(st.text(max_size=200), st.text(min_size=1, max_size=30))
@deliberate
def test_sealed_text_opens_with_its_own_context_only(text, context):
    sealed = seal_text(KEYRING, text, context)
    assert open_text(KEYRING, sealed, context) == text
    with pytest.raises(VaultDamaged):
        open_text(KEYRING, sealed, context + "x")


@pytest.mark.parametrize("text", ["Ada Example", "Ada Example, 1 Any Road", "Ada Example, 555-0100"])
def test_sealed_text_with_one_other_character_does_not_open(text):
    sealed = seal_text(KEYRING, text, "prescription:1:patient")
    for place, character in enumerate(sealed):
        for other in {"A", "B", "\n", chr(ord(character) ^ 1)} - {character}:
            with pytest.raises(VaultDamaged):
                open_text(KEYRING, sealed[:place] + other + sealed[place + 1 :], "prescription:1:patient")


@pytest.mark.parametrize(
    "sealed", ["", "s1", "s1.2026", "s1.2026.", "s1.2026.AAAA", "s1.2026.é", "plain", "s1..A"]
)
def test_what_was_never_sealed_does_not_open(sealed):
    with pytest.raises(VaultDamaged):
        open_text(KEYRING, sealed, "c")


def test_sealed_text_outlives_a_rotation_and_says_which_key_is_missing():
    sealed = seal_text(KEYRING, "note", "c")
    assert open_text(ROTATED, sealed, "c") == "note"
    assert seal_text(ROTATED, "note", "c").startswith("s1.2027.")
    with pytest.raises(KeyNotHeld, match="2026"):
        open_text(ONLY_NEW, sealed, "c")


def test_sealing_hides_that_two_texts_are_equal():
    assert seal_text(KEYRING, "note", "c") != seal_text(KEYRING, "note", "c")


def test_text_without_a_context_is_not_sealed():
    with pytest.raises(ValueError, match="context"):
        seal_text(KEYRING, "note", "")


def test_a_keyring_is_read_from_its_setting_the_first_key_being_primary():
    new, old = base64.b64encode(NEW).decode(), base64.urlsafe_b64encode(b"\xff" * 32).decode()
    keyring = Keyring.parse(f"2027:{new}, 2026:{old}")
    assert (keyring.primary_id, keyring.keys) == ("2027", {"2027": NEW, "2026": b"\xff" * 32})


GOOD = base64.b64encode(b"S" * 32).decode()


@pytest.mark.parametrize(
    ("setting", "figures"),
    [
        ("", ["1"]),
        (f"a:{GOOD},", ["2"]),
        (GOOD, ["1"]),
        (f"{GOOD}:a", ["1"]),
        (f"a:{GOOD[:-2]}", ["1"]),
        (f"a:{GOOD[:-4]}", ["1", "30", "32"]),
        (f"a:{GOOD},a:{GOOD}", ["2"]),
        (f"a b:{GOOD}", ["1"]),
        (f"a:{GOOD},b:", ["2", "0", "32"]),
        (f"a:ü{GOOD}", ["1"]),
    ],
)
def test_a_wrong_keyring_says_which_key_is_wrong_and_never_the_key(setting, figures):
    with pytest.raises(KeyringInvalid) as refusal:
        Keyring.parse(setting)
    assert re.findall(r"\d+", str(refusal.value))[: len(figures)] == figures
    assert GOOD[:8] not in str(refusal.value)
    assert refusal.value.__context__ is None or refusal.value.__suppress_context__


def test_a_keyring_does_not_show_its_keys():
    assert "oooo" not in repr(KEYRING)
