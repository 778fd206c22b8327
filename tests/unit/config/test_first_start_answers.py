"""What is asked on a first start, and what each answer is kept as. The terminal: tests/integration/serve."""

import re

import pytest

from shop.config import SettingsRefused
from shop.environment import REQUIRED_IN_PRODUCTION
from shop.first_start import KEYS, questions

SMTP, SQLITE = "smtp+plain://localhost", "sqlite:////srv/store.sqlite3"


def check(name, typed, **known):
    return next(one for one in questions(known) if one.name == name).check(typed)


@pytest.mark.parametrize("market", ["US", "DE"])
def test_everything_required_is_asked_or_made(market):
    made = {one.name for one in questions({"STORE_MARKET": market})} | KEYS.keys()
    assert set(REQUIRED_IN_PRODUCTION) - made == (set() if market == "US" else {"PHARMACY_LICENSES"})


@pytest.mark.parametrize(
    ("name", "typed", "kept"),
    [
        ("PHARMACY_NAME", "A, B: C", "A, B: C"),
        ("PHARMACY_PHONE", "555.555.0142 x12", "(555) 555-0142 ext. 12"),
        ("PHARMACY_EMAIL", "a@PHARMACY.example", "a@pharmacy.example"),
        ("PHARMACY_LICENSES", "ny: 1, VT:2:3", "NY:1,VT:2:3"),
        ("PUBLIC_URL", "https://pharmacy.example:8443/", "https://pharmacy.example:8443"),
        ("TRUSTED_PROXIES", "0", "0"),
        ("DATABASE_URL", "postgres://u:p@db.example/store", "postgres://u:p@db.example/store"),
        ("DATABASE_URL", SQLITE, SQLITE),
        ("STRIPE_SECRET_KEY", "rk_live_a1", "rk_live_a1"),
        ("SMTP_URL", SMTP, SMTP),
        ("STORE_TIMEZONE", "America/New_York", "America/New_York"),
    ],
)
def test_a_good_answer_is_kept_in_its_one_form(name, typed, kept):
    assert check(name, typed) == kept


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("PHARMACY_PHONE", "1-800-PILLS"),
        ("PHARMACY_PHONE", "555-0142"),
        ("PHARMACY_EMAIL", "Ada <a@pharmacy.example>"),
        ("MAIL_FROM", "a@"),
        ("PHARMACY_LICENSE", "demo-1"),
        ("PHARMACY_LICENSES", ","),
        ("PHARMACY_LICENSES", "NY VT"),
        ("PHARMACY_LICENSES", "AK"),
        ("PHARMACY_LICENSES", "NY:DEMO-NY-0000"),
        ("PUBLIC_URL", "http://pharmacy.example"),
        ("TRUSTED_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://u:hidden@db.example/store"),
        ("DATABASE_URL", "postgresql://u:hidden@db.example"),
        ("DATABASE_URL", "hidden"),
        ("STRIPE_SECRET_KEY", "pk_live_hidden"),
        ("STRIPE_WEBHOOK_SECRET", "hidden"),
        ("SMTP_URL", "smtps://u:hid/den@mail.example"),
        ("STORE_TIMEZONE", "Eastern"),
    ],
)
def test_a_wrong_answer_is_refused_and_a_secret_one_is_not_repeated(name, typed):
    with pytest.raises(SettingsRefused) as refusal:
        check(name, typed)
    assert "hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    ("licenses", "places"),
    [
        ("NY:1", ["New York"]),
        ("NY:1,VT:2", ["New York", "Vermont"]),
        ("NY:1,CA:2,VT:3", ["New York", "California", "Vermont"]),
    ],
)
def test_where_it_ships_to_is_suggested_from_the_licenses(licenses, places):
    known = {"PHARMACY_LICENSES": licenses}
    ships_to = next(one for one in questions(known) if one.name == "PHARMACY_SHIPS_TO")
    assert re.findall("New York|California|Vermont", ships_to.suggest(known)) == places
