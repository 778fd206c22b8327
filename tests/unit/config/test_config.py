"""Settings: complete or refused, each refusal naming what to change."""

import re
import stat

import pytest

from shop.config import Pharmacy, SettingsRefused
from shop.environment import DEMO_SHIPS_TO, REQUIRED_IN_PRODUCTION, from_environment
from shop.limits import Deadlines
from shop.setting_values import invented_licenses

COMPLETE = {
    "FORMULARY_ENV": "production",
    "SECRET_KEY": "k" * 48,
    "VAULT_KEYS": "k1:" + "A" * 43 + "=",
    "DATABASE_URL": "postgres://pharmacy:secret@db.example/formulary",
    "PUBLIC_URL": "https://pharmacy.example/",
    "STRIPE_SECRET_KEY": "sk_live_example",
    "STRIPE_WEBHOOK_SECRET": "whsec_example",
    "SMTP_URL": "smtps://user:word@mail.example",
    "MAIL_FROM": "orders@pharmacy.example",
    "PHARMACY_NAME": "Example Pharmacy",
    "PHARMACY_ADDRESS": "1 Example Road",
    "PHARMACY_PHONE": "(555) 555-0100",
    "PHARMACY_LICENSE": "ZZ-1",
    "PHARMACY_LICENSES": "NY:NY-000123",
    "PHARMACY_SHIPS_TO": "addresses in New York",
    "PHARMACIST_IN_CHARGE": "P. Sample",
}


@pytest.fixture
def env(tmp_path):
    return {"INSTANCE_PATH": str(tmp_path)}


def test_the_demo_needs_nothing_and_keeps_its_keys_for_the_next_start(env, tmp_path):
    first, second = from_environment(env), from_environment(env)
    assert first == second
    assert not first.is_production
    assert first.uses_sandbox
    assert len(first.secret_key) >= 32
    for name in ("secret.key", "vault.key", "sandbox.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("said", "ships_to"),
    [
        ({}, DEMO_SHIPS_TO),
        ({"STORE_MARKET": "AU"}, Pharmacy.ships_to),
        ({"PHARMACY_LICENSES": "NY:NY-000123"}, Pharmacy.ships_to),
        ({"PHARMACY_SHIPS_TO": "addresses in Vermont"}, "addresses in Vermont"),
    ],
)
def test_the_demo_names_its_states_only_where_it_serves_them(env, said, ships_to):
    assert from_environment(env | said).pharmacy.ships_to == ships_to


def test_a_complete_production_starts_and_has_no_sandbox(env):
    settings = from_environment({**env, **COMPLETE})
    assert settings.is_production
    assert not settings.uses_sandbox
    assert settings.stripe_api_base is None
    assert settings.public_url == "https://pharmacy.example"
    assert settings.database_url == "postgresql+psycopg://pharmacy:secret@db.example/formulary"


@pytest.mark.parametrize("name", REQUIRED_IN_PRODUCTION)
@pytest.mark.parametrize("value", [None, ""])
def test_production_without_one_of_its_settings_refuses_and_names_it(env, tmp_path, name, value):
    said = {**env, **COMPLETE, name: value}
    with pytest.raises(SettingsRefused, match=name):
        from_environment({key: text for key, text in said.items() if text is not None})
    assert list(tmp_path.iterdir()) == []  # no key was made up in its stead


def test_production_names_everything_that_is_missing_at_once(env):
    with pytest.raises(SettingsRefused) as refusal:
        from_environment({**env, "FORMULARY_ENV": "production"})
    assert all(name in str(refusal.value) for name in REQUIRED_IN_PRODUCTION)


def test_production_refuses_a_short_secret_key(env):
    with pytest.raises(SettingsRefused, match="SECRET_KEY"):
        from_environment({**env, **COMPLETE, "SECRET_KEY": "short"})


def test_production_without_https_is_refused(env):
    with pytest.raises(SettingsRefused, match=r"PUBLIC_URL\b.*https://"):
        from_environment({**env, **COMPLETE, "PUBLIC_URL": "http://pharmacy.example"})


@pytest.mark.parametrize(
    "rest",
    ["", "/", "pharmacy.example/shop", "user@pharmacy.example", "pharmacy.example?x=1", "a b", "x:port"],
)
def test_the_public_address_is_a_site_and_nothing_else(env, rest):
    with pytest.raises(SettingsRefused, match="PUBLIC_URL"):
        from_environment({**env, **COMPLETE, "PUBLIC_URL": f"https://{rest}"})


@pytest.mark.parametrize(
    ("text", "licenses"),
    [
        ("", ()),
        ("NY:NY-000123", (("NY", "NY-000123"),)),
        (" ny : NY 1:2 , VT:036.0001, ", (("NY", "NY 1:2"), ("VT", "036.0001"))),
    ],
)
def test_licenses_are_named_by_state(env, text, licenses):
    assert from_environment({**env, "PHARMACY_LICENSES": text}).licenses == licenses


@pytest.mark.parametrize("text", ["NY", "NY:", ":1", "ZZ:1", "New York:1", "NY:1,NY:2"])
def test_a_license_without_state_or_number_is_refused(env, text):
    with pytest.raises(SettingsRefused, match="PHARMACY_LICENSES"):
        from_environment({**env, "PHARMACY_LICENSES": text})


def test_invented_licenses_are_told_from_real_ones():
    assert invented_licenses([("NY", "0123456"), ("NJ", "demo-NJ-0000"), ("VT", "DEMO-1")]) == ["NJ", "VT"]
    assert invented_licenses([("NY", "0123456")]) == []


def test_production_under_an_invented_license_is_refused_and_a_demo_is_not(env):
    invented = {"PHARMACY_LICENSES": "VT:036.0001,NY:DEMO-NY-0000"}
    with pytest.raises(SettingsRefused, match=r"PHARMACY_LICENSES.*\bNY\b"):
        from_environment({**env, **COMPLETE, **invented})
    assert len(from_environment({**env, **invented}).licenses) == 2


def test_licenses_by_state_are_of_the_united_states(env):
    settings = from_environment({**env, **COMPLETE, "PHARMACY_LICENSES": "", "STORE_MARKET": "DE"})
    assert settings.licenses == ()


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_one_stripe_key_without_the_other_is_refused(env, name):
    with pytest.raises(SettingsRefused, match=r"STRIPE_SECRET_KEY.*STRIPE_WEBHOOK_SECRET"):
        from_environment({**env, name: "something"})


def test_with_both_stripe_keys_even_the_demo_talks_to_stripe(env):
    settings = from_environment(
        {**env, "STRIPE_SECRET_KEY": "sk_test_example", "STRIPE_WEBHOOK_SECRET": "whsec_example"}
    )
    assert not settings.uses_sandbox


def test_the_sandbox_stands_on_loopback_beside_the_web_port(env):
    settings = from_environment({**env, "PORT": "9000"})
    assert settings.stripe_api_base == "http://127.0.0.1:9001"
    assert settings.stripe_secret_key.startswith("sk_test_")


@pytest.mark.parametrize("port", ["abc", "0", "-1", "70000", "80 80", "8000.5", "٨٠٠٠٠٠", "²"])
def test_nonsense_for_a_port_is_refused_with_the_range(env, port):
    with pytest.raises(SettingsRefused, match=r"PORT\b.*\b1\D+65534\b"):
        from_environment({**env, "PORT": port})


@pytest.mark.parametrize(
    ("name", "attribute", "default", "too_short"),
    [
        ("KEEP_JOBS_DAYS", "keep_jobs_days", 30, "6"),
        ("KEEP_WEBHOOK_EVENTS_DAYS", "keep_webhook_events_days", 90, "30"),  # repeated by hand for 30 days
        ("KEEP_HOLDS_DAYS", "keep_holds_days", 730, "29"),
    ],
)
def test_how_long_rows_are_kept_has_a_default_and_a_least(env, name, attribute, default, too_short):
    assert getattr(from_environment(env), attribute) == default
    assert getattr(from_environment({**env, name: "400"}), attribute) == 400
    with pytest.raises(SettingsRefused, match=name):
        from_environment({**env, name: too_short})


def test_an_unknown_environment_is_refused(env):
    with pytest.raises(SettingsRefused, match=r"\bdemo\b.*\bproduction\b"):
        from_environment({**env, "FORMULARY_ENV": "staging"})


def test_an_instance_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path):
    file_in_the_way = tmp_path / "file"
    file_in_the_way.write_text("not a folder")
    with pytest.raises(SettingsRefused, match=re.escape(str(file_in_the_way))):
        from_environment({"INSTANCE_PATH": str(file_in_the_way / "instance")})


@pytest.mark.parametrize("scheme", ["postgres://", "postgresql://"])
def test_any_usual_spelling_of_a_postgresql_address_reaches_the_same_driver(env, scheme):
    assert (
        from_environment({**env, "DATABASE_URL": f"{scheme}h/d"}).database_url == "postgresql+psycopg://h/d"
    )


def test_a_demo_has_a_past_unless_it_is_told_not_to(env):
    assert from_environment(env).demo_life
    assert not from_environment({**env, "DEMO_LIFE": "0"}).demo_life


def test_the_sandbox_may_be_reached_by_a_detour_on_this_machine_only(env):
    settings = from_environment({**env, "PORT": "9000", "SANDBOX_URL": "http://127.0.0.1:9077"})
    assert settings.stripe_api_base == "http://127.0.0.1:9077"
    assert settings.sandbox_port == 9001  # where it is started has not changed
    with pytest.raises(SettingsRefused, match="SANDBOX_URL"):
        from_environment({**env, "SANDBOX_URL": "https://pay.example"})


def test_every_deadline_can_be_set_by_its_name(tmp_path):
    settings = from_environment({"INSTANCE_PATH": str(tmp_path), "DEADLINE_LOCK": "7"})

    assert settings.deadlines == Deadlines(lock=7)
    with pytest.raises(SettingsRefused, match="DEADLINE_STALE_PAGES"):
        from_environment({"INSTANCE_PATH": str(tmp_path), "DEADLINE_STALE_PAGES": "a while"})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../etc/passwd", "EST5EDT7", " "])
def test_a_time_zone_that_is_none_is_refused_by_name(env, zone):
    with pytest.raises(SettingsRefused, match="STORE_TIMEZONE"):
        from_environment({**env, "STORE_TIMEZONE": zone})


def test_the_stores_time_zone_is_taken_and_universal_time_otherwise(env):
    assert from_environment({**env, "STORE_TIMEZONE": "America/New_York"}).timezone == "America/New_York"
    assert from_environment(env).timezone == "UTC"


def test_the_license_is_read_under_the_name_of_earlier_releases_too(tmp_path):
    env = {"INSTANCE_PATH": str(tmp_path), "PHARMACY_LICENCE": "ZZ-2"}
    assert from_environment(env).pharmacy.license == "ZZ-2"


@pytest.mark.parametrize(
    "url",
    [
        "http://user:word@mail.example",
        "mail.example",
        "smtp://",
        "smtp+tls://mail.example",
        "smtps://user:pass/word@mail.example",  # as it is read, the host is "user"
        "smtps://user:1#word@mail.example",
        "smtps://user:1?word@mail.example",
        "smtps://[user:word@mail.example",
    ],
)
def test_an_unknown_way_to_the_mail_server_is_refused_without_showing_its_password(env, url):
    with pytest.raises(SettingsRefused, match="SMTP_URL") as refusal:
        from_environment({**env, "SMTP_URL": url})
    assert "word@" not in str(refusal.value).replace("user:password@", "")


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "smtp+plain"])
def test_the_ways_to_the_mail_server(env, scheme):
    assert (
        from_environment({**env, "SMTP_URL": f"{scheme}://mail.example"}).smtp_url
        == f"{scheme}://mail.example"
    )


@pytest.mark.parametrize(
    ("text", "states"), [("", ()), ("NY", ("NY",)), (" ny, VT,", ("NY", "VT")), (",", ())]
)
def test_states_are_named_by_their_codes(env, text, states):
    assert from_environment({**env, "COPY_SUFFICES_IN": text}).copy_suffices_in == states


@pytest.mark.parametrize("text", ["XX", "NY VT", "New York", "NY,ZZ"])
def test_what_is_no_state_is_refused_and_named(env, text):
    with pytest.raises(SettingsRefused, match="COPY_SUFFICES_IN"):
        from_environment({**env, "COPY_SUFFICES_IN": text})


@pytest.mark.parametrize(
    "currency", ["JPY", "KWD", "KRW", "BHD", "usd", "DOLLARS", "US", "CLP", "XAU", "XXX"]
)
def test_a_currency_without_two_decimals_is_refused_by_name(env, currency):
    with pytest.raises(SettingsRefused, match=currency):
        from_environment({**env, "STORE_CURRENCY": currency})


@pytest.mark.parametrize("currency", ["USD", "EUR", "CHF", "INR"])
def test_a_currency_with_two_decimals_is_taken(env, currency):
    assert from_environment({**env, "STORE_CURRENCY": currency}).currency == currency


@pytest.mark.parametrize("port", ["٨٠٠٠", "+8000", "8_000", "8000.0"])
def test_a_number_of_the_environment_is_plain_digits(env, port):
    with pytest.raises(SettingsRefused, match="PORT"):
        from_environment({**env, "PORT": port})
