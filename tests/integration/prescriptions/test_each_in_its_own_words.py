"""What the customer reads of a prescription of several medicines: of each its own standing and reason."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from shop.clock import now
from shop.database import transaction
from shop.prescriptions import service
from shop.prescriptions.ledger import quantities
from shop.prescriptions.reasons import Reason, of_medicine, sentence
from shop.prescriptions.verification import decisions, taking_back
from shop.prescriptions.verification.typed import Declined, TypedItem
from tests.factories import make_variant
from tests.integration.prescriptions.conftest import grounds, typed


def declined(name: str, reason: str, note: str = "") -> TypedItem:
    return TypedItem(None, None, None, None, "", as_written=name, declined=Declined(reason, note))


TRAMADOL = declined("Tramadol 50 mg", "controlled", "Ask for one of its own.")
TEA = declined("Specimen tea", "not_sold", "Try a grocery store.")


@pytest.fixture
def decide(submit, pharmacist, baclofen):
    """`decide(*medicines)` approves baclofen with these beside it; returns the reference."""

    def approve(*beside: TypedItem, reference: str = "") -> str:
        reference = reference or submit()
        one = typed(baclofen, issued_on=now().date())
        with transaction():
            entered = replace(one, items=(*one.items, *beside))
            ready = replace(grounds([item.variant_id for item in entered.items]), today=now().date())
            decisions.approve(reference, pharmacist, entered, ready, {"duplicate-0": "continues"}, "", now())
        return reference

    return approve


@pytest.fixture
def read(sign_in, customer):
    """`read(reference)`: the page of it and the list, each as {line: its words}, with all else under 0."""

    def pages(reference: str) -> list[dict[int, str]]:
        browser = sign_in(customer)
        return [
            _by_line(browser.get(page).text) for page in (f"/prescriptions/{reference}", "/prescriptions")
        ]

    return pages


def _by_line(page: str) -> dict[int, str]:
    page = unescape(page)
    item = re.compile(r'<li data-line="(\d)"(.*?)</li>', re.S)
    return {int(found[1]): found[2] for found in item.finditer(page)} | {0: item.sub("", page)}


def test_each_medicine_has_its_own_reason_and_note_and_never_another_ones(decide, read):
    for page in read(decide(TRAMADOL, TEA)):
        assert set(page) == {0, 1, 2, 3}
        assert 'data-standing="partly"' in page[0]
        own = {2: TRAMADOL, 3: TEA}
        for line, words in page.items():
            for other, item in own.items():
                assert item.declined is not None
                for said in (item.as_written, item.declined.note, *of_medicine(item.declined.reason)):
                    assert (said in words) is (line == other), (line, said)
        assert 'data-standing="approved"' in page[1]
        assert "Baclofen" in page[1]


def test_a_refusal_of_every_medicine_says_each_reason_once(submit, pharmacist, read):
    reference = submit()
    with transaction():
        reason = Reason.CONTROLLED
        decisions.refuse(reference, pharmacist, reason, "", now(), [TRAMADOL])
    for page in read(reference):
        assert of_medicine("controlled")[0] in page[1]
        assert sentence("controlled") not in page[0]
        assert 'data-standing="refused"' in page[0]


def test_a_revoked_one_tells_why_it_was_and_keeps_what_was_declined(decide, pharmacist, read):
    reference = decide(TRAMADOL)
    with transaction():
        taking_back.revoke(reference, pharmacist, Reason.PRESCRIBER_STOPPED, "", now())
    for page in read(reference):
        assert sentence("prescriber_stopped") in page[0]
        assert 'data-standing="revoked"' in page[1]
        assert 'data-standing="declined"' in page[2]


def test_a_transferred_one_tells_where_it_went(decide, pharmacist, read):
    reference = decide()
    with transaction():
        taking_back.transfer(reference, pharmacist, "Specimen Pharmacy, (555) 555-0123", now())
    for page in read(reference):
        assert "Specimen Pharmacy, (555) 555-0123" in page[0]
        assert 'data-standing="transferred"' in page[1]
        assert 'class="again"' not in page[1]


def test_used_up_is_said_of_the_medicine_that_is(submit, pharmacist, baclofen, read):
    other, reference, one = make_variant("Atorvastatin", "20 mg"), submit(), typed(baclofen)
    (item,) = one.items
    entered = replace(one, issued_on=now().date(), items=(item, replace(item, variant_id=other)))
    with transaction():
        ready = replace(grounds([baclofen, other]), today=now().date())
        row = decisions.approve(reference, pharmacist, entered, ready, {}, "", now())
        first = min(row.items, key=lambda item: item.line).id
        quantities.hold_quantity(first, 1, 90, now(), now().date())
    for page in read(reference):
        assert ['data-standing="used_up"' in page[line] for line in (1, 2)] == [True, False]


def test_the_way_to_a_decision_is_told_step_by_step(submit, customer, pharmacist, read):
    reference, stands = submit(), []
    steps = [
        lambda: decisions.claim(reference, pharmacist, now()),
        lambda: decisions.ask(reference, pharmacist, Reason.REFILLS_MISSING, "", now()),
        lambda: service.answer(reference, customer, [], "None", now() + timedelta(seconds=1)),
    ]
    for step in (lambda: None, *steps):
        with transaction():
            step()
        found = [re.search(r'data-standing="(\w+)"', page[0]) for page in read(reference)]
        stands.append({one[1] for one in found if one})
    assert stands == [{"received"}, {"in_review"}, {"asked"}, {"answered"}]
