"""Random steps on a prescription's fills, each held against what must always be true.

`FILL_STEPS=10000` takes more of them than every run of the tests does.
"""

import os
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from sqlalchemy import func, select, update

from shop.clock import day_start
from shop.database import db, transaction
from shop.prescriptions import maintenance
from shop.prescriptions.early_reasons import EarlyReason
from shop.prescriptions.ledger import combined_fill, quantities
from shop.prescriptions.ledger.combined_fill import CombineReason, Judgment, NothingToCombine
from shop.prescriptions.ledger.early_fill import NothingToOpen, open_next
from shop.prescriptions.ledger.quantities import NotDispensable, NotEnoughLeft, PrescriptionLapsed
from shop.prescriptions.models import Prescription, PrescriptionFill, PrescriptionItem
from tests.factories import make_variant
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
    variants: tuple[int, int]
    first_day: date
    last_day: date
    share: int
    today: date = TODAY
    held: dict[int, int] = field(default_factory=dict)
    shipped: dict[int, tuple[int, date]] = field(default_factory=dict)
    opened: set[int] = field(default_factory=set)
    combined: int = 1

    @property
    def taken(self) -> int:
        return sum(self.held.values()) + sum(units for units, _ in self.shipped.values())


def order(told: Told, line: int, chance: random.Random, _pharmacist: int) -> None:
    units, refused = chance.choice([1, 30, 60, 90, 91, 360]), None
    try:
        with transaction():
            variant_id, at = chance.choice(told.variants), day_start(told.today)
            quantities.hold_quantity(told.item_id, line, units, at, told.today, variant_id)
    except NotEnoughLeft as refusal:
        refused = refusal.covered
    if refused is None:
        assert units <= QUANTITY * told.combined
        assert told.first_day <= told.today <= told.last_day
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
            why = EarlyReason.VACATION
            told.opened.add(open_next(told.reference, told.item_id, why, pharmacist, at, told.today))
    except NothingToOpen:
        return


def combine(told: Told, _line: int, chance: random.Random, pharmacist: int) -> None:
    count, why = chance.choice([1, 2, 3, 20]), (CombineReason.TRAVEL, Judgment.LABEL_READ)
    who = pharmacist, day_start(told.today), told.today
    try:
        with transaction():
            number = combined_fill.combine_next(told.reference, told.item_id, count, *why, *who)
    except NothingToCombine:
        return
    assert 2 <= count <= 1 + REFILLS
    told.opened.add(number)
    told.combined = max(told.combined, count)


def separate(told: Told, _line: int, _chance: random.Random, pharmacist: int) -> None:
    try:
        with transaction():
            combined_fill.separate(told.reference, told.item_id, pharmacist, day_start(told.today))
    except NothingToCombine:
        return


STEPS_TAKEN = (order, order, order, ship, ship, cancel, wait, open_early, combine, separate)


def test_no_order_of_steps_takes_more_than_fills_allow(context, approve, pharmacist):
    """Two products fill each prescription; some have a share of their own, or a day to be filled from."""
    chance = random.Random(20)
    variants = (
        make_variant("Amoxicillin", "500 mg"),
        make_variant("Specimox", "500 mg", ingredients=("amoxicillin",)),
    )
    for line in range(STEPS):
        if line % A_LIFE == 0:
            reference, item_id = approve(chance.choice(variants), QUANTITY, REFILLS, DAYS)
            told = a_life(reference, item_id, variants, chance)
        chance.choice(STEPS_TAKEN)(told, line, chance, pharmacist)
        assert_nothing_is_wrong(told)


def a_life(reference: str, item_id: int, variants: tuple[int, int], chance: random.Random) -> Told:
    share, later = chance.choice([None, 10, 100]), chance.choice([None, 0, 7])
    first_day = TODAY + timedelta(days=later or 0)
    with transaction() as session:
        item = PrescriptionItem.id == item_id
        session.execute(update(PrescriptionItem).where(item).values(refill_share=share))
        if later is not None:
            mine = Prescription.reference == reference
            session.execute(update(Prescription).where(mine).values(fill_from=first_day))
    last_day = TODAY + timedelta(days=359)  # issued six days ago
    return Told(item_id, reference, variants, first_day, last_day, share or 75)


def assert_nothing_is_wrong(told: Told) -> None:
    db.session.rollback()
    fills = db.session.scalars(
        select(PrescriptionFill)
        .where(PrescriptionFill.item_id == told.item_id)
        .order_by(PrescriptionFill.number)
    ).all()
    following = 1
    for fill in fills:
        assert fill.number == following
        following += fill.count
    assert following - 1 <= 1 + REFILLS
    assert sum(fill.taken for fill in fills) == told.taken
    assert all(0 <= fill.taken <= fill.quantity == QUANTITY * fill.count for fill in fills)
    assert {fill.number for fill in fills if fill.opened_by is not None} <= told.opened
    assert all(fill.count == 1 for fill in fills if fill.opened_by is None)
    by_itself = [fill for fill in fills if fill.opened_by is None]
    opened = [fill.opened_on for fill in by_itself]
    assert opened == sorted(opened)
    for before, fill in pairwise(fills):
        if fill.opened_by is None:  # the whole fill before it, shipped long enough ago
            days = DAYS * before.count
            wait_at_least = min(ceil(told.share * days / 100), days - PROMISE_AND_SPARE)
            assert before.opened_on + timedelta(days=wait_at_least) <= fill.opened_on
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
