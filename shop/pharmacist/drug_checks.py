"""The drug utilization review at the desk: its alerts among the checks, and what is kept of them.

Nothing is reviewed before somebody has chosen the patient: that is a check of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shop.catalogue.queries import contents
from shop.clock import business_date
from shop.drug_review import decisions
from shop.drug_review.asking import Asked, ask
from shop.drug_review.lifted import Entered
from shop.drug_review.order_review import note_open
from shop.drug_review.reading import Line, ReviewRequest
from shop.drug_review.states import CHOSEN, EXPLAINED
from shop.drug_review.stopping import of_variants
from shop.drug_review.taking import Alert, From
from shop.drug_review.takings import parts_of
from shop.patients import queries as patients
from shop.patients.profile import Profile
from shop.prescriptions.models import Prescription
from shop.prescriptions.verification.typed import Check, ForPatient, Typed, Verdict
from shop.safety.drug_facts.reading import book

REVIEW = "Drug utilization review"
LABEL = "Label"
_ITEM = "item-"


@dataclass(frozen=True)
class Reviewed:
    """What the review says of a prescription as typed in, and the same as checks of the desk."""

    asked: tuple[Asked, ...] = ()
    checks: tuple[Check, ...] = ()
    entered: Entered = field(default_factory=Entered)


def reviewed(prescription: Prescription, typed: Typed, patient: ForPatient | None, at: datetime) -> Reviewed:
    """The review of everything typed in that would be dispensed, for the chosen patient."""
    lines = tuple(_lines(typed))
    if patient is None or not lines:
        return Reviewed()
    today = business_date(at)
    asked = tuple(ask([_request(prescription, typed, patient, lines)], today)[0])
    entered = _entered(patient, typed)
    lifted = decisions.lifted_stops(prescription.id, asked, entered)
    several = len(typed.items) > 1
    checks = [_check(one, several) for one in asked]
    return Reviewed(asked, (*checks, *(_lifted(rule, said) for rule, said in lifted.items())), entered)


def _entered(patient: ForPatient, typed: Typed) -> Entered:
    """A declined medicine is entered too: that it was declined is what lifts its stop."""
    known = contents({item.variant_id for item in typed.items if item.variant_id is not None})
    names = (part.ingredient for one in known.values() for part in parts_of(one))
    return Entered.of(patient.id, names, book())


def _request(
    prescription: Prescription, typed: Typed, patient: ForPatient, lines: Sequence[Line]
) -> ReviewRequest:
    """A new patient is known by what the document says; of one on file, their answers count too."""
    known = patients.by_id(patient.id)
    born: date | None = patient.born or typed.patient_birth_date
    health = known.health if known else Profile()
    return ReviewRequest(prescription.user_id, patient.id, born, health, tuple(lines), From.DOCUMENT)


def _lines(typed: Typed) -> Iterator[Line]:
    for position, item in enumerate(typed.items):
        if item.variant_id is not None and not item.declined:
            yield Line(
                f"{_ITEM}{position}",
                item.variant_id,
                item.quantity,
                directions=item.directions,
                days_supply=item.days_supply,
                indication=item.indication,
            )


def _check(asked: Asked, several: bool) -> Check:
    alert = asked.alert
    key = next((one.key for one in asked.about if one.key.startswith(_ITEM)), f"{_ITEM}0")
    position = int(key.removeprefix(_ITEM))
    return Check(
        asked.key,
        asked.verdict,
        f"Medicine {position + 1}: {alert.sentence}" if several else alert.sentence,
        LABEL if alert.fact else REVIEW,
        f"items-{position}-variant_id",
        alert.outcomes if asked.verdict is Verdict.NEEDS else {},
        do=alert.do,
        label=alert.fact.label if alert.fact else None,
        noted=frozenset(alert.outcomes),
    )


def _lifted(rule: str, sentence: str) -> Check:
    """A stop that is gone: the desk asks what changed, so that nothing is typed away in silence."""
    return Check(
        decisions.lifted_key(rule),
        Verdict.NEEDS,
        f"This stop no longer applies. What changed? {sentence}",
        REVIEW,
        outcomes={code.value: words for code, words in CHOSEN.items()},
        noted=EXPLAINED,
    )


def keep_shown(prescription: Prescription, found: Reviewed, at: datetime) -> None:
    """Note what a page of the desk shows."""
    decisions.show_entry(prescription.id, found.asked, at)


def keep_decided(
    prescription: Prescription,
    found: Reviewed,
    outcomes: Mapping[str, str],
    notes: Mapping[str, str],
    pharmacist_id: int,
    at: datetime,
) -> None:
    """Keep what was decided with the approval; its patient is on file by now, and what they have ordered
    already is held against what they take from now on."""
    decisions.settle_entry(
        prescription.id,
        prescription.patient_id,
        found.asked,
        found.entered,
        outcomes,
        notes,
        pharmacist_id,
        at,
    )
    if prescription.patient_id is not None:
        note_open(prescription.patient_id, at, business_date(at))


def stopping(typed: Typed) -> list[Alert]:
    """Which of the medicines typed in must not stop suddenly: said before one of them is refused."""
    return of_variants(item.variant_id for item in typed.items if item.variant_id is not None)
