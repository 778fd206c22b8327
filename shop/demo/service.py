"""Opening the demonstration pharmacy: catalogue, monographs, stock, accounts, patients; in one transaction.

Loading again changes nothing while the files are the same. A production store refuses.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_security import hash_password
from sqlalchemy import select

from shop.accounts import service as accounts
from shop.accounts.models import User
from shop.audit import service as audit
from shop.audit.events import Event
from shop.audit.models import AuditRecord
from shop.audit.sealing import seal_audit
from shop.catalogue import list_rows
from shop.catalogue.models import Variant
from shop.clock import business_date, now
from shop.database import db, transaction
from shop.delivery import queries as delivery
from shop.delivery.service import add, starting
from shop.demo.catalogue import write_catalogue
from shop.demo.life import service as life
from shop.demo.life.hours import Hours
from shop.demo.life.plan import OPENED
from shop.demo.offers import receive_planned, write_prices
from shop.demo.patients import add_patients
from shop.errors import DomainError
from shop.listing.deciding import decide, decide_new
from shop.monographs.service import publish_file
from shop.projections.cache_version import catalogue_changed
from shop.web import settings

FOLDER = Path(__file__).parent


def fingerprint() -> str:
    """A hash of every data file, names included: quick, because nothing is parsed."""
    digest = hashlib.sha256()
    for path in [FOLDER / "catalogue.toml", *_monograph_paths()]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def catalogue() -> dict[str, Any]:
    """Categories, medicines with variants and packs, and the sources of their facts."""
    return _read(FOLDER / "catalogue.toml")


def monographs() -> list[dict[str, Any]]:
    """The monograph documents, by slug."""
    return [_read(path) for path in _monograph_paths()]


def _monograph_paths() -> list[Path]:
    return sorted((FOLDER / "monographs").glob("*.toml"))


def _read(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


DEMO_PASSWORD = "formulary-demo"  # noqa: S105  (printed at every start of a demo, refused anywhere else)
DEMO_ACCOUNTS = (
    ("customer@demo.example", "customer"),
    ("pharmacist@demo.example", "pharmacist"),
    ("admin@demo.example", "admin"),
)
NAMES = {"customer": "Ada Specimen", "pharmacist": "Marion Sample", "admin": "Robin Example"}
SUBJECT = ("catalogue", "demo")
SURVEY = "nadac-2022"


class DemoRefused(DomainError):
    """The demonstration's data have no place in a production store."""

    status = 403
    code = "demo_refused"


def load_demo(with_life: bool = False, say: life.Say = lambda line: None) -> list[str]:
    """Load what is missing and say what was done, a sentence a line. The outermost caller: it commits.

    `with_life`: a store that is loaded for the first time gets ninety days behind it, and `say` hears how far
    it is. Payments are in the sandbox then; without one there is no past.
    """
    if settings().is_production:
        raise DemoRefused("The demo pharmacy can’t be loaded into a production store.")
    content = fingerprint()
    before = _loaded_before()
    if before == content:
        with transaction():
            decide_new(now())
        return ["The demo pharmacy is already loaded; nothing changed."]
    say("Loading the demo pharmacy …")
    secret = hash_password(DEMO_PASSWORD)  # slow on purpose, so before the transaction
    at = now()
    if not with_life or before is not None or not settings().uses_sandbox:
        with transaction():
            return _load(content, secret, at, at).lines
    with ExitStack() as files, transaction():
        loaded = _load(content, secret, at, Hours(settings().market).before(at - OPENED))
        say("Writing the demo’s last 90 days …")
        written = life.write(loaded.for_life(secret), files, at, say)
    seal_audit()
    if not written.orders:
        return loaded.lines
    return [
        *loaded.lines,
        f"Wrote 90 days: {written.orders} orders, {written.prescriptions} prescriptions; "
        f"{written.waiting} more wait to be verified.",
    ]


def _loaded_before() -> str | None:
    """The fingerprint of the files that were loaded last, from the audit record."""
    detail: dict[str, Any] | None = db.session.scalar(
        select(AuditRecord.detail)
        .where(AuditRecord.event == Event.CATALOGUE_LOADED.value, AuditRecord.subject_id == SUBJECT[1])
        .order_by(AuditRecord.id.desc())
        .limit(1)
    )
    return detail.get("content") if detail else None


@dataclass(frozen=True)
class _Loaded:
    """What there is now: sentences about it, the file and its strengths, accounts by role."""

    lines: list[str]
    file: dict[str, Any]
    variants: Sequence[Variant]
    people: dict[str, int]

    def for_life(self, secret: str) -> life.Loaded:
        entries = [variant for medicine in self.file["medicines"] for variant in medicine["variants"]]
        costs = [entry.get("acquisition", {}) for entry in entries]
        priced_by = {
            cost["ndc11"]: variant.id
            for variant, cost in zip(self.variants, costs, strict=True)
            if cost.get("source") == SURVEY
        }
        survey = next(one["citation"] for one in self.file["sources"] if one["key"] == SURVEY)
        return life.Loaded(self.variants, priced_by, survey, self.people, secret)


def _load(content: str, secret: str, now_: datetime, at: datetime) -> _Loaded:
    """Load it as if it opened `at`; expiration dates count from `now_`."""
    documents = monographs()
    published = [publish_file(document, at) for document in documents]
    summaries = {document["slug"]: document["summary"] for document in documents}
    file = catalogue()
    variants: list[Variant] = write_catalogue(file, summaries, at)
    people = _open_accounts(secret, at)
    add_patients(people["customer"], at)
    write_prices(file["pricing"], variants, people["admin"], at)
    _offer_methods(people["admin"], at)
    lots = receive_planned(variants, people["admin"], at, business_date(now_))
    decide({variant.product_id for variant in variants}, at)
    list_rows.refresh({variant.product_id for variant in variants}, settings().market)
    catalogue_changed(at)
    audit.record(
        Event.CATALOGUE_LOADED,
        at=at,
        subject=SUBJECT,
        actor_id=people["admin"],
        content=content,
        medicines=len(file["medicines"]),
        variants=len(variants),
        lots=lots,
    )
    fresh = sum(publication.outcome != "unchanged" for publication in published)
    lines = [
        f"Loaded {len(file['medicines'])} medicines in {len(file['categories'])} categories, "
        f"{len(variants)} strengths.",
        f"Published {fresh} monographs; {len(published) - fresh} were unchanged.",
        f"Received {lots} lots, and opened the accounts {', '.join(email for email, _ in DEMO_ACCOUNTS)}.",
    ]
    return _Loaded(lines, file, variants, people)


def _offer_methods(admin_id: int, at: datetime) -> None:
    """Two ways to send, where nobody has set one."""
    config = settings()
    for one in [] if delivery.rows() else starting(config.delivery_cents, config.delivery_days):
        add(one, admin_id, at)


def _open_accounts(secret: str, at: datetime) -> dict[str, int]:
    """Ids of the three accounts by role; those that exist keep their password."""
    emails = [email for email, _ in DEMO_ACCOUNTS]
    rows = db.session.execute(select(User.email, User.id).where(User.email.in_(emails)))
    known = {row.email: row.id for row in rows}
    return {
        role: known.get(email) or accounts.add_account(NAMES[role], email, secret, role, at, is_demo=True)
        for email, role in DEMO_ACCOUNTS
    }
