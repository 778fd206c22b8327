"""Random steps on a prescription's fills, each held against what must always be true.

`FILL_STEPS=10000` takes more of them than every run of the tests does.
"""

import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import func, select

from shop.clock import day_start
from shop.database import db, transaction
from shop.prescriptions import maintenance
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.early_fill import EarlyReason, NothingToOpen, open_next
from shop.prescriptions.ledger.quantities import NotDispensable, NotEnoughLeft, PrescriptionLapsed
from shop.prescriptions.models import PrescriptionFill, PrescriptionItem
from tests.integration.prescriptions.conftest import TODAY

STEPS = int(os.environ.get("FILL_STEPS", "500"))
A_LIFE = 100
"""Steps after which another prescription is taken."""
QUANTITY, REFILLS, DAYS, PROMISE_AND_SPARE = 90, 11, 30, 10


@dataclass
class Told:
    """What the steps so far came to, told without the store's own rule."""

    item_id: int
    reference: str
    last_day: date
    today: date = TODAY
    held: dict[int, int] = field(default_factory=dict)
    shipped: dict[int, tuple[int, date]] = field(default_factory=dict)
    early: int = 0

    @property
    def taken(self) -> int:
        return sum(self.held.values()) + sum(units for units, _ in self.shipped.values())


def test_no_order_of_steps_takes_more_than_fills_allow(baclofen, approve, pharmacist):
    chance = random.Random(20)
    for line in range(STEPS):
        if line % A_LIFE == 0:
            reference, item_id = approve(baclofen, QUANTITY, REFILLS, DAYS)
            told = Told(item_id, reference, TODAY + timedelta(days=359))  # issued six days ago
        chance.choice([order, order, ship, ship, cancel, wait, open_early])(told, line, chance, pharmacist)
        assert_nothing_is_wrong(told)


def order(told: Told, line: int, chance: random.Random, _pharmacist: int) -> None:
    units, refused = chance.choice([1, 30, 60, 90, 91, 360]), None
    try:
        with transaction():
            quantities.hold_quantity(told.item_id, line, units, day_start(told.today), told.today)
    except NotEnoughLeft as refusal:
        refused = refusal.covered
    if refused is None:
        assert units <= QUANTITY
        assert told.today <= told.last_day
        told.held[line] = units
    else:
        assert refused.now < units
        assert refused.next_on is None or refused.next_on > told.today


def ship(told: Told, _line: int, chance: random.Random, _pharmacist: int) -> None:
    if not told.held:
        return
    line = chance.choice(list(told.held))
    try:
        with transaction():
            quantities.dispense_quantity([line], day_start(told.today), required=[line])
    except PrescriptionLapsed:
        assert told.today > told.last_day
    else:
        told.shipped[line] = told.held.pop(line), told.today


def cancel(told: Told, _line: int, chance: random.Random, _pharmacist: int) -> None:
    lines = [*told.held, *told.shipped]
    if not lines:
        return
    line = chance.choice(lines)
    with transaction():
        quantities.release_quantity([line], day_start(told.today))
    if told.held.pop(line, None):
        try:
            with transaction():
                quantities.dispense_quantity([line], day_start(told.today))
        except (NotDispensable, PrescriptionLapsed):
            return
        raise AssertionError("units that were given back have been dispensed")


def wait(told: Told, _line: int, chance: random.Random, _pharmacist: int) -> None:
    told.today += timedelta(days=chance.choice([1, 5, 20, 31]))


def open_early(told: Told, _line: int, _chance: random.Random, pharmacist: int) -> None:
    at = day_start(told.today)
    try:
        with transaction():
            open_next(told.reference, told.item_id, EarlyReason.VACATION, pharmacist, at, told.today)
    except NothingToOpen:
        return
    told.early += 1


def assert_nothing_is_wrong(told: Told) -> None:
    db.session.rollback()
    fills = db.session.scalars(
        select(PrescriptionFill)
        .where(PrescriptionFill.item_id == told.item_id)
        .order_by(PrescriptionFill.number)
    ).all()
    assert [fill.number for fill in fills] == list(range(1, len(fills) + 1))
    assert len(fills) <= 1 + REFILLS
    assert sum(fill.taken for fill in fills) == told.taken
    assert all(0 <= fill.taken <= fill.quantity == QUANTITY for fill in fills)
    assert sum(fill.opened_by is not None for fill in fills) == told.early
    by_itself = [fill for fill in fills if fill.opened_by is None]
    opened = [fill.opened_on for fill in by_itself]
    assert opened == sorted(opened)
    for fill in by_itself[1:]:
        before = next(earlier for earlier in fills if earlier.number == fill.number - 1)
        # a whole fill before it, shipped long enough ago: 30 days less 10
        assert before.opened_on + timedelta(days=DAYS - PROMISE_AND_SPARE) <= fill.opened_on
    item = db.session.get_one(PrescriptionItem, told.item_id)
    assert item.taken == told.taken <= item.authorized


def test_the_nightly_verification_sees_a_fill_that_its_ledger_does_not_explain(baclofen, approve):
    _, item_id = approve(baclofen, QUANTITY, REFILLS, DAYS)
    with transaction():
        quantities.hold_quantity(item_id, 1, 60, day_start(TODAY), TODAY)
    db.session.rollback()
    assert not list(maintenance.quantities().problems)
    with transaction():
        fill = db.session.scalars(select(PrescriptionFill)).one()
        fill.taken = 30
    assert db.session.scalar(select(func.sum(PrescriptionFill.taken))) == 30
    assert len(list(maintenance.quantities().problems)) == 1
