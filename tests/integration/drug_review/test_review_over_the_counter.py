"""Orders of what needs no prescription: what is known of whoever takes it is asked, and nothing else."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from shop.clock import now, today
from shop.database import db, transaction
from shop.drug_review import effective, fact_changes
from shop.drug_review.models import ReviewAlert
from shop.orders import exporting
from shop.orders import queries as orders
from shop.orders import service as order_steps
from shop.patients import service as patient_steps
from shop.patients.profile import YesNo
from shop.patients.queries import of_account
from shop.patients.rules import Relation
from shop.safety.drug_facts.facts import Weight
from tests.factories import HEALTHY
from tests.integration.checkout.store_counter import Customer
from tests.integration.drug_review.answers import say
from tests.integration.drug_review.test_review_of_orders import (
    bought,
    codes,
    decide,
    on_prescription,
    over_the_counter,
    waiting,
)

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def pharmacist(make_user, sign_in, counter) -> Customer:
    user_id = make_user("pharmacist", name="Marion Sample")
    return Customer(sign_in(user_id), user_id)


@pytest.fixture
def naproxen(context) -> int:
    return over_the_counter("Naproxen", "220 mg", pack=12)


def add_child(user_id: int, **answers) -> str:
    """Another patient of the account, with answers of somebody healthy but for these; their reference."""
    say(user_id)  # the account holder is on file first
    with transaction():
        patient_steps.add(user_id, Relation.CHILD, "Cy Specimen", date(2020, 5, 1), now())
    db.session.rollback()
    child = of_account(user_id)[-1]
    with transaction():
        patient_steps.save_health(user_id, child.reference, replace(HEALTHY, **answers), now())
    db.session.rollback()
    return child.reference


def state(customer: Customer) -> str:
    return re.search(r'id="line-\d+" data-state="(\w+)"', customer.get("/basket").text)[1]


def say_who(customer: Customer, variant_id: int, quantity: int, who: str) -> None:
    line = re.search(r'id="line-(\d+)"', customer.get("/basket").text)[1]
    answer = customer.post(f"/basket/lines/{line}", variant=variant_id, quantity=quantity, patient=who)
    assert answer.status_code == 303


def verdicts_shown(page: str) -> list[str]:
    return re.findall(r'data-verdict="(\w+)"', page)


def test_what_is_taken_and_one_from_the_shelf_wait_for_a_pharmacist(ada, counter, pharmacist, naproxen):
    assert codes(bought(ada, counter, {on_prescription(ada.user_id, "Warfarin", "5 mg"): 30})) == []
    ada.put_in_basket(naproxen, 12)
    page = ada.get("/basket").text
    assert (state(ada), page.count("data-looked-at"), verdicts_shown(page)[0]) == ("ok", 1, "needs")
    assert "<blockquote>" in page  # the label's sentence
    number = bought(ada, counter, {naproxen: 12})
    assert (codes(number), waiting()) == (["review_needs"], 1)
    assert "data-in-review" in ada.get(f"/orders/{number}").text
    decide(pharmacist, number)
    assert (codes(number), waiting()) == ([], 0)
    assert codes(bought(ada, counter, {naproxen: 12})) == []  # the same pair is not asked about again
    with transaction() as session:
        session.execute(update(ReviewAlert).values(holds_until=today() - timedelta(days=1)))
    assert codes(number) == ["review_needs"]  # a decision ends


def test_what_one_of_the_household_must_not_take_is_sent_once_somebody_else_takes_it(ada, counter, naproxen):
    child = add_child(ada.user_id, allergies=("ibuprofen",))
    ada.put_in_basket(naproxen, 12)
    page = ada.get("/basket").text
    assert (state(ada), verdicts_shown(page)[0]) == ("review_stops", "stops")
    assert "Cy Specimen" in page
    assert ada.client.get("/checkout").status_code == 303
    say_who(ada, naproxen, 12, child)
    assert state(ada) == "review_stops"
    say_who(ada, naproxen, 12, "someone-else")
    assert (state(ada), verdicts_shown(ada.get("/basket").text)) == ("ok", [])
    ada_herself = of_account(ada.user_id)[0].reference
    say_who(ada, naproxen, 12, ada_herself)
    assert state(ada) == "ok"
    number = bought(ada, counter, {})
    assert codes(number) == []
    assert "data-taker" in ada.get(f"/orders/{number}").text


def test_a_plain_order_of_a_household_asks_nothing(ada, counter, naproxen):
    add_child(ada.user_id)
    say(ada.user_id, kidneys="unknown", pregnancy=YesNo.UNKNOWN)
    unknown = over_the_counter("Specimenol", "5 mg")
    for variant_id, quantity in ((naproxen, 12), (unknown, 14)):
        ada.put_in_basket(variant_id, quantity)
    page = ada.get("/basket").text
    assert page.count('data-state="ok"') == 2
    assert not {"needs", "stops"} & set(verdicts_shown(page))
    assert 'data-unknown="no_dose_limit:specimenol"' in page
    assert (codes(bought(ada, counter, {})), waiting()) == ([], 0)


def test_two_products_of_one_ingredient_are_decided_for_nobody_on_file(
    new_customer, counter, pharmacist, visitor
):
    for_one = new_customer()
    lines = {over_the_counter("Acetaminophen", "500 mg"): 14, over_the_counter("Acetaminophen", "325 mg"): 14}
    for variant_id, quantity in lines.items():
        visitor.put_in_basket(variant_id, quantity)
    page = visitor.get("/basket").text
    assert (verdicts_shown(page), "data-among-themselves" in page) == (["needs"], True)
    for variant_id in lines:
        for_one.put_in_basket(variant_id, 14)
    page = for_one.get("/basket").text
    for line in re.findall(r'id="line-(\d+)"', page):
        variant = re.search(rf'lines/{line}".*?name="variant" value="(\d+)"', page, re.DOTALL)[1]
        for_one.post(f"/basket/lines/{line}", variant=variant, quantity=14, patient="someone-else")
    number = bought(for_one, counter, {})
    assert codes(number) == ["review_needs"]
    assert 'data-patient=""' in pharmacist.get(f"/pharmacist/reviews/{number}").text
    assert decide(pharmacist, number) == "as_directed:acetaminophen"
    assert (codes(number), waiting()) == ([], 0)
    exported = exporting.everything(for_one.user_id)[0]["lines"]
    assert {line["for"] for line in exported} == {"someone else"}


def test_an_allergy_told_after_the_order_holds_up_what_names_nobody(ada, counter, naproxen):
    number = bought(ada, counter, {naproxen: 12})
    assert (codes(number), waiting()) == ([], 0)
    say(ada.user_id, allergies=("aspirin",))
    assert (codes(number)[0], waiting()) in {("review_stops", 1), ("review_needs", 1)}
    with transaction():  # and what is packed by then is not said to be ready to ship
        assert order_steps.pack(orders.id_of(number), ada.user_id, now())
    assert (codes(number)[0][:6], waiting()) == ("review", 1)
    assert "data-in-review" in ada.get(f"/orders/{number}").text


def test_a_fact_that_was_tightened_counts_before_anybody_opens_reviews(ada, counter, pharmacist):
    acetaminophen = over_the_counter("Acetaminophen", "500 mg")
    say(ada.user_id, medicines=("warfarin",))
    number = bought(ada, counter, {acetaminophen: 14})
    assert (codes(number), waiting()) == ([], 0)  # up to then it is advice
    fact = "acetaminophen:interaction:1"
    with transaction():
        seen = fact_changes.both_of(fact, effective.book()).seen
        fact_changes.ask(fact, Weight.NEEDS, None, "Our policy.", seen, pharmacist.user_id, now())
    counter.work()
    assert (waiting(), codes(number)) == (1, ["review_needs"])
    page = pharmacist.get("/pharmacist/reviews?page=9")  # the last one there is
    assert (page.status_code, f'data-review="{number}"' in page.text) == (200, True)
