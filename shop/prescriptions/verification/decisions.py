"""The pharmacist's steps: taken up, let go, asked about, approved whole or in part, refused.

Of two pharmacists who decide at once, one is told that the other was
quicker. An approval runs all checks again.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, update

from shop.accounts import queries as accounts
from shop.audit.events import Event
from shop.clock import business_date
from shop.database import db, rows_changed
from shop.errors import DomainError
from shop.patients import service as patients
from shop.patients.queries import of_account
from shop.patients.rules import Relation, relation_of
from shop.prescriptions import prescribers, rules, states, steps
from shop.prescriptions.models import DeclinedItem, Message, Prescription, PrescriptionItem
from shop.prescriptions.prescriber_rules import Identifier, identifier_of
from shop.prescriptions.prescribers import Stated
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import Step
from shop.prescriptions.verification import checks
from shop.prescriptions.verification.item_checks import declined_checks
from shop.prescriptions.verification.prescriber_checks import MOVED, RENAMED
from shop.prescriptions.verification.typed import (
    Check,
    Declined,
    ForPatient,
    Grounds,
    Medicine,
    Typed,
    TypedItem,
    Verdict,
)


class ChecksUnmet(DomainError):
    """A decision with something in its way; `unmet` says what."""

    status = 422
    code = "checks_unmet"

    def __init__(self, unmet: list[Check]) -> None:
        super().__init__(
            "Not saved: some checks failed or need an outcome.", "Resolve each one, or ask the customer."
        )
        self.unmet = unmet


def claim(reference: str, pharmacist_id: int, at: datetime) -> None:
    """Say that this pharmacist is on it. Raises TakenByAnother, AlreadyDecided, FilesNotReady."""
    prescription = steps.anyones(reference)
    changed = rows_changed(
        update(Prescription)
        .where(Prescription.id == prescription.id, Prescription.status.in_(states.OPEN))
        .where(steps.free_for(pharmacist_id, at))
        .values(claimed_by=pharmacist_id, claimed_at=at)
    )
    if not changed:
        raise steps.refusal_of(prescription, states.OPEN)
    steps.record(Event.PRESCRIPTION_CLAIMED, prescription, pharmacist_id, at)


def unclaim(reference: str, pharmacist_id: int, at: datetime) -> None:
    """Let go of it, so that another may take it up. Nothing happens when it was not this pharmacist's."""
    prescription = steps.anyones(reference)
    mine = Prescription.claimed_by == pharmacist_id
    if rows_changed(
        update(Prescription)
        .where(Prescription.id == prescription.id, mine)
        .values(claimed_by=None, claimed_at=None)
    ):
        steps.record(Event.PRESCRIPTION_CLAIMED, prescription, pharmacist_id, at, let_go=1)


def approve(
    reference: str,
    pharmacist_id: int,
    typed: Typed,
    grounds: Grounds,
    outcomes: Mapping[str, str],
    note: str,
    at: datetime,
    notes: Mapping[str, str] = checks.NO_NOTES,
) -> Prescription:
    """Approve what was typed in, after all checks again. Raises ChecksUnmet and what `claim` raises.

    A medicine that was declined is kept beside the approved ones, for its own reason. At least one is
    approved: a prescription with none is refused.

    It belongs to `grounds.patient`, who is made as typed in where the account lacks them; raises NotFound
    for no patient of this account, and what `patients.service.add` raises. The outcomes given to checks that
    needed one go into the audit record, as codes; `notes` to them, by the check's key, do not.
    """
    found = checks.all_checks(typed, grounds)
    if in_the_way := checks.unmet(found, outcomes, notes):
        raise ChecksUnmet(in_the_way)
    assert typed.issued_on is not None  # a missing date stops
    assert grounds.patient is not None  # nobody chosen stops
    prescription = steps.anyones(reference)
    patient_id = _patient_id(prescription.user_id, grounds.patient, pharmacist_id, at)
    given = {check.key: outcomes[check.key] for check in found if check.outcomes}
    prescriber = _stated(typed, grounds.market)
    prescriber_id = prescribers.keep(
        prescriber,
        pharmacist_id,
        at,
        rename=given.get("prescriber_known") == RENAMED,
        moved=given.get("prescriber_contact") == MOVED,
    )
    steps.change(
        prescription,
        Step.APPROVE,
        steps.free_for(pharmacist_id, at),
        patient_id=patient_id,
        decided_by=pharmacist_id,
        decided_at=at,
        reason=None,
        pharmacist_note=note,
        patient_name=typed.patient_name,
        prescriber_name=typed.prescriber_name,
        patient_birth_date=typed.patient_birth_date.isoformat() if typed.patient_birth_date else None,
        prescriber_npi=prescriber.npi or None,
        prescriber_license=prescriber.license or None,
        prescriber_id=prescriber_id,
        origin=typed.origin,
        received_from=typed.received.text,
        original_number=typed.original_number or None,
        issued_on=typed.issued_on,
        fill_from=typed.fill_from,
        expires_on=rules.last_day(typed.issued_on, grounds.life_days),
    )
    _keep(prescription.id, typed.items, grounds.medicines)
    steps.record(
        Event.PRESCRIPTION_APPROVED,
        prescription,
        pharmacist_id,
        at,
        items=len(typed.items) - len(typed.declined),
        patient=patient_id,
        origin=typed.origin.value,
        **{f"outcome_{key}": code for key, code in given.items()},
        **_reasons(typed.items),
    )
    news = "decided" if typed.declined else "approved"
    steps.notify(news, prescription, at, run_after=at + steps.UNDO_WITHIN)
    return prescription


def _patient_id(user_id: int, chosen: ForPatient, pharmacist_id: int, at: datetime) -> int:
    """The chosen patient, locked; or a new one, unless the account has exactly this person already.

    What the document leaves open about them stays open.
    """
    if chosen.id is not None:
        return patients.locked_by_id(user_id, chosen.id).id
    account = accounts.person(user_id)
    today = business_date(at)
    relation = relation_of(chosen.name, account.name if account else "", chosen.born, today)
    if relation is Relation.SELF and any(one.relation is Relation.SELF for one in of_account(user_id)):
        relation = None  # a namesake, born on another day
    return patients.find_or_add(user_id, relation, chosen.name, chosen.born, at, pharmacist_id)


def _stated(typed: Typed, market: str) -> Stated:
    """The prescriber as typed in, with the one identifier that counts in this market."""
    by_npi = identifier_of(market) is Identifier.NPI
    return Stated(
        typed.prescriber_name,
        typed.prescriber_npi if by_npi else "",
        "" if by_npi else typed.prescriber_license,
        typed.prescriber_address,
        typed.prescriber_phone,
    )


def refuse(
    reference: str,
    pharmacist_id: int,
    reason: Reason,
    note: str,
    at: datetime,
    declined: Sequence[TypedItem] = (),
    medicines: Mapping[int, Medicine] = {},
) -> Prescription:
    """Refuse it for a coded reason. Raises ChecksUnmet and what `claim` raises.

    `declined` are all its medicines, each with a reason of its own, where the pharmacist went through them.
    """
    found = declined_checks(declined, medicines)
    if in_the_way := [check for check in found if check.verdict is Verdict.STOPS]:
        raise ChecksUnmet(in_the_way)
    prescription = steps.anyones(reference)
    steps.change(
        prescription,
        Step.REFUSE,
        steps.free_for(pharmacist_id, at),
        decided_by=pharmacist_id,
        decided_at=at,
        reason=reason.value,
        pharmacist_note=note,
    )
    if declined:
        _keep(prescription.id, declined, medicines)
    codes = _reasons(declined)
    steps.record(Event.PRESCRIPTION_REFUSED, prescription, pharmacist_id, at, reason=reason.value, **codes)
    steps.notify("refused", prescription, at, run_after=at + steps.UNDO_WITHIN)
    return prescription


def ask(reference: str, pharmacist_id: int, reason: Reason, note: str, at: datetime) -> Prescription:
    """Ask the customer something, with a coded reason. Raises AlreadyDecided, TakenByAnother."""
    prescription = steps.anyones(reference)
    steps.change(
        prescription,
        Step.ASK,
        steps.free_for(pharmacist_id, at),
        reason=reason.value,
        pharmacist_note=note,
        claimed_by=None,
        claimed_at=None,
    )
    message = Message(
        prescription_id=prescription.id, author_id=pharmacist_id, reason=reason.value, text=note, at=at
    )
    db.session.add(message)
    db.session.flush()
    steps.record(Event.PRESCRIPTION_ASKED, prescription, pharmacist_id, at, reason=reason.value)
    steps.notify("asked", prescription, at, f":{message.id}")
    return prescription


def _keep(prescription_id: int, items: Iterable[TypedItem], medicines: Mapping[int, Medicine]) -> None:
    """Keep each medicine at its place, instead of those of a decision that was undone: no order took from
    them.
    """
    for table in (PrescriptionItem, DeclinedItem):
        db.session.execute(delete(table).where(table.prescription_id == prescription_id))
    for line, item in enumerate(items, start=1):
        if item.declined:
            db.session.add(_declined(prescription_id, line, item, item.declined, medicines))
        else:
            db.session.add(_item(prescription_id, line, item))
    db.session.flush()


def _reasons(items: Iterable[TypedItem]) -> dict[str, str]:
    """Why which medicine was declined, as codes for the audit record."""
    return {
        f"declined_{line}": item.declined.reason
        for line, item in enumerate(items, start=1)
        if item.declined is not None
    }


def _declined(
    prescription_id: int, line: int, item: TypedItem, why: Declined, medicines: Mapping[int, Medicine]
) -> DeclinedItem:
    """As it is written on the document, or as the catalog calls it."""
    medicine = medicines.get(item.variant_id) if item.variant_id is not None else None
    return DeclinedItem(
        prescription_id=prescription_id,
        line=line,
        variant_id=item.variant_id if medicine else None,
        as_written=item.as_written.strip() or (medicine.label if medicine else ""),
        reason=why.reason,
        note=why.note,
    )


def _item(prescription_id: int, line: int, item: TypedItem) -> PrescriptionItem:
    assert item.quantity is not None  # what is missing stops
    assert item.refills is not None
    return PrescriptionItem(
        prescription_id=prescription_id,
        line=line,
        variant_id=item.variant_id,
        quantity=item.quantity,
        refills=item.refills,
        authorized=rules.authorized(item.quantity, item.refills),
        days_supply=item.days_supply,
        directions=item.directions,
        indication=item.indication or None,
        dispense_as_written=item.dispense_as_written,
        refill_share=item.refill_share,
    )
