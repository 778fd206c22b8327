"""Reading patients: an account's own, one of them, found by name and birth date, and who has read them.

Ownership is in the query: what is not yours is not found.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, select

from shop.accounts import queries as accounts
from shop.accounts.dependents import exports_account
from shop.audit import queries as audit
from shop.audit.events import Event
from shop.clock import business_date
from shop.database import db
from shop.patients import profile, rules
from shop.patients.finding import keys_of
from shop.patients.models import NoticeAcknowledgment, Patient
from shop.patients.profile import Profile, Topic
from shop.patients.rules import Relation
from shop.patients.service import born_of

READINGS_SHOWN = 200


@dataclass(frozen=True)
class PatientFacts:
    """A patient as other rooms see one. `born` and `relation` are None where nobody has said."""

    id: int
    reference: str
    user_id: int
    relation: Relation | None
    name: str
    born: date | None
    health: Profile
    health_confirmed_at: datetime | None
    removed_at: datetime | None = None

    def age_on(self, day: date) -> int | None:
        """Full years on a day; None where the birth date is unknown."""
        return rules.age_on(self.born, day) if self.born else None

    def asked_on(self, day: date) -> tuple[Topic, ...]:
        """The health questions that are asked at the patient's age."""
        return profile.asked(self.age_on(day))

    def missing_on(self, day: date) -> tuple[Topic, ...]:
        """The health questions without an answer."""
        return profile.missing(self.health, self.age_on(day))


@dataclass(frozen=True)
class Reading:
    """Somebody looked `times` times on one day, the last time `at`. `name` only of staff."""

    role: str
    name: str | None
    at: datetime
    times: int


def of_account(user_id: int | None) -> list[PatientFacts]:
    """An account's patients, the account holder first, then in the order they were added."""
    if user_id is None:
        return []
    found = _all(Patient.user_id == user_id, Patient.removed_at.is_(None))
    return sorted(found, key=lambda one: one.relation is not Relation.SELF)


def removed_of(user_id: int, at: datetime) -> list[PatientFacts]:
    """Those that were removed and can still be put back, the latest first."""
    since = at - rules.UNDO_FOR
    found = _all(Patient.user_id == user_id, Patient.removed_at > since)
    return sorted(found, key=lambda one: one.removed_at or at, reverse=True)


def own(user_id: int, reference: str) -> PatientFacts | None:
    """An account's own patient; None for a removed one, another's and none."""
    found = _all(Patient.reference == reference, Patient.user_id == user_id, Patient.removed_at.is_(None))
    return found[0] if found else None


def anyones(reference: str) -> PatientFacts | None:
    """Any account's patient, for pharmacists; None for a removed one and none."""
    found = _all(Patient.reference == reference, Patient.removed_at.is_(None))
    return found[0] if found else None


def by_id(patient_id: int | None) -> PatientFacts | None:
    """Any patient, removed ones too, for those who hold an id."""
    found = _all(Patient.id == patient_id) if patient_id is not None else []
    return found[0] if found else None


def by_ids(patient_ids: Iterable[int | None]) -> dict[int, PatientFacts]:
    """Any patients by id, removed ones too, in one question."""
    wanted = {patient_id for patient_id in patient_ids if patient_id is not None}
    return {one.id: one for one in _all(Patient.id.in_(wanted))} if wanted else {}


def of_accounts(user_ids: Iterable[int | None], also: Iterable[int | None] = ()) -> list[PatientFacts]:
    """The patients of all these accounts, and those with these ids, removed ones too, in one question."""
    accounts = {one for one in user_ids if one is not None}
    ids = {one for one in also if one is not None}
    if not accounts and not ids:
        return []
    theirs = Patient.user_id.in_(accounts) & Patient.removed_at.is_(None)
    return _all(theirs | Patient.id.in_(ids))


def only(user_id: int | None) -> int | None:
    """The id of an account's one patient; None where it has none or several."""
    mine = select(Patient.id).where(Patient.user_id == user_id, Patient.removed_at.is_(None)).limit(2)
    found = db.session.scalars(mine).all() if user_id is not None else []
    return found[0] if len(found) == 1 else None


def names_of(patient_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, removed ones too, in one question."""
    wanted = {patient_id for patient_id in patient_ids if patient_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Patient.id, Patient.name).where(Patient.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def search_keys_of(patient_ids: Iterable[int | None]) -> dict[int, str]:
    """Under which key each patient is found, removed ones too, in one question."""
    wanted = {patient_id for patient_id in patient_ids if patient_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Patient.id, Patient.search_key).where(Patient.id.in_(wanted)))
    return {row.id: row.search_key for row in rows}


def ids_by_keys(keys: Iterable[str]) -> list[int]:
    """The patients of all accounts under any of these keys, removed ones too."""
    return list(db.session.scalars(select(Patient.id).where(Patient.search_key.in_(set(keys)))))


def found_by(name: str, born: date | None) -> list[PatientFacts]:
    """The living patients of all accounts with exactly this name and birth date, for staff.

    Spelling, accents, case and the order of words do not matter; what the hash finds is compared again.
    """
    person = rules.plain_person(name, born)
    found = _all(Patient.search_key.in_(keys_of(name, born)), Patient.removed_at.is_(None))
    return [one for one in found if rules.plain_person(one.name, one.born) == person]


def readings(patient_id: int) -> list[Reading]:
    """Who has read a patient's profile, the latest first: one entry a person and day. Three questions."""
    records = audit.latest(("patient", patient_id), Event.PATIENT_READ, READINGS_SHOWN)
    names = accounts.names_of(record.actor_id for record in records)
    days = groupby(records, key=lambda one: (business_date(one.at), one.actor_id, one.detail.get("role", "")))
    return [
        Reading(role, None if role == "customer" else names.get(actor_id), seen[0].at, len(seen))
        for (_, actor_id, role), seen in ((key, list(group)) for key, group in days)
    ]


@exports_account("patients")
def everything(user_id: int) -> list[dict[str, Any]]:
    """What an account is given of its patients when it exports everything, removed ones too."""
    return [
        {
            "name": one.name,
            "relation": one.relation,
            "birth_date": one.born,
            "removed_at": one.removed_at,
            "health": asdict(one.health),
            "health_confirmed_at": one.health_confirmed_at,
            "read_by": [
                {"at": seen.at, "who": seen.name or "you", "role": seen.role, "times": seen.times}
                for seen in readings(one.id)
            ],
        }
        for one in _all(Patient.user_id == user_id)
    ]


@exports_account("privacy_notices")
def notices(user_id: int) -> list[dict[str, Any]]:
    """Which editions of the notice were acknowledged."""
    mine = select(NoticeAcknowledgment).where(NoticeAcknowledgment.user_id == user_id)
    return [{"edition": one.edition, "acknowledged_at": one.at} for one in db.session.scalars(mine)]


def _all(*where: ColumnElement[bool]) -> list[PatientFacts]:
    rows = db.session.scalars(
        select(Patient).where(*where).order_by(Patient.id).execution_options(populate_existing=True)
    )
    return [_facts(row) for row in rows]


def _facts(row: Patient) -> PatientFacts:
    return PatientFacts(
        row.id,
        row.reference,
        row.user_id,
        row.relation,
        row.name,
        born_of(row),
        profile.from_text(row.health),
        row.health_confirmed_at,
        row.removed_at,
    )
