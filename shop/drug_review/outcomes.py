"""How a pharmacist settles an alert that needs a decision: codes by what it is about, with their words."""

from collections.abc import Mapping

from shop.safety.drug_facts.facts import Kind

CONSULTED = "prescriber_consulted"
COUNSELED = "patient_counseled"
VERIFIED = "dose_verified_in_label"
MONITORED = "monitored"
OUTWEIGHS = "benefit_outweighs"
TOLERATED = "tolerated_before"
REPLACES = "replaces_earlier"
BOTH_MEANT = "both_intended"
NOT_TAKEN = "not_taken_any_more"
NOT_APPLICABLE = "does_not_apply"
LOOKED_UP = "looked_up"
APART = "taken_apart"
ASKED = "patient_asked"

WORDS: Mapping[str, str] = {
    CONSULTED: "Prescriber consulted",
    COUNSELED: "Patient counseled",
    VERIFIED: "Dose verified against the label",
    MONITORED: "Monitoring in place",
    OUTWEIGHS: "Benefit outweighs the risk",
    TOLERATED: "Previously tolerated",
    REPLACES: "Replaces the earlier medicine",
    BOTH_MEANT: "Both intended",
    NOT_TAKEN: "Patient no longer takes the other medicine",
    NOT_APPLICABLE: "Doesn’t apply to this patient",
    LOOKED_UP: "Checked in the label",
    APART: "Doses separated in time",
    ASKED: "Clarified with the patient",
}
ACTED = frozenset({CONSULTED, COUNSELED, MONITORED, REPLACES, NOT_TAKEN, APART, ASKED})
"""Outcomes after which something was done because of the alert. The others are overrides."""


def _of(*codes: str) -> Mapping[str, str]:
    return {code: WORDS[code] for code in codes}


DOSE = _of(CONSULTED, VERIFIED, TOLERATED, MONITORED, REPLACES, NOT_TAKEN, NOT_APPLICABLE)
FREQUENCY = _of(CONSULTED, VERIFIED, TOLERATED, MONITORED, NOT_APPLICABLE)
AGE = _of(CONSULTED, VERIFIED, OUTWEIGHS, TOLERATED, NOT_APPLICABLE)
PATIENT = _of(CONSULTED, OUTWEIGHS, MONITORED, TOLERATED, NOT_APPLICABLE)
INTERACTION = _of(
    CONSULTED, MONITORED, COUNSELED, APART, TOLERATED, OUTWEIGHS, REPLACES, NOT_TAKEN, NOT_APPLICABLE
)
ALLERGY = _of(CONSULTED, TOLERATED, ASKED, OUTWEIGHS, NOT_APPLICABLE)
DUPLICATION = _of(CONSULTED, REPLACES, BOTH_MEANT, NOT_TAKEN, NOT_APPLICABLE)
UNKNOWN = _of(LOOKED_UP, ASKED, CONSULTED)

BY_KIND: Mapping[Kind, Mapping[str, str]] = {
    Kind.MAX_DAILY: DOSE,
    Kind.MAX_SINGLE: {**DOSE, **_of(APART)},
    Kind.FREQUENCY: FREQUENCY,
    Kind.MIN_AGE: AGE,
    Kind.MAX_AGE: AGE,
    Kind.CONDITION: PATIENT,
    Kind.KIDNEYS: PATIENT,
    Kind.PREGNANCY: PATIENT,
    Kind.BREASTFEEDING: PATIENT,
    Kind.INTERACTION: INTERACTION,
    Kind.ALLERGY: ALLERGY,
    Kind.DO_NOT_CRUSH: _of(CONSULTED, COUNSELED, VERIFIED),
    Kind.TAPER: _of(CONSULTED, COUNSELED, NOT_APPLICABLE),
}
