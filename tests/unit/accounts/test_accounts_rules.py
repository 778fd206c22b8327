"""Which passwords are refused, and when somebody has failed to sign in too often."""

from datetime import UTC, datetime, timedelta

import pytest

from shop.accounts.errors import TooManyTries
from shop.accounts.rules import WeakPassword, plain_email, shown_email, wait_before_sign_in, weakness

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", WeakPassword.TOO_SHORT),
        ("ninechars", WeakPassword.TOO_SHORT),
        ("x" * 129, WeakPassword.TOO_LONG),
        ("Password123", WeakPassword.COMMON),
        ("password123!", WeakPassword.COMMON),
        ("correct horse battery staple", WeakPassword.COMMON),
        ("1234567890", WeakPassword.COMMON),
        ("abababababab", WeakPassword.REPEATS),
        ("ada.specimen@demo.example", WeakPassword.OWN_NAME),
        ("Ada Specimen 1", WeakPassword.OWN_NAME),
        ("ada.specimen99", WeakPassword.OWN_NAME),
        ("three unrelated words", None),
        ("Zg7-qpLx0w", None),
        ("пять слов по-русски", None),
    ],
)
def test_a_password_is_refused_for_its_reason(password, why):
    assert weakness(password, "ada.specimen@demo.example", "Ada Specimen") is why


def failures(count: int, newest_minutes_ago: float = 0) -> list[datetime]:
    """`count` failures a second apart, newest first."""
    return [AT - timedelta(minutes=newest_minutes_ago, seconds=n) for n in range(count)]


@pytest.mark.parametrize(
    ("of_email", "of_origin", "refused"),
    [
        (0, 0, False),
        (9, 49, False),
        (10, 0, True),
        (0, 50, True),
        (10, 50, True),
        (9, 50, True),
        (10, 49, True),
    ],
)
def test_ten_failures_of_an_email_or_fifty_from_an_origin_refuse_the_next_try(of_email, of_origin, refused):
    assert (wait_before_sign_in(failures(of_email), failures(of_origin), AT) is not None) is refused


def test_the_wait_ends_when_the_oldest_of_the_ten_is_fifteen_minutes_old():
    tries = failures(10, newest_minutes_ago=5)
    wait = wait_before_sign_in(tries, [], AT)
    assert wait == timedelta(minutes=10) - timedelta(seconds=9)
    assert wait_before_sign_in(tries, [], AT + wait) is None
    assert wait_before_sign_in(tries, [], AT + wait - timedelta(seconds=1)) is not None


def test_the_longer_of_two_waits_counts():
    wait = wait_before_sign_in(failures(10, 10), failures(50, 1), AT)
    assert wait == timedelta(minutes=14) - timedelta(seconds=49)


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "1 minute,"), (60, "1 minute,"), (61, "2 minutes,"), (900, "15 minutes,")]
)
def test_the_refusal_says_how_long_to_wait(seconds, words):
    refusal = TooManyTries(timedelta(seconds=seconds))
    assert refusal.status == 429
    assert words in refusal.todo


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada@Demo.Example ", "ada@demo.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.example", "ada@xn--r8jz45g.example"),
        ("ada@ｄｅｍｏ.example", "ada@demo.example"),
        ("ada@-ü-.example", "ada@-ü-.example"),
        ("ü", "ü"),
        ("@ü.example", "@xn--tda.example"),
        ("", ""),
    ],
)
def test_an_email_address_has_one_spelling(typed, kept):
    assert plain_email(typed) == kept
    assert plain_email(kept) == kept


@pytest.mark.parametrize(
    "typed", ["ada@bücher.example", "ada@demo.example", "no address", "ada@xn--.example", "ada@"]
)
def test_an_email_is_shown_in_the_letters_of_its_domain(typed):
    shown = shown_email(plain_email(typed))
    assert shown == typed
    assert plain_email(shown) == plain_email(typed)
