"""Orders under the drug utilization review: refused, held for a pharmacist, decided, and not asked twice."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from shop.clock import DAY, business_date, days_ahead, now, today
from shop.database import db, transaction
from shop.drug_review.models import ReviewAlert
from shop.drug_review.order_review import count_waiting
from shop.drug_review.report import rules_shown
from shop.fulfillment.blocking import blocks_of
from shop.fulfillment.service import NotToBeSent, ship_order
from shop.orders import queries as orders
from shop.safety.drug_facts.reading import book
from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.in_zones import ZONES, first_moment, last_moment, store_in
from tests.integration.checkout.records import status_of
from tests.integration.checkout.store_counter import Customer, approve
from tests.integration.drug_review.answers import say

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def pharmacist(make_user, sign_in, counter) -> Customer:
    user_id = make_user("pharmacist", name="Marion Sample")
    return Customer(sign_in(user_id), user_id)


def on_prescription(user_id: int, name: str, strength: str, form: str = "tablet") -> int:
    variant_id = make_variant(name, strength, form=form)
    make_lot(variant_id)
    approve(user_id, variant_id)
    return variant_id


def over_the_counter(name: str, strength: str, form: str = "tablet", pack: int = 14) -> int:
    variant_id = make_variant(name, strength, "0.20", rx=False, form=form, quantities=(pack,))
    make_lot(variant_id)
    return variant_id


def bought(customer: Customer, counter, units: dict[int, int]) -> str:
    for variant_id, quantity in units.items():
        customer.put_in_basket(variant_id, quantity)
    number, url = customer.order()
    customer.get(counter.return_path(counter.pay(url)))
    db.session.rollback()
    return number


def codes(number: str) -> list[str]:
    db.session.rollback()
    found = orders.by_number(number)
    return [block.code for block in blocks_of([found], today(), settings().market)[found.id]]


def waiting() -> int:
    db.session.rollback()
    return count_waiting()


def outcomes_of(page: str) -> list[tuple[str, str]]:
    """The questions of a page, each with the first outcome that may be chosen."""
    return re.findall(
        r'name="outcome-([\w-]+)"><option value="">[^<]*</option>\s*<option value="(\w+)"', page
    )


def decide(pharmacist: Customer, number: str, note: str = "Takes it at another time.") -> str:
    """Settle everything an order waits for; the rule of the first alert."""
    page = f"/pharmacist/reviews/{number}"
    html = pharmacist.get(page).text
    fields = {}
    for key, code in outcomes_of(html):
        fields |= {f"outcome-{key}": code, f"note-{key}": note}
    assert pharmacist.post(page, **fields).status_code == 303
    return re.search(r'data-alert="([^"]+)"', html)[1]


def test_a_medicine_over_the_counter_counts_with_the_prescription_in_the_basket(
    ada, counter, pharmacist, context
):
    clopidogrel = on_prescription(ada.user_id, "Clopidogrel", "75 mg")
    omeprazole = over_the_counter("Omeprazole", "20 mg", "delayed-release tablet")
    ada.put_in_basket(clopidogrel, 30)
    assert "data-looked-at" not in ada.get("/basket").text
    ada.put_in_basket(omeprazole, 14)
    assert "data-looked-at" in ada.get("/basket").text
    assert "data-looked-at" in ada.get("/checkout").text
    number, url = ada.order()
    ada.get(counter.return_path(counter.pay(url)))
    counter.charge(number)
    assert codes(number) == ["review_needs"]
    assert "data-in-review" in ada.get(f"/orders/{number}").text
    with pytest.raises(NotToBeSent), transaction():
        ship_order(number, "", pharmacist.user_id, now())
    assert f'data-review="{number}"' in pharmacist.get("/pharmacist/reviews").text
    page = f"/pharmacist/reviews/{number}"
    ((key, code),) = outcomes_of(pharmacist.get(page).text)
    outcome, note = f"outcome-{key}", f"note-{key}"
    for fields in ({outcome: code}, {note: "Asked."}, {outcome: "x", note: "y"}):
        assert pharmacist.post(page, **fields).status_code == 422
    assert (waiting(), codes(number)) == (1, ["review_needs"])
    rule = decide(pharmacist, number)
    assert (waiting(), codes(number)) == (0, [])
    assert "data-in-review" not in ada.get(f"/orders/{number}").text
    with transaction():
        ship_order(number, "", pharmacist.user_id, now())
    assert status_of(number) == "shipped"
    report = pharmacist.get("/pharmacist/rules").text
    row = report.partition(f'data-rule="{rule}"')[2].partition("</tr>")[0]
    assert f'data-outcome="{code}"' in row
    assert "Takes it" not in report
    assert_counted_for_90_days(rule, context)
    again = bought(ada, counter, {clopidogrel: 30, omeprazole: 14})
    assert codes(again) == []  # the same pair, the same fact, the same answers


def test_a_decision_taken_by_mistake_is_taken_back_until_the_order_ships(ada, counter, pharmacist):
    clopidogrel = on_prescription(ada.user_id, "Clopidogrel", "75 mg")
    omeprazole = over_the_counter("Omeprazole", "20 mg", "delayed-release tablet")
    number = bought(ada, counter, {clopidogrel: 30, omeprazole: 14})
    page = f"/pharmacist/reviews/{number}"
    decide(pharmacist, number)
    again = bought(ada, counter, {clopidogrel: 30, omeprazole: 14})  # spared the question
    assert (codes(number), codes(again), waiting()) == ([], [], 0)
    assert f'href="{page}"' in pharmacist.get("/pharmacist/reviews").text
    (back,) = re.findall(rf'action="({page}/decisions/\d+/take-back)"', pharmacist.get(page).text)
    assert pharmacist.post(back).status_code == 303
    assert (codes(number), codes(again), waiting()) == (["review_needs"], ["review_needs"], 2)
    assert 'data-refused="review_changed"' in pharmacist.get(pharmacist.post(back).location).text
    decide(pharmacist, number)
    counter.charge(number)
    with transaction():
        ship_order(number, "", pharmacist.user_id, now())
    assert pharmacist.post(back).status_code == 404
    assert (status_of(number), codes(again)) == ("shipped", [])


def test_advice_is_read_where_an_order_is_cleared_and_holds_nothing(ada, counter, pharmacist):
    methimazole = on_prescription(ada.user_id, "Methimazole", "10 mg")
    clopidogrel = on_prescription(ada.user_id, "Clopidogrel", "75 mg")
    omeprazole = over_the_counter("Omeprazole", "20 mg", "delayed-release tablet")
    number = bought(ada, counter, {methimazole: 30, clopidogrel: 30, omeprazole: 14})
    page = f"/pharmacist/reviews/{number}"
    html = pharmacist.get(page).text
    note = r'<li class="advice" data-alert="no_dose_limit:methimazole">'
    assert (codes(number), len(outcomes_of(html)), len(re.findall(note, html))) == (["review_needs"], 1, 1)
    decide(pharmacist, number)
    assert (codes(number), waiting()) == ([], 0)
    html = pharmacist.get(page).text  # by its address still, though nothing holds it
    assert (len(outcomes_of(html)), len(re.findall(note, html))) == (0, 1)


def assert_counted_for_90_days(rule: str, app: Flask) -> None:
    """The day on which it was shown and the 89 after it, wherever the store is."""
    shown_at = db.session.scalar(select(func.min(ReviewAlert.shown_at)).where(ReviewAlert.rule == rule))
    for zone in ZONES:
        with store_in(zone, app):
            last = days_ahead(business_date(shown_at), 89)
            there = [
                {one.rule for one in rules_shown(at, book())}
                for at in (last_moment(zone, last), first_moment(zone, last + DAY))
            ]
        assert [rule in rules for rules in there] == [True, False], zone


def test_pantoprazole_passes_beside_clopidogrel(ada, counter):
    for name, strength in (("Clopidogrel", "75 mg"), ("Pantoprazole", "40 mg")):
        ada.put_in_basket(on_prescription(ada.user_id, name, strength), 30)
    page = ada.get("/basket").text
    assert page.count('data-state="ok"') == 2
    assert "data-looked-at" not in page


def test_an_allergy_added_after_the_order_stops_it_until_it_is_corrected(ada, counter, pharmacist):
    amoxicillin = on_prescription(ada.user_id, "Amoxicillin", "500 mg", "capsule")
    number = bought(ada, counter, {amoxicillin: 30})
    assert (codes(number), waiting()) == ([], 0)
    say(ada.user_id, allergies=("penicillin",))
    assert (codes(number), waiting()) == (["review_stops"], 1)
    page = f"/pharmacist/reviews/{number}"
    html = pharmacist.get(page).text
    assert ('class="stops"' in html, outcomes_of(html)) == (True, [])
    key = re.search(r'id="check-(drug-\w+)"', html)[1]
    fields = {f"outcome-{key}": "tolerated_before", f"note-{key}": "By hand."}
    assert pharmacist.post(page, **fields).status_code == 409
    assert codes(number) == ["review_stops"]
    ada.put_in_basket(amoxicillin, 30)
    basket = ada.get("/basket")
    assert 'data-state="review_stops"' in basket.text
    assert not re.search("penicillin|allerg", basket.text, re.IGNORECASE)
    assert ada.client.get("/checkout").status_code != 200
    say(ada.user_id)
    assert (codes(number), waiting()) == ([], 0)


def test_an_order_nobody_has_to_decide_about_is_not_found_among_reviews(ada, counter, pharmacist):
    number = bought(ada, counter, {on_prescription(ada.user_id, "Baclofen", "10 mg"): 30})
    assert codes(number) == []
    assert pharmacist.get("/pharmacist/reviews/F-0000").status_code == 404
    assert f'data-review="{number}"' not in pharmacist.get("/pharmacist/reviews").text


def test_what_was_removed_from_another_order_counts_no_more(ada, counter):
    clopidogrel = on_prescription(ada.user_id, "Clopidogrel", "75 mg")
    omeprazole = over_the_counter("Omeprazole", "20 mg", "delayed-release tablet")
    cetirizine = over_the_counter("Cetirizine", "10 mg")
    other = bought(ada, counter, {omeprazole: 14, cetirizine: 14})
    number = bought(ada, counter, {clopidogrel: 30})
    assert codes(number) == ["review_needs"]
    line_id = next(line.id for line in orders.by_number(other).lines if line.variant_id == omeprazole)
    db.session.rollback()
    answer = ada.post(f"/orders/{other}/lines/{line_id}/remove")
    assert (answer.status_code, codes(number)) == (303, [])


def test_a_decision_ends_when_the_patient_tells_more_among_the_conditions(ada, counter, pharmacist):
    metformin = on_prescription(ada.user_id, "Metformin hydrochloride", "500 mg")
    say(ada.user_id, kidneys="unknown")
    number = bought(ada, counter, {metformin: 30})
    if codes(number):
        decide(pharmacist, number)
    assert codes(number) == []
    say(ada.user_id, kidneys="unknown", conditions=("stage 4 kidney disease",))
    assert codes(number) == ["review_needs"]
