"""A pharmacist combines the next fills of an item in one: a coded decision, recorded with who and when.

Never for a medicine at overdose risk (`safety.overdose`). Where no fact is on record the pharmacist says, by
a code of its own, why this much may be at home. While nothing is taken of it, it can be taken back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue import substitutes
from shop.catalogue.substitutes import closed_packs
from shop.database import db
from shop.errors import DomainError, NotFound
from shop.prescriptions.ledger.facts import begun_fills, item_facts
from shop.prescriptions.ledger.fills import Fill, covered_by, most_combined
from shop.prescriptions.ledger.quantities import locked_item
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem, QuantityEntry
from shop.prescriptions.rules import LONGEST_DAYS
from shop.prescriptions.states import PrescriptionStatus
from shop.safety.overdose import OverdoseRisk, overdose_risk


class CombineReason(StrEnum):
    """Why several fills are sent at once; the value is stored."""

    TRAVEL = "travel"
    HARD_TO_REACH = "hard_to_reach"
    PRESCRIBER_ASKED = "prescriber_asked"


WORDS = {
    CombineReason.TRAVEL: "Long trip",
    CombineReason.HARD_TO_REACH: "Mail is slow or unreliable there",
    CombineReason.PRESCRIBER_ASKED: "Prescriber asked for it",
}


class Judgment(StrEnum):
    """Why so much may be at home although no fact about its overdose is on record; recorded."""

    LABEL_READ = "label_read"
    PRESCRIBER_AGREED = "prescriber_agreed"


JUDGMENTS = {
    Judgment.LABEL_READ: "I read the label’s overdosage section and the patient’s profile: no risk",
    Judgment.PRESCRIBER_AGREED: "Prescriber agreed to this quantity at once",
}


class AtOverdoseRisk(DomainError):
    """Fills of this medicine are never combined; `risk` says by which fact."""

    code = "at_overdose_risk"

    def __init__(self, risk: OverdoseRisk) -> None:
        source = f"Source: {risk.source}." if risk.quote else "It rests on general knowledge, not on a label."
        super().__init__(
            f"Fills of {risk.substance} can’t be combined: more of it at home is an overdose risk. {source}",
            "Let each fill open on its day, or open the next one early for a reason.",
        )
        self.risk = risk


class JudgmentMissing(DomainError):
    """No fact says whether so much may be at home, and the pharmacist has not said either."""

    status = 422
    code = "judgment_missing"

    def __init__(self) -> None:
        super().__init__(
            "We have no overdose data for this medicine.",
            "Say why this much at home is safe, or let each fill open on its day.",
        )


class NothingToCombine(DomainError):
    """There are not so many whole fills left to combine."""

    code = "nothing_to_combine"

    def __init__(self) -> None:
        super().__init__(
            "Not combined: there aren’t that many whole fills left, or their days’ supply is unknown.",
            "Reload the page to see the fills as they are now.",
        )


REFUSALS = (AtOverdoseRisk, JudgmentMissing, NothingToCombine)


def combine_next(
    reference: str,
    item_id: int,
    count: int,
    reason: CombineReason,
    judgment: Judgment | None,
    pharmacist_id: int,
    at: datetime,
    today: date,
) -> int:
    """Combine the next `count` fills of an item in one, open from now on, and give its number.

    Raises NotFound for an item that is not of this prescription, AtOverdoseRisk, JudgmentMissing, and
    NothingToCombine.
    """
    item, prescription = _locked(reference, item_id)
    risk = risks([item])[item.id]
    if risk is not None:
        raise AtOverdoseRisk(risk)
    begun = begun_fills([item.id])
    facts = item_facts(item, prescription)
    packs = closed_packs([item.variant_id]).get(item.variant_id, ())
    if not 2 <= count <= most_combined(facts, begun, today, LONGEST_DAYS, packs):
        raise NothingToCombine
    if judgment is None:
        raise JudgmentMissing
    number = covered_by(facts, begun, today, packs).number
    assert number is not None  # fills that may be combined have one that is next
    fill = _row(item.id, number) or PrescriptionFill(item_id=item.id, number=number)
    fill.count, fill.quantity = count, count * item.quantity
    fill.opened_on, fill.opened_by, fill.reason = today, pharmacist_id, reason.value
    db.session.add(fill)
    db.session.flush()
    _record(item, pharmacist_id, at, number, count, reason=reason.value, judgment=judgment.value)
    return number


def separate(reference: str, item_id: int, pharmacist_id: int, at: datetime) -> None:
    """Take the last combining back, while nothing is taken of it: the fills open each on its day again.

    Raises NotFound, and NothingToCombine where there is none.
    """
    item, _ = _locked(reference, item_id)
    fill = separable(begun_fills([item.id]))
    row = _row(item.id, fill.number) if fill else None
    if row is None:
        raise NothingToCombine
    if db.session.scalar(select(QuantityEntry.id).where(QuantityEntry.fill_id == row.id).limit(1)):
        row.count, row.quantity = 1, item.quantity  # the ledger names it: given back, it is open as one fill
    else:
        db.session.delete(row)
    db.session.flush()
    _record(item, pharmacist_id, at, row.number, 1)


@dataclass(frozen=True)
class Combinable:
    """What the desk offers of an item: up to `most` fills combined, 0 for none; forbidden by `risk`; or, of
    fills that are combined and untouched, taking that back.
    """

    most: int
    risk: OverdoseRisk | None
    separable: bool


def combinable(prescription: Prescription, today: date) -> dict[int, Combinable]:
    """By item of an approved prescription, in four questions; nothing for another one."""
    if prescription.status != PrescriptionStatus.APPROVED:
        return {}
    begun = begun_fills(item.id for item in prescription.items)
    found = risks(prescription.items)
    packs = closed_packs(item.variant_id for item in prescription.items)
    offers = {}
    for item in prescription.items:
        mine = [fill for fill in begun if fill.item_id == item.id]
        facts, sizes = item_facts(item, prescription), packs.get(item.variant_id, ())
        most = most_combined(facts, mine, today, LONGEST_DAYS, sizes)
        offers[item.id] = Combinable(most, found[item.id], separable(mine) is not None)
    return offers


def separable(begun: Iterable[Fill]) -> Fill | None:
    """The combined fill of which nothing is taken, if there is one. Pure."""
    return next((fill for fill in begun if fill.count > 1 and not fill.taken), None)


def risks(items: Iterable[PrescriptionItem]) -> dict[int, OverdoseRisk | None]:
    """By item, the fact that forbids combining its fills, of the medicine prescribed; in one question."""
    known = list(items)
    products = substitutes.read(item.variant_id for item in known).products
    return {
        item.id: overdose_risk([*products[item.variant_id].ingredients, products[item.variant_id].label])
        for item in known
    }


def _locked(reference: str, item_id: int) -> tuple[PrescriptionItem, Prescription]:
    found = select(PrescriptionItem.id).join(Prescription).where(Prescription.reference == reference)
    if db.session.scalar(found.where(PrescriptionItem.id == item_id)) is None:
        raise NotFound("We couldn’t find this medicine.", "Go back to the prescription.")
    item = locked_item(item_id)
    prescription = db.session.get_one(Prescription, item.prescription_id, populate_existing=True)
    if prescription.status != PrescriptionStatus.APPROVED:
        raise NothingToCombine
    return item, prescription


def _row(item_id: int, number: int) -> PrescriptionFill | None:
    mine = (PrescriptionFill.item_id == item_id) & (PrescriptionFill.number == number)
    return db.session.scalar(select(PrescriptionFill).where(mine))


def _record(
    item: PrescriptionItem, pharmacist_id: int, at: datetime, number: int, count: int, **codes: str
) -> None:
    audit.record(
        Event.PRESCRIPTION_FILLS_COMBINED,
        at=at,
        subject=("prescription_item", item.id),
        actor_id=pharmacist_id,
        fill=number,
        count=count,
        **codes,
    )
