"""Settings: everything that may differ between two installations, frozen. `environment` reads them."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shop.limits import Deadlines, Sizes

ROOT = Path(__file__).resolve().parent.parent
SQLITE_FILE = "formulary.sqlite3"
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
"""Schemes of SMTP_URL with their usual ports: STARTTLS, TLS from the start, and nothing encrypted."""


class SettingsRefused(Exception):
    """The environment is incomplete or contradicts itself; the message says what to set."""


@dataclass(frozen=True)
class Pharmacy:
    """Who runs this pharmacy, as the law wants it shown. The demo's are plainly invented."""

    name: str = "Formulary Pharmacy"
    address: str = "12 Example Street, Springfield, ZZ 00000"
    phone: str = "(555) 555-0142"
    fax: str = ""  # for prescribers; "": none is named
    hours: str = "8 a.m. to 6 p.m. on weekdays"
    email: str = "pharmacy@demo.example"
    license: str = "ZZ-PH-000000"
    pharmacist_in_charge: str = "Marion Sample, PharmD"
    ships_to: str = "addresses in the states where we hold a license"


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
    smtp_url: str | None  # a scheme of SMTP_PORTS; None: mails are files in instance/mail
    mail_from: str
    trusted_proxies: int
    market: str = "US"
    locale: str = "en_US"
    currency: str = "USD"
    timezone: str = "UTC"
    count_queries: bool = False
    demo_life: bool = True  # whether `make run` writes 90 days behind a demo that it loads for the first time
    pharmacy: Pharmacy = field(default_factory=Pharmacy)
    licenses: tuple[tuple[str, str], ...] = ()  # (state served, license there); (): the demo's states
    privacy_notice_edition: date = date(2026, 11, 29)  # from when the text of its page applies
    prescription_life_days: int = 365
    refill_after_share: float = 0.75
    copy_suffices_in: tuple[str, ...] = ()  # states to which a copy ships unconfirmed: prescriptions.copies
    price_from_old_costs: bool = False  # whether a survey over a year old may make a new price by rule
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
    keep_order_persons_days: int = 37  # for limits over 30 days, and a week
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
