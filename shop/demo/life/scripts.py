"""The past's prescriptions: entered or sent, checked, approved, one refused; and those that wait today.

Every check of the desk is run as it is for a pharmacist, with the first outcome where one is needed.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shop.catalogue.queries import VariantFacts
from shop.clock import business_date
from shop.demo.life.hours import Hours
from shop.demo.life.people import PRACTICES, Person
from shop.demo.life.plan import PlannedPrescription
from shop.demo.papers import Paper, Picture, Practice, photographed
from shop.prescriptions import service
from shop.prescriptions.models import Prescription
from shop.prescriptions.origins import Received
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import Origin
from shop.prescriptions.uploads import budget, rendering
from shop.prescriptions.uploads.files import KeptFile, store_contents
from shop.prescriptions.uploads.opening import AcceptedPage
from shop.prescriptions.uploads.render import mark_of
from shop.prescriptions.verification import checks, decisions, medicines, staff_entry
from shop.prescriptions.verification.typed import ForPatient, Grounds, Typed, TypedItem, Verdict
from shop.web import settings

RECEIVED = {
    Origin.ELECTRONIC: Received("Example Prescribing Network"),
    Origin.PHONE: Received("Nurse Placeholder"),
    Origin.TRANSFER: Received("Example Corner Pharmacy", "(555) 555-0120", "Pat Placeholder, PharmD"),
}


@dataclass(frozen=True)
class Customer:
    """A person of the past with their account and patient."""

    person: Person
    user_id: int
    patient_id: int


@dataclass(frozen=True)
class Photo:
    """A drawn paper in the vault: as it was sent, and its page."""

    picture: Picture
    sent_id: str
    page_id: str


@dataclass(frozen=True)
class Cabinet:
    """Draws papers and puts them into the vault; `files` takes them out again when its block fails."""

    files: ExitStack

    def photo(self, paper: Paper) -> Photo:
        picture = photographed(paper)
        stored = self.files.enter_context(store_contents([picture.jpeg, picture.jpeg]))
        return Photo(picture, *stored)


def prescribe(
    planned: PlannedPrescription,
    customer: Customer,
    facts: Mapping[str, VariantFacts],
    cabinet: Cabinet,
    pharmacist_id: int,
    hours: Hours,
) -> dict[str, int]:
    """Let it arrive, and approve it a little later; its items by the slug of their strength."""
    at, practice = planned.at, PRACTICES[planned.person % len(PRACTICES)]
    is_photo = planned.origin is Origin.PHOTO
    arrived = (
        hours.awake_before(at - timedelta(hours=2)) if is_photo else hours.before(at - timedelta(minutes=20))
    )
    issued = business_date(hours.before(arrived - timedelta(days=1)))
    if is_photo:
        photo = cabinet.photo(_paper(planned, customer.person, practice, issued, facts))
        reference = send(customer, photo, "", arrived)
    else:
        reference = enter(customer, planned.origin, pharmacist_id, arrived)
    items = tuple(
        TypedItem(
            facts[course.shelf.slug].id,
            course.regimen.quantity,
            course.regimen.refills,
            course.regimen.days,
            course.regimen.directions(course.shelf.form),
        )
        for course in planned.courses
    )
    typed = _typed(customer.person, practice, planned.origin, issued, items)
    row = _approve(reference, customer, typed, pharmacist_id, at)
    return {course.shelf.slug: item.id for course, item in zip(planned.courses, row.items, strict=True)}


def enter(customer: Customer, origin: Origin, pharmacist_id: int, at: datetime) -> str:
    """One that reached the pharmacy itself; its reference. Nobody is on it any more."""
    row = staff_entry.enter(customer.user_id, customer.patient_id, origin, pharmacist_id, at)
    decisions.unclaim(row.reference, pharmacist_id, at + timedelta(minutes=2))
    return row.reference


def send(customer: Customer, photo: Photo, note: str, at: datetime, patient_id: int | None = None) -> str:
    """A photo that the customer sent, opened already; its reference."""
    size = len(photo.picture.jpeg)
    use_id = budget.charge(customer.user_id, [(size, True)], at)[0]
    file = KeptFile("prescription.jpg", size, photo.sent_id, use_id)
    row = service.submit(customer.user_id, [file], note, at, patient_id or customer.patient_id)
    budget.settle(use_id, 300)
    image = photo.picture.image
    page = AcceptedPage(photo.picture.jpeg, "image/jpeg", image.width, image.height, mark_of(image))
    rendering.accept(row.documents[0].id, [page], [photo.page_id], at)
    return row.reference


def ask_and_answer(
    reference: str, customer: Customer, pharmacist_id: int, asked: datetime, answered: datetime | None
) -> None:
    """The pharmacist asks for the refills; the customer answers, or has not yet."""
    words = "How many refills did your prescriber allow? The line is blank."
    decisions.ask(reference, pharmacist_id, Reason.REFILLS_MISSING, words, asked)
    if answered:
        service.answer(reference, customer.user_id, [], "I called them: three refills.", answered)


def refuse(reference: str, pharmacist_id: int, at: datetime) -> None:
    """It was older than a prescription may be."""
    decisions.refuse(reference, pharmacist_id, Reason.TOO_OLD, "", at)


def _paper(
    planned: PlannedPrescription,
    person: Person,
    practice: Practice,
    issued: date,
    facts: Mapping[str, VariantFacts],
) -> Paper:
    """The first medicine of it on paper."""
    course = planned.courses[0]
    return Paper(
        practice,
        person.name,
        person.born,
        issued,
        facts[course.shelf.slug].label,
        str(course.regimen.quantity),
        str(course.regimen.refills),
        course.regimen.directions(course.shelf.form),
        planned.person,
    )


def _typed(
    person: Person, practice: Practice, origin: Origin, issued: date, items: tuple[TypedItem, ...]
) -> Typed:
    return Typed(
        patient_name=person.name,
        patient_birth_date=person.born,
        prescriber_name=practice.name,
        prescriber_npi=practice.npi,
        issued_on=issued,
        signed=origin in (Origin.PAPER, Origin.FAX, Origin.PHOTO),
        items=items,
        origin=origin,
        received=RECEIVED.get(origin, Received()),
        original_number="0042-17" if origin is Origin.TRANSFER else "",
        read_back=origin is Origin.PHONE,
        prescriber_address=practice.address,
        prescriber_phone=practice.phone,
    )


def _approve(
    reference: str, customer: Customer, typed: Typed, pharmacist_id: int, at: datetime
) -> Prescription:
    config, person = settings(), customer.person
    grounds = Grounds(
        ForPatient(person.name, person.born, customer.patient_id),
        medicines.medicines([item.variant_id for item in typed.items if item.variant_id], config.market),
        {},
        config.prescription_life_days,
        business_date(at),
        config.market,
        uploaded=typed.origin is Origin.PHOTO,
        copies=(),
    )
    given = {
        check.key: next(iter(check.outcomes))
        for check in checks.all_checks(typed, grounds)
        if check.verdict is Verdict.NEEDS
    }
    return decisions.approve(reference, pharmacist_id, typed, grounds, given, "", at)
