"""Settings: read once from the environment, frozen, complete or refused.

Two kinds of pharmacy read this. The demo (`FORMULARY_ENV` unset or `demo`) needs nothing: keys are made on
the first start and kept in the instance folder. Production (`FORMULARY_ENV=production`) must say everything
that protects somebody, and refuses to start without it, naming each missing name.
"""

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from shop.clock import zone_named
from shop.limits import Deadlines, Sizes

ROOT = Path(__file__).resolve().parent.parent
SQLITE_FILE = "formulary.sqlite3"


class SettingsRefused(Exception):
    """The environment is incomplete or contradicts itself; the message says what to set."""


@dataclass(frozen=True)
class Pharmacy:
    """Who runs this pharmacy, as the law wants it shown. The demo's are plainly invented."""

    name: str = "Formulary Pharmacy"
    address: str = "12 Example Street, Springfield, ZZ 00000"
    phone: str = "(555) 555-0142"
    hours: str = "weekdays 8 to 18"
    email: str = "pharmacy@demo.example"
    licence: str = "ZZ-PH-000000"
    pharmacist_in_charge: str = "Marion Sample, PharmD"
    ships_to: str = "addresses in the states named in our license"


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations."""

    environment: str
    instance: Path
    database_url: str
    secret_key: str
    vault_keys: str  # "id:base64 of 32 bytes, older-id:…", the first wraps new files
    public_url: str
    port: int
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None  # None: Stripe itself; otherwise the sandbox on loopback
    smtp_url: str | None  # None: mails are files in instance/mail
    mail_from: str
    trusted_proxies: int
    market: str = "US"
    locale: str = "en_US"
    currency: str = "USD"
    timezone: str = "UTC"
    count_queries: bool = False
    pharmacy: Pharmacy = field(default_factory=Pharmacy)
    prescription_life_days: int = 365
    refill_after_share: float = 0.75
    hold_minutes: int = 35  # Stripe's hosted page lives at least 30
    delivery_cents: int = 490
    delivery_days: int = 7
    staff_idle_minutes: int = 30
    page_cache_mb: int = 1024  # of disk, shared by the web processes of a machine; 0: none
    upload_files_per_hour: int = 20  # of one account, as are the next five; refused files count
    upload_files_per_day: int = 60
    upload_mb_per_day: int = 150
    upload_cpu_seconds_per_file: int = 10  # ten scanned pages take three; a file that takes more is refused
    upload_cpu_seconds_per_hour: int = 120  # of opening its files
    upload_cpu_seconds_per_day: int = 600
    web_workers: int = 2  # processes
    web_threads: int = 128  # requests inside each process at once, most of them waiting: see `sizes`
    audit_seal_minutes: int = 10  # a record not sealed by then is an alarm; the worker needs a second
    keep_jobs_days: int = 30  # finished ones; what waits or was given up stays
    keep_webhook_events_days: int = 90  # longer than the provider may repeat one: 30 days, by hand
    keep_holds_days: int = 730  # released or dispensed; the ledgers themselves stay for good
    worker_money: int = 3  # jobs at once in each worker process, by lane; 0: left to other workers
    worker_mail: int = 3
    worker_documents: int = 1  # rendering takes a whole core
    worker_default: int = 2
    worker_lost_seconds: float = 10  # after which a silent worker's jobs go to others
    worker_grace_seconds: float = 25  # for running jobs to end after SIGTERM
    alarm_email: str = ""  # "": the pharmacy's
    metrics_token: str = ""  # "": /metrics answers on loopback only
    deadlines: Deadlines = field(default_factory=Deadlines)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def uses_sandbox(self) -> bool:
        return self.stripe_api_base is not None

    @property
    def sizes(self) -> Sizes:
        return Sizes(self.web_threads)

    @property
    def vault_folder(self) -> Path:
        return self.instance / "vault"

    @property
    def mail_folder(self) -> Path:
        return self.instance / "mail"

    @property
    def search_folder(self) -> Path:
        return self.instance / "search"

    @property
    def columns_folder(self) -> Path:
        return self.instance / "columns"

    @property
    def pages_folder(self) -> Path:
        return self.instance / "pages"

    @property
    def worker_lanes(self) -> dict[str, int]:
        """How many jobs of each lane a worker process does at once."""
        return {
            "money": self.worker_money,
            "mail": self.worker_mail,
            "documents": self.worker_documents,
            "default": self.worker_default,
        }

    @property
    def sandbox_port(self) -> int:
        """The payment sandbox sits beside the web port, so that PORT alone moves the whole store."""
        return self.port + 1


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
    "PHARMACY_LICENCE",
    "PHARMACIST_IN_CHARGE",
)


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings, or `SettingsRefused` with a sentence that names what to change."""
    environment = env.get("FORMULARY_ENV", "demo")
    if environment not in ("demo", "production"):
        raise SettingsRefused(f"FORMULARY_ENV is “{environment}”; it is either demo or production.")
    if environment == "production":
        missing = [name for name in REQUIRED_IN_PRODUCTION if not env.get(name)]
        if missing:
            raise SettingsRefused(f"A production start needs {', '.join(missing)} in the environment.")
        if not env["PUBLIC_URL"].startswith("https://"):
            raise SettingsRefused(
                "PUBLIC_URL needs to start with https:// in production: cookies depend on it."
            )
    instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
    port = _number(env, "PORT", 8000, 1, 65534)
    stripe_key, webhook_secret, api_base = _payments(env, environment, instance, port)
    per_file = _number(env, "UPLOAD_CPU_SECONDS_PER_FILE", 10, 1, 24)  # a prescription has five files
    return Settings(
        environment=environment,
        instance=instance,
        database_url=database_url(env.get("DATABASE_URL") or f"sqlite:///{instance / SQLITE_FILE}"),
        secret_key=_secret_key(env, environment, instance),
        vault_keys=env.get("VAULT_KEYS") or _kept(instance / "vault.key", _new_vault_key),
        public_url=(env.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        port=port,
        stripe_secret_key=stripe_key,
        stripe_webhook_secret=webhook_secret,
        stripe_api_base=api_base,
        smtp_url=env.get("SMTP_URL") or None,
        mail_from=env.get("MAIL_FROM") or "pharmacy@demo.example",
        trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 10),
        market=env.get("STORE_MARKET") or "US",
        locale=env.get("STORE_LOCALE") or "en_US",
        currency=env.get("STORE_CURRENCY") or "USD",
        timezone=_zone(env),
        count_queries=env.get("BENCH_QUERIES") == "1",
        pharmacy=_pharmacy(env),
        prescription_life_days=_number(env, "PRESCRIPTION_LIFE_DAYS", 365, 1, 3650),
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


def _pharmacy(env: Mapping[str, str]) -> Pharmacy:
    names = {
        "name": "PHARMACY_NAME",
        "address": "PHARMACY_ADDRESS",
        "phone": "PHARMACY_PHONE",
        "hours": "PHARMACY_HOURS",
        "email": "PHARMACY_EMAIL",
        "licence": "PHARMACY_LICENCE",
        "pharmacist_in_charge": "PHARMACIST_IN_CHARGE",
        "ships_to": "PHARMACY_SHIPS_TO",
    }
    return Pharmacy(**{key: env[name] for key, name in names.items() if env.get(name)})


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


def _new_vault_key() -> str:
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


def _zone(env: Mapping[str, str]) -> str:
    name = env.get("STORE_TIMEZONE") or "UTC"
    try:
        zone_named(name)
    except ValueError as error:
        raise SettingsRefused(
            f"STORE_TIMEZONE is “{name}”; it needs to be a name of the IANA time zone database, "
            "such as America/New_York."
        ) from error
    return name


def _number(env: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = env.get(name)
    if not text:
        return default
    if not text.isdecimal() or not least <= int(text) <= most:
        raise SettingsRefused(f"{name} is “{text}”; it needs to be a whole number from {least} to {most}.")
    return int(text)
