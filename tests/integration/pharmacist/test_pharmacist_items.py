"""The desk decides each medicine by itself: dispensed, or declined for a reason of its own."""

import re
from html import unescape

from shop.clock import today
from shop.database import db
from shop.prescriptions import queries
from shop.prescriptions.models import DeclinedItem
from tests.factories import make_variant
from tests.integration.outbox.queued import mails
from tests.integration.pharmacist.desk_browser import entered, status

NOTE = "Ask for one of its own."
TRAMADOL = {
    "items-1-as_written": "Tramadol 50 mg",
    "items-1-decision": "controlled",
    "items-1-decline_note": NOTE,
}


def declined(reference: str) -> list[tuple[int, str, str, str]]:
    db.session.rollback()
    return [
        (one.line, one.as_written, one.reason, one.note) for one in queries.by_reference(reference).declined
    ]


def field(page: str, name: str) -> str:
    """The value that an input of the page has."""
    return unescape(re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)[1])


def test_baclofen_is_approved_and_tramadol_on_the_same_page_declined(desk, submit, baclofen):
    reference = submit()
    assert desk.decide(reference, "approve", **entered(baclofen), **TRAMADOL).status_code == 303
    assert status(reference) == "approved"
    assert declined(reference) == [(2, "Tramadol 50 mg", "controlled", NOTE)]
    assert [item.line for item in queries.by_reference(reference).items] == [1]
    assert mails()[-1] == "prescription_decided"
    page = desk.open(reference).text
    assert 'data-standing="partly"' in page
    assert 'data-line="1" data-standing="approved"' in page
    assert 'data-line="2" data-standing="declined"' in page
    assert 'data-standing="partly"' in desk.client.get("/pharmacist/?tab=decided").text


def test_what_is_looked_for_and_not_sold_is_declined_with_one_button(desk, submit, baclofen):
    reference = submit()
    fields = entered(baclofen) | {"items-1-find": "tramadol", "items-1-quantity": "so many"}
    page = desk.post(reference, "check", do="find-1", **fields).text
    assert 'value="decline-1-controlled"' in page
    page = desk.post(reference, "check", do="decline-1-controlled", **fields).text
    assert '<option selected value="controlled">' in page
    assert field(page, "items-1-as_written") == "tramadol"
    assert field(page, "items-1-quantity") == "so many"  # nothing typed is lost
    fields |= {"items-1-decision": "controlled"}
    assert desk.decide(reference, "approve", **fields).status_code == 303  # as it was looked for
    assert declined(reference) == [(2, "tramadol", "controlled", "")]


def test_a_check_that_stops_a_medicine_offers_to_decline_it(desk, submit, baclofen):
    cold = make_variant("Specimen", "1 mg", safety_code="cold", safety_reason="it must stay cold")
    reference, fields = submit(), entered(baclofen) | {"items-1-variant_id": str(cold)}
    page = desk.post(reference, "check", do="check", **fields).text
    assert 'value="decline-1-not_sold"' in page
    page = desk.post(reference, "check", do="decline-1-not_sold", **fields, checked="1").text
    assert field(page, "items-1-as_written") == "Specimen tablet 1 mg"
    assert 'id="check-declined-1"' in page
    assert 'id="check-mail-1"' not in page
    desk.decide(reference, "approve", **fields, **{"items-1-decision": "not_sold"})
    assert declined(reference) == [(2, "Specimen tablet 1 mg", "not_sold", "")]


def test_where_every_medicine_is_declined_the_prescription_is_refused_with_the_reason(desk, submit):
    reference = submit()
    fields = {"items-0-as_written": "Tramadol 50 mg", "items-0-decision": "controlled"}
    answer = desk.decide(reference, "approve", **fields)
    assert (answer.status_code, status(reference)) == (422, "waiting")
    assert 'id="check-items"' in answer.text
    assert '<option selected value="controlled">Controlled substance<' in answer.text  # to refuse it
    assert desk.decide(reference, "refuse", **fields).status_code == 303
    row = queries.by_reference(reference)
    assert (status(reference), row.reason) == ("refused", "controlled")
    assert declined(reference) == [(1, "Tramadol 50 mg", "controlled", "")]
    desk.post(reference, "undo")
    assert field(desk.open(reference).text, "items-0-as_written") == "Tramadol 50 mg"


def test_each_keeps_its_own_reason_where_a_prescription_is_refused(desk, submit):
    reference = submit()
    fields = TRAMADOL | {"items-0-as_written": "Specimen tea", "items-0-decision": "not_sold"}
    assert desk.decide(reference, "refuse", **fields).status_code == 303
    db.session.rollback()
    assert queries.by_reference(reference).reason == "each_declined"
    assert [(line, reason) for line, _, reason, _ in declined(reference)] == [
        (1, "not_sold"),
        (2, "controlled"),
    ]


NONSENSE: list[tuple[dict[str, str], str]] = [
    ({"items-1-decision": "other"}, 'id="check-declined-1"'),
    ({"items-1-decision": "controlled", "items-1-as_written": ""}, 'id="check-declined-1"'),
    ({"items-1-decision": "too_old"}, 'href="#items-1-decision"'),
    ({"items-1-decision": "no such reason"}, 'href="#items-1-decision"'),
    ({"items-1-decision": "controlled", "items-1-decline_note": "x" * 501}, "#items-1-decline_note"),
    ({"items-1-decision": "controlled", "items-1-as_written": "x" * 201}, "#items-1-as_written"),
    ({"items-0-refill_share": "49"}, 'href="#items-0-refill_share"'),
    ({"items-0-refill_share": "101"}, 'href="#items-0-refill_share"'),
    ({"items-0-refill_share": "a lot"}, 'href="#items-0-refill_share"'),
    ({"items-0-indication": "x" * 121}, 'href="#items-0-indication"'),
    ({"fill_from": "2999-01-01"}, 'id="check-fill_from"'),
    ({"fill_from": "next month"}, 'href="#fill_from"'),
]


def test_a_decision_that_makes_no_sense_is_refused_and_nothing_is_lost(desk, submit, baclofen):
    reference = submit()
    second = {"items-1-decision": "controlled", "items-1-as_written": "Tramadol 50 mg"}
    second |= {"items-1-decline_note": ""}
    for fields, found in NONSENSE:
        answer = desk.decide(reference, "approve", **(entered(baclofen) | second | fields))
        assert (answer.status_code, status(reference)) == (422, "waiting"), fields
        assert found in answer.text, fields
        assert 'value="1 tablet three times a day"' in answer.text, fields
        assert db.session.query(DeclinedItem).count() == 0, fields


def test_a_refusal_of_declined_medicines_needs_what_each_of_them_needs(desk, submit):
    reference, fields = submit(), {"items-0-as_written": "Specimen tea", "items-0-decision": "other"}
    assert desk.decide(reference, "refuse", **fields).status_code == 422
    long = {"items-0-decline_note": "x" * 501}
    assert desk.decide(reference, "refuse", **fields, **long).status_code == 422
    told = {"items-0-decline_note": "We agreed on it."}
    assert desk.decide(reference, "refuse", **fields, **told, note="x" * 501).status_code == 422
    assert status(reference) == "waiting"
    assert desk.decide(reference, "refuse", **fields, **told).status_code == 303
    assert declined(reference) == [(1, "Specimen tea", "other", "We agreed on it.")]


def test_of_a_declined_medicine_nothing_else_is_read(desk, submit, baclofen):
    unread = {"items-1-days_supply": "many", "items-1-refill_share": "7", "items-1-refills": "x" * 90}
    assert desk.decide(submit(), "approve", **entered(baclofen), **TRAMADOL, **unread).status_code == 303


def test_undoing_brings_back_both_kinds_and_all_they_state(desk, submit, baclofen):
    reference = submit()
    stated = {
        "items-0-indication": "muscle spasm",
        "items-0-dispense_as_written": "y",
        "items-0-refill_share": "90",
        "fill_from": today().isoformat(),
    }
    desk.decide(reference, "approve", **entered(baclofen), **TRAMADOL, **stated)
    page = desk.open(reference).text
    assert "muscle spasm" in page
    assert "90%" in page
    desk.post(reference, "undo")
    page = desk.open(reference).text
    for name, value in (TRAMADOL | stated).items():
        if name.endswith(("decision", "dispense_as_written")):
            continue
        assert field(page, name) == value
    assert '<option selected value="controlled">' in page
    assert re.search(r'<input checked[^>]*name="items-0-dispense_as_written"', page)
    assert (status(reference), mails()) == ("waiting", ["prescription_received"])


def test_a_transfer_needs_a_pharmacy_and_its_phone(desk, submit, baclofen):
    reference, to = submit(), {"pharmacy": "Specimen Pharmacy", "phone": "(555) 555-0123"}
    assert desk.post(reference, "transfer", **to).status_code == 409
    desk.decide(reference, "approve", **entered(baclofen))
    for wrong in ({"pharmacy": " "}, {"phone": ""}, {"phone": "call them"}, {"pharmacy": "x" * 121}):
        answer = desk.post(reference, "transfer", **(to | wrong))
        assert (answer.status_code, status(reference)) == (422, "approved")
        assert f'id="transfer-{next(iter(wrong))}-e"' in answer.text
    assert desk.post(reference, "transfer", **to).status_code == 303
    assert status(reference) == "transferred"
    page = desk.open(reference).text
    assert "Specimen Pharmacy, (555) 555-0123" in page
    assert "/transfer" not in page
    assert desk.post(reference, "undo").status_code == 303
    assert status(reference) == "approved"
