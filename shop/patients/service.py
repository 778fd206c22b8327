"""Writing patients: added, changed, their health answered and confirmed, removed and put back.

Flushes, never commits. Each step leaves an audit record of codes; what was said about health is in none.
"""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select

from shop.accounts.dependents import erases_account
from shop.audit import service as audit
from shop.audit.events import Event
from shop.clock import business_date
from shop.database import db, lock_name
from shop.errors import NotFound
from shop.names import same_name
from shop.patients import dependents, profile, rules
from shop.patients.errors import (
    BirthDateWrong,
    HealthIncomplete,
    NameMissing,
    PatientKnown,
    PatientNeeded,
    PatientProven,
    SelfKnown,
    TooManyPatients,
)
from shop.patients.finding import keys_of
from shop.patients.models import Patient
from shop.patients.profile import Profile
from shop.patients.rules import Relation


def add(
    user_id: int,
    relation: Relation | None,
    name: str,
    born: date | None,
    at: datetime,
    actor_id: int | None = None,
) -> int:
    """A new patient of an account; its id. `actor_id` is a pharmacist who reads it from a document.

    Only a pharmacist may leave out what a document does not say: relation and birth date. Raises NameMissing,
    BirthDateWrong, TooManyPatients, PatientKnown, SelfKnown.
    """
    name = " ".join(name.split())
    by_staff = actor_id is not None and actor_id != user_id
    _check(name, born, relation, at, may_miss=by_staff)
    lock_name(f"patients of {user_id}")
    living = select(func.count(Patient.id)).where(Patient.user_id == user_id, Patient.removed_at.is_(None))
    if (db.session.scalar(living) or 0) >= rules.MOST_PATIENTS:
        raise TooManyPatients
    _check_alone(user_id, relation, name, born)
    patient = Patient(
        reference=uuid4().hex,
        user_id=user_id,
        relation=relation,
        name=name,
        birth_date=born.isoformat() if born else None,
        search_key=keys_of(name, born)[0],
        created_at=at,
    )
    db.session.add(patient)
    db.session.flush()
    _record(Event.PATIENT_ADDED, patient, actor_id or user_id, at)
    return patient.id


def find_or_add(
    user_id: int,
    relation: Relation | None,
    name: str,
    born: date | None,
    at: datetime,
    actor_id: int | None = None,
) -> int:
    """The id of exactly this person among the account's patients, locked; made by `add` if there is none."""
    lock_name(f"patients of {user_id}")  # somebody may just be adding them
    person = rules.plain_person(name, born)
    mine = select(Patient).where(Patient.user_id == user_id, Patient.removed_at.is_(None))
    for one in db.session.scalars(mine.order_by(Patient.id).with_for_update()).all():
        if rules.plain_person(one.name, born_of(one)) == person:
            return one.id
    return add(user_id, relation, name, born, at, actor_id)


def change(
    user_id: int, reference: str, relation: Relation | None, name: str, born: date | None, at: datetime
) -> None:
    """Correct a patient. Raises NotFound, what `add` raises, and PatientProven for another name or birth
    date than a pharmacist has approved prescriptions for; a missing birth date may always be added."""
    name = " ".join(name.split())
    _check(name, born, relation, at)
    lock_name(f"patients of {user_id}")
    patient = locked(user_id, reference)
    known = born_of(patient)
    differs = not same_name(name, patient.name) or (known is not None and born != known)
    if differs and dependents.is_proven(patient.id):
        raise PatientProven
    _check_alone(user_id, relation, name, born, but=patient.id)
    patient.name, patient.relation = name, relation
    patient.birth_date = born.isoformat() if born else None
    patient.search_key = keys_of(name, born)[0]
    db.session.flush()
    _record(Event.PATIENT_CHANGED, patient, user_id, at)
    dependents.tell_changed(patient.id, at)


def save_health(user_id: int, reference: str, answers: Profile, at: datetime) -> None:
    """Keep the answers; they count as confirmed now when none is missing. Raises NotFound."""
    patient = locked(user_id, reference)
    patient.health = profile.as_text(answers)
    patient.health_confirmed_at = at if profile.may_confirm(answers, _age(patient, at)) else None
    db.session.flush()
    _record(Event.PATIENT_HEALTH_CHANGED, patient, user_id, at)
    dependents.tell_changed(patient.id, at)


def confirm_health(user_id: int, patient_id: int, at: datetime, order: str) -> None:
    """The customer said "nothing new" with an order: every answer holds as of its time.

    Raises NotFound for another account's patient, HealthIncomplete where an answer is missing.
    """
    patient = locked_by_id(user_id, patient_id)
    if not profile.may_confirm(profile.from_text(patient.health), _age(patient, at)):
        raise HealthIncomplete(patient.name)
    patient.health_confirmed_at = at
    db.session.flush()
    _record(Event.PATIENT_HEALTH_CONFIRMED, patient, user_id, at, order=order)


def remove(user_id: int, reference: str, at: datetime) -> None:
    """Take a patient off the list. Raises NotFound; PatientNeeded while something open depends on them."""
    patient = locked(user_id, reference)
    if reasons := dependents.what_keeps(patient.id):
        raise PatientNeeded(reasons)
    patient.removed_at = at
    db.session.flush()
    _record(Event.PATIENT_REMOVED, patient, user_id, at)


def put_back(user_id: int, reference: str, at: datetime) -> None:
    """Undo `remove`. Raises NotFound when it is too late, and what `add` raises of a list that changed."""
    lock_name(f"patients of {user_id}")
    row = Patient.reference == reference
    patient = _locked(user_id, row, removed=True)
    assert patient.removed_at is not None
    if not rules.can_be_put_back(at - patient.removed_at):
        raise NotFound("It’s too late to restore this person.", "Add them again.")
    living = select(func.count(Patient.id)).where(Patient.user_id == user_id, Patient.removed_at.is_(None))
    if (db.session.scalar(living) or 0) >= rules.MOST_PATIENTS:
        raise TooManyPatients
    _check_alone(user_id, patient.relation, patient.name, born_of(patient), but=patient.id)
    patient.removed_at = None
    db.session.flush()
    _record(Event.PATIENT_RESTORED, patient, user_id, at)


@erases_account
def erase(user_id: int, at: datetime) -> None:
    """The account is deleted: nothing stays of its patients but of those whom a record names that stays.

    The rows stay, empty: lines of orders name them.
    """
    for patient in db.session.scalars(select(Patient).where(Patient.user_id == user_id)).all():
        patient.removed_at = patient.removed_at or at
        if not dependents.is_remembered(patient.id):
            patient.name, patient.birth_date, patient.search_key = "", None, uuid4().hex
            patient.health = patient.health_confirmed_at = patient.relation = None
    db.session.flush()


def record_reading(patient_id: int, actor_id: int, role: str, at: datetime) -> None:
    """Note that somebody looked at a patient's health profile; the customer is shown who did."""
    audit.record(Event.PATIENT_READ, at=at, subject=("patient", patient_id), actor_id=actor_id, role=role)


def locked(user_id: int, reference: str) -> Patient:
    """An account's own patient, whom nobody else changes or removes until the transaction ends.

    Raises NotFound for another account's, a removed one and none.
    """
    return _locked(user_id, Patient.reference == reference)


def locked_by_id(user_id: int, patient_id: int) -> Patient:
    """The same for those who hold an id."""
    return _locked(user_id, Patient.id == patient_id)


def born_of(patient: Patient) -> date | None:
    """The birth date, None where it is unknown."""
    return date.fromisoformat(patient.birth_date) if patient.birth_date else None


def _locked(user_id: int, which: ColumnElement[bool], removed: bool = False) -> Patient:
    gone = Patient.removed_at.is_not(None) if removed else Patient.removed_at.is_(None)
    patient = db.session.scalar(
        select(Patient)
        .where(which, Patient.user_id == user_id, gone)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if patient is None:
        raise NotFound("We couldn’t find this person.", "Go back to your list of people.")
    return patient


def _check(
    name: str, born: date | None, relation: Relation | None, at: datetime, may_miss: bool = False
) -> None:
    if not name:
        raise NameMissing
    why = rules.birth_refusal(born, relation, business_date(at))
    if why and not (may_miss and why is rules.WrongBirthDate.MISSING):
        raise BirthDateWrong(why)


def _check_alone(
    user_id: int, relation: Relation | None, name: str, born: date | None, but: int | None = None
) -> None:
    """Raise PatientKnown or SelfKnown where another living patient of the account is this one or its self."""
    others = db.session.scalars(
        select(Patient).where(Patient.user_id == user_id, Patient.removed_at.is_(None), Patient.id != but)
    ).all()
    person = rules.plain_person(name, born)
    if any(rules.plain_person(other.name, born_of(other)) == person for other in others):
        raise PatientKnown
    if relation is Relation.SELF and any(other.relation is Relation.SELF for other in others):
        raise SelfKnown


def _age(patient: Patient, at: datetime) -> int | None:
    born = born_of(patient)
    return rules.age_on(born, business_date(at)) if born else None


def _record(event: Event, patient: Patient, actor_id: int, at: datetime, **detail: str | int) -> None:
    audit.record(event, at=at, subject=("patient", patient.id), actor_id=actor_id, **detail)
