"""The part of the desk's form that says how a prescription arrived and who prescribed it.

What the form offers, what it holds before anything is typed, and what it is held against.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from wtforms.fields.choices import SelectChoice

from shop.patients import queries as patients
from shop.pharmacist.forms import EntryForm
from shop.prescriptions import origins, prescribers
from shop.prescriptions.models import Prescription
from shop.prescriptions.prescriber_rules import Identifier, identifier_of
from shop.prescriptions.prescribers import PrescriberFacts
from shop.prescriptions.verification.typed import Grounds, KnownPrescriber

FIND_PRESCRIBER, CHOOSE_PRESCRIBER = "find_prescriber", "prescriber-"
"""The buttons of the desk that look for a prescriber and take one of those found."""


def offer_origins(form: EntryForm, prescription: Prescription) -> None:
    """Fill the list of origins; what is on record is chosen until another is."""
    offered = origins.choices(is_uploaded(prescription))
    form.origin.choices = [SelectChoice(origin.value, origins.LABELS[origin]) for origin in offered]
    if not form.origin.raw_data and not form.origin.data:
        form.origin.data = prescription.origin.value


def is_uploaded(prescription: Prescription) -> bool:
    """Whether the customer sent it; otherwise staff entered it."""
    return prescription.entered_by is None


def header_before(prescription: Prescription) -> dict[str, Any]:
    """What is on record already, as the form's data: after an undone approval all of it, else the origin, and
    the patient whom staff found.
    """
    received = origins.received_from(prescription.received_from)
    kept = prescribers.by_id(prescription.prescriber_id)
    born = prescription.patient_birth_date
    patient = patients.by_id(prescription.patient_id) if not is_uploaded(prescription) else None
    return {
        "patient_name": prescription.patient_name or (patient.name if patient else None),
        "patient_birth_date": date.fromisoformat(born) if born else (patient.born if patient else None),
        "origin": prescription.origin.value,
        "received_name": received.name,
        "received_phone": received.phone,
        "received_person": received.person,
        "original_number": prescription.original_number,
        "prescriber_name": prescription.prescriber_name,
        "prescriber_npi": prescription.prescriber_npi,
        "prescriber_license": prescription.prescriber_license,
        "prescriber_address": kept.address if kept else "",
        "prescriber_phone": kept.phone if kept else "",
    }


def with_header(grounds: Grounds, form: EntryForm, prescription: Prescription, market: str) -> Grounds:
    """The grounds with what the header is held against."""
    typed = form.typed()
    by_npi = identifier_of(market) is Identifier.NPI
    known = prescribers.known(
        typed.prescriber_npi if by_npi else "", "" if by_npi else typed.prescriber_license
    )
    return replace(
        grounds,
        market=market,
        uploaded=is_uploaded(prescription),
        prescriber=KnownPrescriber(known.name, known.address, known.phone) if known else None,
    )


def found_for(form: EntryForm, do: str) -> list[PrescriberFacts]:
    """What the Find button shows; a button of those found fills the form instead."""
    if do == FIND_PRESCRIBER:
        text = form.prescriber_name.data or form.prescriber_npi.data or form.prescriber_license.data or ""
        found = prescribers.search(text)
        if not found:
            form.prescriber_name.errors = ["Not in the directory. Enter what the document says."]
        return found
    if do.startswith(CHOOSE_PRESCRIBER):
        chosen = prescribers.by_reference(do.removeprefix(CHOOSE_PRESCRIBER))
        form.prescriber_name.data, form.prescriber_npi.data = chosen.name, chosen.npi
        form.prescriber_license.data = chosen.license
        form.prescriber_address.data, form.prescriber_phone.data = chosen.address, chosen.phone
    return []
