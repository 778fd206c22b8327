"""An order takes a fill while its approval is revoked or undone, or its fills are combined."""

from dataclasses import dataclass, replace

from sqlalchemy import func, select

from shop.database import db
from shop.prescriptions.ledger import combined_fill, quantities
from shop.prescriptions.ledger.combined_fill import CombineReason, Judgment
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem
from shop.prescriptions.reasons import Reason
from shop.prescriptions.verification import decisions, taking_back
from tests.factories import in_transaction, make_variant
from tests.integration.interleaving.interleave import Ran, every_interleaving
from tests.integration.interleaving.test_goods_and_people import Waiting, outcomes, waiting
from tests.integration.prescriptions.conftest import AT, TODAY, grounds, typed

UNITS, LINE = 90, 1


@dataclass(frozen=True)
class Approved:
    """An approval of this moment: four fills of 90, nothing taken."""

    reference: str
    prescription_id: int
    item_id: int
    pharmacist_id: int


def approved() -> Approved:
    """Decided so that it can be undone, and of a medicine whose fills may be combined."""
    with in_transaction():
        return approval_of(replace(waiting(), variant_id=make_variant("Amoxicillin", "500 mg")))


def approval_of(made: Waiting) -> Approved:
    entered = typed(made.variant_id, UNITS, refills=3)
    pharmacist_id = made.pharmacists[0]
    ready = grounds([made.variant_id])
    row = decisions.approve(made.reference, pharmacist_id, entered, ready, {}, "", AT)
    item_id = db.session.scalars(
        select(PrescriptionItem.id).where(PrescriptionItem.prescription_id == row.id)
    ).one()
    return Approved(made.reference, row.id, item_id, pharmacist_id)


def hold(made: Approved, line: int = LINE) -> object:
    return quantities.hold_quantity(made.item_id, line, UNITS, AT, TODAY)


def undo(made: Approved) -> object:
    return taking_back.undo(made.reference, made.pharmacist_id, AT)


def revoke(made: Approved) -> object:
    return taking_back.revoke(made.reference, made.pharmacist_id, Reason.APPROVED_IN_ERROR, "", AT)


def combine(made: Approved) -> object:
    why = CombineReason.TRAVEL, Judgment.LABEL_READ
    return combined_fill.combine_next(made.reference, made.item_id, 2, *why, made.pharmacist_id, AT, TODAY)


def held(made: Approved) -> bool:
    """Whether the order has its units, with item, fill and ledger agreeing."""
    item = db.session.get_one(PrescriptionItem, made.item_id)
    of_fills = db.session.scalar(select(func.coalesce(func.sum(PrescriptionFill.taken), 0)))
    lines = quantities.lines_held(made.prescription_id)
    assert (item.taken, of_fills, lines) in ((0, 0, []), (UNITS, UNITS, [LINE]))
    return bool(lines)


def status(made: Approved) -> str:
    return db.session.scalars(
        select(Prescription.status).where(Prescription.id == made.prescription_id)
    ).one()


def agree(made: Approved, ran: Ran, of_hold: object) -> None:
    assert held(made) == (not isinstance(of_hold, Exception)), ran


def test_an_undone_approval_has_no_order_and_one_with_an_order_is_not_undone(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for works in ((undo, hold), (hold, undo)):
            for made, ran in every_interleaving(app, approved, *works):
                assert outcomes(ran) in (["NotEnoughLeft", "done"], ["TooLateToUndo", "done"]), ran
                agree(made, ran, ran.first if works[0] is hold else ran.second)
                assert status(made) == ("approved" if held(made) else "waiting")


def test_what_an_order_holds_of_a_revoked_approval_is_found_by_its_release(migrated):
    """Either the order is too late, or the job that releases what is held sees its line; nothing ships."""
    app = migrated("postgresql")
    with app.app_context():
        for works in ((revoke, hold), (hold, revoke)):
            for made, ran in every_interleaving(app, approved, *works):
                assert outcomes(ran) in (["NotEnoughLeft", "done"], ["done", "done"]), ran
                assert status(made) == "revoked"
                agree(made, ran, ran.first if works[0] is hold else ran.second)
                if held(made):
                    assert refused_to_ship(made)


def refused_to_ship(made: Approved) -> bool:
    try:
        quantities.check_dispensable([LINE], [LINE], AT)
    except quantities.PrescriptionLapsed:
        return True
    return False


def test_fills_are_combined_with_none_that_an_order_has_begun(migrated):
    app = migrated("postgresql")
    with app.app_context():
        for works in ((combine, hold), (hold, combine)):
            for made, ran in every_interleaving(app, approved, *works):
                assert outcomes(ran) == ["done", "done"], ran
                assert held(made)
                rows = select(PrescriptionFill.number, PrescriptionFill.count, PrescriptionFill.quantity)
                fills = [tuple(row) for row in db.session.execute(rows.order_by(PrescriptionFill.number))]
                assert fills in ([(1, 2, 2 * UNITS)], [(1, 1, UNITS), (2, 2, 2 * UNITS)]), ran
