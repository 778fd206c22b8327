"""The drug utilization review at the desk: what stops, what needs an outcome and a note, what is kept."""

import re

import pytest
from sqlalchemy import select

from shop.database import db
from shop.drug_review.models import ReviewAlert
from tests.factories import make_variant
from tests.integration.drug_review.answers import say
from tests.integration.pharmacist.desk_browser import entered, first_outcomes, status

SIMVASTATIN, CLARITHROMYCIN = ("Simvastatin", "40 mg"), ("Clarithromycin", "500 mg")
WARFARIN = ("Warfarin", "5 mg")
SMX_TMP = ("Sulfamethoxazole and trimethoprim", "800 mg / 160 mg")


def item(place: int, variant_id: int, directions: str, quantity: int = 14, days: int = 14) -> dict[str, str]:
    return {
        f"items-{place}-variant_id": str(variant_id),
        f"items-{place}-quantity": str(quantity),
        f"items-{place}-refills": "0",
        f"items-{place}-days_supply": str(days),
        f"items-{place}-directions": directions,
    }


@pytest.fixture
def simvastatin(context) -> int:
    return make_variant(*SIMVASTATIN)


@pytest.fixture
def both(simvastatin, ada) -> dict[str, str]:
    """Simvastatin with clarithromycin, for a patient on file."""
    clarithromycin = make_variant(*CLARITHROMYCIN)
    fields = entered(simvastatin, patient=ada) | item(0, simvastatin, "1 tablet at bedtime")
    return fields | item(1, clarithromycin, "1 tablet twice daily", 28)


def questions(html: str, prefix: str) -> list[str]:
    """The keys of checks that ask for an outcome."""
    return re.findall(rf'<select[^>]*name="outcome-({prefix}[\w-]+)"', html)


def kept() -> list[tuple[str, str | None]]:
    """Verdict and outcome of every alert on record that was no mere note."""
    db.session.rollback()
    rows = db.session.scalars(select(ReviewAlert).order_by(ReviewAlert.id))
    return [(row.verdict.value, row.outcome) for row in rows if row.verdict != "advice"]


def test_what_stops_names_its_label_and_is_not_approved_by_a_hand_made_form(desk, submit, both):
    reference = submit()
    page = desk.post(reference, "check", do="check", **both)
    key = re.search(r'<li class="stops">.*?id="check-(drug-\w+)"', page.text, re.DOTALL)[1]
    alert = page.text.partition(f'id="check-{key}"')[2].partition("</li>")[0]
    assert "<blockquote>" in alert
    assert 'data-label="' in alert
    assert questions(alert, "drug-") == []
    by_hand = {f"outcome-{key}": "prescriber_consulted", f"note-{key}": "Consulted."}
    answer = desk.decide(reference, "approve", settle=False, **both, **first_outcomes(page.text), **by_hand)
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert ("stops", None) in kept()


def test_a_stop_is_lifted_by_a_change_that_is_recorded(desk, submit, both, simvastatin, ada):
    reference = submit()
    desk.post(reference, "check", do="check", **both)
    alone = entered(simvastatin, patient=ada) | item(0, simvastatin, "1 tablet at bedtime")
    page = desk.post(reference, "check", do="check", **alone)
    (key,) = questions(page.text, "lifted-")
    settled = first_outcomes(page.text)
    assert desk.decide(reference, "approve", settle=False, **alone, **settled).status_code == 422
    settled |= {f"outcome-{key}": "prescriber_changed"}
    assert (
        desk.decide(reference, "approve", settle=False, **alone, **settled).status_code == 422
    )  # who, and when?
    settled |= {f"note-{key}": "Dr Sample, by phone: no clarithromycin."}
    assert desk.decide(reference, "approve", settle=False, **alone, **settled).status_code == 303
    assert status(reference) == "approved"
    assert ("stops", "prescriber_changed") in kept()


def test_a_stop_of_what_is_no_longer_entered_asks_nothing_and_is_recorded(desk, submit, both, ada):
    reference = submit()
    desk.post(reference, "check", do="check", **both)
    naproxen = make_variant("Naproxen", "500 mg")
    other = entered(naproxen, patient=ada) | item(0, naproxen, "1 tablet twice daily", 28)
    page = desk.post(reference, "check", do="check", **other)
    assert questions(page.text, "lifted-") == []
    desk.decide(reference, "approve", **other)
    assert status(reference) == "approved"
    assert ("stops", "entry_changed") in kept()
    assert ("stops", None) not in kept()


def test_an_override_needs_a_note_and_is_seen_in_the_report(desk, submit, ada):
    warfarin = make_variant(*WARFARIN)
    other = make_variant(*SMX_TMP, ingredients=("sulfamethoxazole", "trimethoprim"))
    fields = entered(warfarin, patient=ada) | item(0, warfarin, "1 tablet daily")
    fields |= item(1, other, "1 tablet twice daily", 28)
    reference = submit()
    page = desk.post(reference, "check", do="check", **fields)
    assert '<li class="stops">' not in page.text
    settled = first_outcomes(page.text)
    bare = {name: value for name, value in settled.items() if not name.startswith("note-")}
    assert desk.decide(reference, "approve", settle=False, **fields, **bare).status_code == 422
    assert desk.decide(reference, "approve", settle=False, **fields, **settled).status_code == 303
    assert all(outcome for _, outcome in kept())
    report = desk.client.get("/pharmacist/rules").text
    assert "warfarin:interaction" in report
    assert re.search(r'data-outcome="\w+"', report)
    assert "by phone" not in report  # what was noted is about a person


def test_an_ingredient_without_facts_never_passes_in_silence(desk, submit, ada):
    unknown = make_variant("Specimenol", "10 mg")
    fields = entered(unknown, patient=ada) | item(0, unknown, "1 tablet daily")
    reference = submit()
    assert desk.decide(reference, "approve", settle=False, **fields).status_code == 422
    assert ("needs", None) in kept()
    report = desk.client.get("/pharmacist/rules").text
    assert "no_dose_limit:specimenol" in report
    assert 'data-without="1"' in report


def test_a_medicine_from_elsewhere_is_compared(desk, submit, simvastatin, ada, customer):
    say(customer, medicines=("Clarithromycin 500 mg, twice a day",))
    fields = entered(simvastatin, patient=ada) | item(0, simvastatin, "1 tablet at bedtime")
    page = desk.post(submit(), "check", do="check", **fields)
    assert '<li class="stops">' in page.text
