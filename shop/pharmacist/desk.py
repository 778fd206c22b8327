"""Everything one screen of the desk shows, gathered from the rooms that know it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from wtforms.fields.choices import SelectChoice

from shop.accounts import queries as accounts
from shop.basket import queries as basket
from shop.basket.owner import BasketOwner
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import business_date
from shop.keyset import Window
from shop.pharmacist import not_sold
from shop.pharmacist.forms import EntryForm
from shop.pharmacist.viewer import Sheet
from shop.prescriptions import queries
from shop.prescriptions.models import Message, Prescription
from shop.prescriptions.states import PrescriptionStatus
from shop.prescriptions.verification import medicines, queue
from shop.prescriptions.verification.checks import all_checks
from shop.prescriptions.verification.queue import QueueRow
from shop.prescriptions.verification.typed import Check, Grounds, Verdict
from shop.safety.confusable_names import confusable_with
from shop.safety.tall_man import tall_man

FIND_AT_MOST = 20


@dataclass(frozen=True)
class Desk:
    """One prescription on the desk. `wanted` are the medicines in the customer's basket, with their units."""

    prescription: Prescription
    customer: str
    names: Mapping[int, str]
    on_it_id: int | None
    wanted: list[tuple[VariantFacts, int]]
    medicines: Mapping[int, VariantFacts]
    sheets: list[Sheet]
    messages: list[Message]
    waiting: Window[QueueRow]
    counts: Mapping[str, int]

    @property
    def open(self) -> bool:
        return self.prescription.status == "waiting"


def desk(prescription: Prescription, at: datetime) -> Desk:
    """The desk with this prescription on it, in a number of questions that does not grow."""
    lines = {
        line.variant_id: line.quantity for line in basket.lines(BasketOwner(user_id=prescription.user_id))
    }
    known = catalogue.variants({*lines, *(item.variant_id for item in prescription.items)})
    wanted = [
        (known[variant_id], quantity)
        for variant_id, quantity in lines.items()
        if variant_id in known and known[variant_id].prescription_required
    ]
    messages = queries.messages(prescription.id)
    people = {prescription.user_id, prescription.claimed_by, prescription.decided_by, prescription.revoked_by}
    names = accounts.names_of(people | {message.author_id for message in messages})
    held = queue.is_on_it(prescription.claimed_by, prescription.claimed_at, at)
    return Desk(
        prescription,
        names.get(prescription.user_id, ""),
        names,
        prescription.claimed_by if held else None,
        wanted,
        known,
        _sheets(prescription),
        messages,
        queue.page("waiting", None, at),
        queue.counts(),
    )


def _sheets(prescription: Prescription) -> list[Sheet]:
    return [
        Sheet(
            f"/prescriptions/documents/{document.reference}/{page.number}",
            page.width,
            page.height,
            document.filename,
        )
        for document in prescription.documents
        for page in document.pages
    ]


def entered_before(prescription: Prescription) -> dict[str, Any]:
    """What was typed in before an approval was undone, as the form's data; nothing otherwise."""
    if not prescription.items or prescription.status != PrescriptionStatus.WAITING:
        return {}
    born = prescription.patient_birth_date
    return {
        "patient_name": prescription.patient_name,
        "patient_birth_date": date.fromisoformat(born) if born else None,
        "prescriber_name": prescription.prescriber_name,
        "prescriber_npi": prescription.prescriber_npi,
        "issued_on": prescription.issued_on,
        "items": [
            {
                "variant_id": str(item.variant_id),
                "quantity": str(item.quantity),
                "refills": str(item.refills),
                "days_supply": item.days_supply,
                "directions": item.directions,
            }
            for item in prescription.items
        ],
    }


def offer_medicines(form: EntryForm, wanted: Iterable[VariantFacts]) -> None:
    """Fill each medicine's list: what the customer waits for, what its text finds, and the one chosen."""
    chosen = {typed.variant_id for typed in form.typed().items if typed.variant_id is not None}
    known = catalogue.variants(chosen)
    for entry in form.items:
        item = entry.form
        found = not_sold.find(item.find.data, FIND_AT_MOST) if item.find.data else []
        offered = {variant.id: variant for variant in [*wanted, *found]}
        variant_id = item.typed().variant_id
        if variant_id in known:
            offered.setdefault(variant_id, known[variant_id])
        item.variant_id.choices = [
            SelectChoice("", "Choose …"),
            *(SelectChoice(str(key), _offered(facts)) for key, facts in offered.items()),
        ]
        if variant_id in known:
            item.variant_id.description = look_alikes(known[variant_id].product_name)
        if item.find.data:
            item.find.errors = not_sold.trouble(item.find.data, found)


def _offered(facts: VariantFacts) -> str:
    why = not_sold.note(facts)
    return f"{tall_man(facts.label)} ({why})" if why else tall_man(facts.label)


def look_alikes(name: str) -> str:
    """What the chosen medicine has been confused with, controlled substances among them; often nothing."""
    others = ", ".join(map(tall_man, confusable_with(name, desk=True)))
    return f"Not to be confused with {others}." if others else ""


def grounds_for(form: EntryForm, user_id: int, market: str, life_days: int, at: datetime) -> Grounds:
    """What the typed prescription is held against."""
    typed = form.typed()
    ids = {item.variant_id for item in typed.items if item.variant_id is not None}
    person = accounts.person(user_id)
    return Grounds(
        person.name if person else "",
        medicines.medicines(ids, market),
        queries.units_left(user_id, ids, business_date(at)),
        life_days,
        business_date(at),
    )


def checked(form: EntryForm, grounds: Grounds) -> list[Check]:
    """The checks of what was typed in."""
    return all_checks(form.typed(), grounds)


def tally(checks: Iterable[Check]) -> dict[str, int]:
    """How many stop, need somebody, passed."""
    verdicts = [check.verdict for check in checks]
    return {verdict.value: verdicts.count(verdict) for verdict in Verdict}
