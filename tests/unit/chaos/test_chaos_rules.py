"""Every rule that a run is judged by holds for a sound store, and is broken by exactly what it is about."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bench.chaos import goods, money, word
from bench.chaos.client import Answer
from bench.chaos.evidence import Evidence
from bench.chaos.neighbors import Mail
from bench.chaos.run import INVARIANTS
from tests.unit.chaos.sound import (
    AT,
    CANCELED,
    CENTS,
    EMAIL,
    PLACED,
    SHIPPED,
    WAITING,
    evidence,
    mail_job,
    number,
)

Break = Callable[[Evidence], Any]


@pytest.mark.parametrize("rule", INVARIANTS, ids=lambda rule: rule.__name__)
def test_a_sound_store_breaks_no_rule(rule):
    assert list(rule(evidence())) == []


def test_every_rule_says_in_a_sentence_what_it_wants():
    assert len(INVARIANTS) >= 16
    assert all(rule.__doc__ for rule in INVARIANTS)


def of(found: Evidence, table: str, **where: Any) -> dict[str, Any]:
    """The first row of a table, or of the payment service's objects, with these values."""
    rows = found.tables.get(table) or found.service[table]
    return next(row for row in rows if all(row[name] == value for name, value in where.items()))


def charge(found: Evidence, order: int) -> dict[str, Any]:
    return found.charges[f"ch_{order}"]


def intent(found: Evidence, order: int) -> dict[str, Any]:
    return found.intents[order][0]


def refund(found: Evidence, order: int, cents: int) -> None:
    found.refunds[f"pi_{order}"].append({"amount": cents, "status": "succeeded"})


def second_intent(found: Evidence, order: int) -> None:
    """Somebody paid the same order on a second page."""
    found.charges["ch_9"] = {"id": "ch_9", "amount_captured": CENTS, "amount_refunded": 0}
    found.intents[order].append(
        {"id": "pi_9", "status": "succeeded", "latest_charge": "ch_9", "amount_capturable": 0}
    )


def authorize_late(found: Evidence, order: int) -> None:
    found.intents[order].append(
        {"id": "pi_9", "status": "requires_capture", "latest_charge": None, "amount_capturable": CENTS}
    )


def still_in_basket(found: Evidence, added: float) -> None:
    found.memories[1].added["otc-1"] = (added, added)
    found.tables["basket_line"].append({"basket_id": 1, "variant_id": 10, "removed_at": None})


def movement(found: Evidence, **values: Any) -> None:
    row = {"intent_id": f"pi_{PLACED}", "kind": "capture", "state": "done", "amount_cents": CENTS}
    found.tables["payment_movement"].append(row | values)


BROKEN: list[tuple[Callable[[Evidence], Any], Break]] = [
    (
        money.a_placed_order_has_exactly_one_live_payment,
        lambda found: of(found, "payment", order_id=PLACED).update(state="voided"),
    ),
    (money.what_shipped_was_never_given_back, lambda found: refund(found, SHIPPED, 1)),
    (
        money.what_shipped_was_never_given_back,
        lambda found: (
            intent(found, SHIPPED).update(status="canceled"),
            charge(found, SHIPPED).update(amount_captured=0),
        ),
    ),
    (
        money.what_shipped_was_captured_once_and_in_full,
        lambda found: charge(found, SHIPPED).update(amount_captured=CENTS - 1),
    ),
    (money.what_is_placed_has_its_money, lambda found: intent(found, PLACED).update(status="canceled")),
    (
        money.nothing_is_kept_for_an_ended_order,
        lambda found: charge(found, CANCELED).update(amount_captured=CENTS),
    ),
    (
        money.nothing_is_kept_for_an_ended_order,
        lambda found: intent(found, CANCELED).update(status="requires_capture", amount_capturable=CENTS),
    ),
    (money.no_paid_order_is_forgotten, lambda found: authorize_late(found, WAITING)),
    (money.nobody_pays_twice_for_one_order, lambda found: second_intent(found, PLACED)),
    (money.nothing_is_captured_twice, lambda found: second_intent(found, SHIPPED)),
    (
        money.every_intent_is_known,
        lambda found: found.strangers.append({"id": "pi_8", "status": "succeeded"}),
    ),
    (money.both_books_agree, lambda found: of(found, "payment", order_id=PLACED).update(state="captured")),
    (money.both_books_agree, lambda found: of(found, "payment", order_id=PLACED).update(state="capturing")),
    (
        money.each_card_statement_follows_from_the_orders,
        lambda found: charge(found, CANCELED).update(amount_captured=1),
    ),
    (money.paid_says_captured, lambda found: found.orders[PLACED].update(paid_at=AT)),
    (money.every_movement_of_money_came_to_an_end, lambda found: movement(found, state="requested")),
    (money.every_movement_of_money_came_to_an_end, movement),
    (goods.lots_count_what_their_ledger_counts, lambda found: of(found, "lot").update(on_hand=971)),
    (goods.lots_hold_what_is_held, lambda found: of(found, "lot").update(held=59)),
    (
        goods.nothing_is_oversold,
        lambda found: of(found, "stock_movement", kind="received").update(quantity=80),
    ),
    (
        goods.a_live_order_has_its_units,
        lambda found: of(found, "stock_hold", order_line_id=PLACED).update(state="released"),
    ),
    (goods.a_live_order_has_its_units, lambda found: of(found, "order_line_lot").update(quantity=29)),
    (
        goods.an_ended_order_keeps_no_units,
        lambda found: of(found, "stock_hold", order_line_id=CANCELED).update(state="held"),
    ),
    (
        goods.prescriptions_count_what_their_ledger_counts,
        lambda found: of(found, "prescription_item").update(taken=60),
    ),
    (
        goods.prescriptions_count_what_their_ledger_counts,
        lambda found: of(found, "prescription_item").update(authorized=60),
    ),
    (
        goods.prescription_units_follow_the_order,
        lambda found: of(found, "prescription_quantity_entry", kind="dispensed").update(order_line_id=PLACED),
    ),
    (
        goods.nobody_has_two_unpaid_orders,
        lambda found: found.orders[PLACED].update(status="awaiting_payment"),
    ),
    (
        goods.only_what_was_placed_left_the_basket,
        lambda found: found.memories[1].added.update({"otc-1": (AT.timestamp() + 900, AT.timestamp() + 900)}),
    ),
    (goods.only_what_was_placed_left_the_basket, lambda found: still_in_basket(found, AT.timestamp() - 9)),
    (word.nothing_that_was_shown_as_placed_is_lost, lambda found: found.orders.pop(PLACED)),
    (word.nothing_that_was_shown_as_placed_is_lost, lambda found: found.memories[1].asked_to_cancel.clear()),
    (word.nothing_is_canceled_unasked, lambda found: found.memories[1].asked_to_cancel.clear()),
    (
        word.each_placed_order_was_confirmed_once,
        lambda found: found.tables["job"].append(mail_job("order_placed", PLACED)),
    ),
    (
        word.each_placed_order_was_confirmed_once,
        lambda found: found.tables["job"].append(mail_job("order_shipped", PLACED)),
    ),
    (
        word.nobody_is_told_not_charged_who_was,
        lambda found: found.tables["job"].append(mail_job("order_not_charged", PLACED)),
    ),
    (word.every_mail_arrived_and_none_was_invented, lambda found: found.mails.pop()),
    (
        word.every_mail_arrived_and_none_was_invented,
        lambda found: found.mails.append(Mail("<other@demo.example>", EMAIL, "?", 0.0)),
    ),
    (word.no_job_was_given_up, lambda found: found.tables["job"][0].update(given_up=True)),
    (word.nothing_is_left_to_do, lambda found: found.unfinished.append("1 jobs mail are not done")),
    (word.the_store_proves_itself, lambda found: found.commands.update(reconcile=(1, "1 difference"))),
    (word.nothing_is_left_behind, lambda found: found.leftovers.append("half-written: mail/1.part")),
    (
        word.no_answer_was_500,
        lambda found: found.answers.append((Answer(0, 1, "GET", f"/orders/{number(PLACED)}", 500), True)),
    ),
    (
        word.every_silence_is_explained,
        lambda found: found.answers.append((Answer(0, 60, "GET", "/basket", 0, "ReadTimeout"), False)),
    ),
    (word.no_walk_broke, lambda found: found.memories[1].surprises.append("KeyError")),
]


@pytest.mark.parametrize(
    ("rule", "spoil"), BROKEN, ids=[f"{at:02}-{rule.__name__}" for at, (rule, _) in enumerate(BROKEN)]
)
def test_what_a_rule_is_about_breaks_it(rule, spoil):
    found = evidence()
    spoil(found)
    assert list(rule(found)), rule.__doc__


def test_every_rule_can_break():
    assert {rule for rule, _ in BROKEN} == set(INVARIANTS)


def test_busy_and_a_silence_beside_a_death_are_no_failures():
    fine = [(Answer(0, 1, "GET", "/", 503), False), (Answer(0, 1, "GET", "/", 0, "ConnectionError"), True)]
    found = evidence(answers=fine)
    assert not list(word.no_answer_was_500(found))
    assert not list(word.every_silence_is_explained(found))


def test_a_mail_that_came_twice_is_a_repeat_and_no_lie():
    found = evidence()
    found.mails.append(replace(found.mails[0]))
    assert not list(word.every_mail_arrived_and_none_was_invented(found))


def test_refunded_in_full_is_nothing_kept():
    found = evidence()
    charge(found, CANCELED).update(amount_captured=CENTS, amount_refunded=CENTS)
    assert list(money.nothing_is_kept_for_an_ended_order(found))
    refund(found, CANCELED, CENTS)
    assert not list(money.nothing_is_kept_for_an_ended_order(found))


def test_a_voided_charge_calls_itself_refunded_and_is_no_money_back():
    found = evidence()
    charge(found, CANCELED).update(amount_refunded=CENTS, refunded=True)
    assert not [row for rule in money.MONEY for row in rule(found)]
