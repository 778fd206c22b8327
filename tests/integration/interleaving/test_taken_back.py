"""A question or an early fill is taken back while the customer answers, or orders: one is too late."""

from shop.prescriptions import service
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger import confirming, early_fill, quantities
from shop.prescriptions.reasons import Reason
from shop.prescriptions.states import ConfirmedHow
from shop.prescriptions.verification import decisions, taking_back
from tests.factories import in_transaction
from tests.integration.interleaving.interleave import every_interleaving
from tests.integration.interleaving.test_fills_and_decisions import Approved, approved
from tests.integration.interleaving.test_goods_and_people import Waiting, outcomes, waiting
from tests.integration.prescriptions.conftest import AT, TODAY

FIRST, SECOND, UNITS = 1, 2, 90


def asked() -> Waiting:
    made = waiting()
    with in_transaction():
        decisions.ask(made.reference, made.pharmacists[0], Reason.REFILLS_MISSING, "", AT)
    return made


def answer(made: Waiting) -> object:
    return service.answer(made.reference, made.customer_id, [], "Two", AT)


def take_back(made: Waiting) -> object:
    return taking_back.take_back_question(made.reference, made.pharmacists[0], AT)


def opened() -> Approved:
    made = approved()
    with in_transaction():
        confirming.confirm(made.reference, made.pharmacist_id, ConfirmedHow.PHONE, "Ivor Sample", AT)
        quantities.hold_quantity(made.item_id, FIRST, UNITS, AT, TODAY)
        quantities.dispense_quantity([FIRST], AT)
        early_fill.open_next(
            made.reference, made.item_id, EarlyReason.VACATION, made.pharmacist_id, AT, TODAY
        )
    return made


def hold(made: Approved) -> object:
    return quantities.hold_quantity(made.item_id, SECOND, UNITS, AT, TODAY)


def close(made: Approved) -> object:
    return early_fill.close_again(made.reference, made.item_id, made.pharmacist_id, AT)


def test_a_question_is_answered_or_taken_back(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for works in ((answer, take_back), (take_back, answer)):
            for _, ran in every_interleaving(app, asked, *works):
                assert outcomes(ran) == ["AlreadyDecided", "done"], ran


def test_an_early_fill_is_ordered_from_or_closed(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for works in ((hold, close), (close, hold)):
            for made, ran in every_interleaving(app, opened, *works):
                assert outcomes(ran) in (["NotEnoughLeft", "done"], ["NothingToClose", "done"]), ran
                held = quantities.lines_held(made.prescription_id)
                assert held == ([] if "NotEnoughLeft" in outcomes(ran) else [SECOND]), ran
