"""Settings from the environment: complete, or refused.

Two kinds of pharmacy read this. The demo (`FORMULARY_ENV` unset or `demo`) needs nothing: keys are made on
the first start and kept in the instance folder. Production (`FORMULARY_ENV=production`, or a folder with
`production.env`) must say everything that protects somebody, and refuses to start without it, naming each
missing name; `first_start` asks for it where a person sits at a terminal.
"""

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path

from babel.core import get_global
from babel.numbers import get_currency_precision

from shop import environment_file
from shop.config import SQLITE_FILE, Pharmacy, Settings, SettingsRefused
from shop.limits import Deadlines
from shop.numbers import digits
from shop.setting_values import https_address, invented_licenses, licenses, smtp_url, zone
from shop.us_states import COUNTRY, NAMES

REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "VAULT_KEYS",
    "DATABASE_URL",
    "PUBLIC_URL",
    "STRIPE_SECRET_KEY",
    "STRIPE_WEBHOOK_SECRET",
    "SMTP_URL",
    "MAIL_FROM",
    "PHARMACY_NAME",
    "PHARMACY_ADDRESS",
    "PHARMACY_PHONE",
    "PHARMACY_LICENSE",
    "PHARMACY_LICENSES",  # in the United States
    "PHARMACY_SHIPS_TO",
    "PHARMACIST_IN_CHARGE",
)

DEMO_SHIPS_TO = "addresses in the 48 contiguous states and Washington, DC"
"""Where the demonstration's licenses are (`states_served.toml`)."""


def missing(env: Mapping[str, str]) -> list[str]:
    """The names that a production start lacks, in an environment with its file; none for a demo."""
    if env.get("FORMULARY_ENV") != "production":
        return []
    not_asked = set() if (env.get("STORE_MARKET") or COUNTRY) == COUNTRY else {"PHARMACY_LICENSES"}
    return [name for name in REQUIRED_IN_PRODUCTION if not env.get(name) and name not in not_asked]


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings, or `SettingsRefused` with a sentence that names what to change."""
    instance, file = environment_file.folder(env), environment_file.path(env)
    env = environment_file.completed(env)
    environment = env.get("FORMULARY_ENV", "demo")
    if environment not in ("demo", "production"):
        raise SettingsRefused(f"FORMULARY_ENV is “{environment}”; it is either demo or production.")
    if names := missing(env):
        raise SettingsRefused(
            f"A production start needs {', '.join(names)} in the environment or in {file}. To be "
            "asked for them, run this at a terminal: FORMULARY_ENV=production make run. "
            "docs/running.md says what each is."
        )
    held = licenses(env.get("PHARMACY_LICENSES") or "")
    if environment == "production":
        https_address(env["PUBLIC_URL"])
        if states := invented_licenses(held):
            raise SettingsRefused(
                f"PHARMACY_LICENSES has invented licenses, for {', '.join(states)}. Enter the number of each "
                "license you hold, and leave out the states where you hold none."
            )
    port = _number(env, "PORT", 8000, 1, 65534)
    stripe_key, webhook_secret, api_base = _payments(env, environment, instance, port)
    per_file = _number(env, "UPLOAD_CPU_SECONDS_PER_FILE", 10, 1, 24)  # a prescription has five files
    return Settings(
        environment=environment,
        instance=instance,
        database_url=database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / SQLITE_FILE}"),
        secret_key=_secret_key(env, environment, instance),
        vault_keys=env.get("VAULT_KEYS") or _kept(instance / "vault.key", new_vault_key),
        public_url=(env.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        stripe_secret_key=stripe_key,
        stripe_webhook_secret=webhook_secret,
        stripe_api_base=api_base,
        smtp_url=smtp_url(env["SMTP_URL"]) if env.get("SMTP_URL") else None,
        mail_from=env.get("MAIL_FROM") or "pharmacy@demo.example",
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 10),
        market=env.get("STORE_MARKET") or "US",
        locale=env.get("STORE_LOCALE") or "en_US",
        currency=_currency(env),
        timezone=zone(env.get("STORE_TIMEZONE") or "UTC"),
        count_queries=env.get("BENCH_QUERIES") == "1",
        demo_life=env.get("DEMO_LIFE") != "0",
        pharmacy=_pharmacy(env, licensed=bool(held)),
        licenses=held,
        privacy_notice_edition=_day(env, "PRIVACY_NOTICE_EDITION", Settings.privacy_notice_edition),
        prescription_life_days=_number(env, "PRESCRIPTION_LIFE_DAYS", 365, 1, 3650),
        copy_suffices_in=_states(env, "COPY_SUFFICES_IN"),
        price_from_old_costs=env.get("PRICE_FROM_OLD_COSTS") == "1",
        hold_minutes=_number(env, "HOLD_MINUTES", 35, 35, 24 * 60),
        delivery_cents=_number(env, "DELIVERY_CENTS", 490, 0, 1_000_000),
        delivery_days=_number(env, "DELIVERY_DAYS", 7, 0, 60),
        staff_idle_minutes=_number(env, "STAFF_IDLE_MINUTES", 30, 1, 24 * 60),
        page_cache_mb=_number(env, "PAGE_CACHE_MB", 1024, 0, 100_000),
        upload_files_per_hour=_number(env, "UPLOAD_FILES_PER_HOUR", 20, 5, 10_000),
        upload_files_per_day=_number(env, "UPLOAD_FILES_PER_DAY", 60, 5, 100_000),
        upload_mb_per_day=_number(env, "UPLOAD_MB_PER_DAY", 150, 75, 100_000),
        upload_cpu_seconds_per_file=per_file,
        upload_cpu_seconds_per_hour=_number(env, "UPLOAD_CPU_SECONDS_PER_HOUR", 120, 5 * per_file, 36_000),
        upload_cpu_seconds_per_day=_number(env, "UPLOAD_CPU_SECONDS_PER_DAY", 600, 5 * per_file, 360_000),
        web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
        web_threads=_number(env, "WEB_THREADS", 128, 4, 1024),
        audit_seal_minutes=_number(env, "AUDIT_SEAL_MINUTES", 10, 1, 24 * 60),
        keep_jobs_days=_number(env, "KEEP_JOBS_DAYS", 30, 7, 3650),
        keep_webhook_events_days=_number(env, "KEEP_WEBHOOK_EVENTS_DAYS", 90, 31, 3650),
        keep_holds_days=_number(env, "KEEP_HOLDS_DAYS", 730, 30, 36500),
        keep_order_persons_days=_number(env, "KEEP_ORDER_PERSONS_DAYS", 37, 32, 3650),
        worker_money=_number(env, "WORKER_MONEY", 3, 0, 64),
        worker_mail=_number(env, "WORKER_MAIL", 3, 0, 64),
        worker_documents=_number(env, "WORKER_DOCUMENTS", 1, 0, 64),
        worker_default=_number(env, "WORKER_DEFAULT", 2, 0, 64),
        worker_lost_seconds=_number(env, "WORKER_LOST_SECONDS", 10, 1, 600),
        worker_grace_seconds=_number(env, "WORKER_GRACE_SECONDS", 25, 0, 3600),
        alarm_email=env.get("ALARM_EMAIL") or "",
        metrics_token=env.get("METRICS_TOKEN") or "",
        deadlines=_deadlines(env),
    )


def _deadlines(env: Mapping[str, str]) -> Deadlines:
    """DEADLINE_LOCK=5 and so on, one for each field, in seconds."""
    return Deadlines(
        **{
            one.name: _number(env, f"DEADLINE_{one.name.upper()}", int(str(one.default)), 1, 24 * 3600)
            for one in fields(Deadlines)
        }
    )


def _pharmacy(env: Mapping[str, str], licensed: bool) -> Pharmacy:
    """As the settings say; a demonstration in the United States names the states that it serves."""
    names = {
        "name": "PHARMACY_NAME",
        "address": "PHARMACY_ADDRESS",
        "phone": "PHARMACY_PHONE",
        "fax": "PHARMACY_FAX",
        "hours": "PHARMACY_HOURS",
        "email": "PHARMACY_EMAIL",
        "license": "PHARMACY_LICENSE",
        "pharmacist_in_charge": "PHARMACIST_IN_CHARGE",
        "ships_to": "PHARMACY_SHIPS_TO",
    }
    found = {key: env[name] for key, name in names.items() if env.get(name)}
    if not licensed and (env.get("STORE_MARKET") or COUNTRY) == COUNTRY:
        found.setdefault("ships_to", DEMO_SHIPS_TO)
    return Pharmacy(**found)


def _payments(
    env: Mapping[str, str], environment: str, instance: Path, port: int
) -> tuple[str, str, str | None]:
    key, secret = env.get("STRIPE_SECRET_KEY"), env.get("STRIPE_WEBHOOK_SECRET")
    if bool(key) != bool(secret):
        raise SettingsRefused("Set both STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET, or neither (sandbox).")
    if key and secret:
        return key, secret, None
    kept = _kept(instance / "sandbox.key", lambda: secrets.token_hex(24))
    sandbox = env.get("SANDBOX_URL") or f"http://127.0.0.1:{port + 1}"
    if not re.fullmatch(r"http://127\.0\.0\.1:\d{1,5}", sandbox):
        raise SettingsRefused(
            f"SANDBOX_URL is “{sandbox}”; the payment sandbox is on this machine: http://127.0.0.1:PORT."
        )
    return f"sk_test_{kept}", f"whsec_{kept}", sandbox


def _secret_key(env: Mapping[str, str], environment: str, instance: Path) -> str:
    key = env.get("SECRET_KEY") or _kept(instance / "secret.key", lambda: secrets.token_urlsafe(48))
    if environment == "production" and len(key) < 32:
        raise SettingsRefused("SECRET_KEY is too short; make one with: openssl rand -base64 48")
    return key


def new_vault_key() -> str:
    return f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _kept(path: Path, make: Callable[[], str]) -> str:
    """A secret of this installation, made once and readable by its owner only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise SettingsRefused(f"Cannot read {path}: {error.strerror}.") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process made it in this very moment
        return path.read_text().strip()
    except OSError as error:
        raise SettingsRefused(
            f"The folder {path.parent} cannot be written ({error.strerror}). "
            "Set INSTANCE_PATH to one that can."
        ) from error
    with os.fdopen(handle, "w") as file:
        file.write(value := make())
    return value


def database_url(url: str) -> str:
    """SQLAlchemy's spelling: psycopg 3 for any of the usual ways to write a PostgreSQL address."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _states(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """State codes with commas between them, "NY, VT"; empty: none."""
    states = tuple(text.strip().upper() for text in (env.get(name) or "").split(",") if text.strip())
    if unknown := [state for state in states if state not in NAMES]:
        raise SettingsRefused(
            f"{name} names “{unknown[0]}”, which is not a state; use postal codes such as NY,VT."
        )
    return states


def _day(env: Mapping[str, str], name: str, default: date) -> date:
    text = env.get(name)
    if not text:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsRefused(f"{name} is “{text}”; it needs to be a date such as 2026-11-29.") from error


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name)
    if not text:
        return default
    found = digits(text)
    if found is None or not least <= found <= most:
        raise SettingsRefused(f"{name} is “{text}”; it needs to be a whole number from {least} to {most}.")
    return found


X_CURRENCIES = ("XAF", "XCD", "XCG", "XOF", "XPF")
"""ISO 4217: other codes with X are metals, units of account, and “no currency”."""


def _currency(env: Mapping[str, str]) -> str:
    """A currency of two decimals: amounts are charged in whole hundredths."""
    name = env.get("STORE_CURRENCY") or "USD"
    if name not in get_global("all_currencies") or (name[0] == "X" and name not in X_CURRENCIES):
        raise SettingsRefused(
            f"STORE_CURRENCY is “{name}”; it needs to be the code of a currency (ISO 4217), such as USD."
        )
    if (places := get_currency_precision(name)) != 2:
        raise SettingsRefused(
            f"STORE_CURRENCY is {name}, which has {places or 'no'} decimals. The store "
            "charges in hundredths, so it needs a currency with two decimals, such as USD."
        )
    return name
