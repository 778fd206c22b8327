"""Reading lots for the stock desk: by page, and one with its ledger. Its figures are in `figures`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, func, or_, select, text, type_coerce

from shop.database import db
from shop.paging import Page, within
from shop.stock.models import ON_HAND, Lot, Movement
from shop.stock.states import LotStatus

PER_PAGE = 25
NEWEST_MOVEMENTS = 100
SORTS = ("medicine", "lot", "on_hand", "expires", "cost")
VALUE = Lot.on_hand * type_coerce(Lot.unit_cost, BigInteger)


@dataclass(frozen=True)
class LotRow:
    """One line of the stock desk; quantities in units, cost per unit."""

    id: int
    variant_id: int
    pack_id: int | None
    number: str
    expires_on: date
    status: str
    status_reason: str
    on_hand: int
    held: int
    unit_cost: Decimal | None
    received_at: datetime

    @property
    def cost(self) -> Decimal | None:
        """What is on hand, at cost."""
        return None if self.unit_cost is None else self.unit_cost * self.on_hand


@dataclass(frozen=True)
class LotFilter:
    """Which lots. `state`: one of rules.LotState but "soon", or "" for all that are not empty.

    `text` matches in a lot number; lots of `variant_ids` match it as well, those of `pack_ids` too.
    `expires_by`: those that expire from today through that day, so none that has expired.
    """

    today: date
    text: str = ""
    variant_ids: Sequence[int] = ()
    pack_ids: Sequence[int] = ()
    expires_by: date | None = None
    state: str = ""


@dataclass(frozen=True)
class Ledger:
    """One movement of a lot, and what was on hand after it."""

    at: datetime
    kind: str
    quantity: int
    after: int
    actor_id: int | None
    order_line_id: int | None
    reason: str = ""


def lots_page(
    which: LotFilter,
    *,
    number: int = 1,
    sort: str = "medicine",
    descending: bool = False,
    variant_order: Sequence[int] = (),
) -> Page[LotRow]:
    """Lots for the stock page. Sorted by medicine they follow `variant_order`, then expiry."""
    chosen = _filtered(which)
    if sort == "medicine":
        return _by_medicine(chosen, number, variant_order[::-1] if descending else variant_order)
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    number = within(number, PER_PAGE, total)
    column = _COLUMNS[sort]
    lots = db.session.scalars(
        chosen.order_by(column.desc() if descending else column.asc(), Lot.expires_on, Lot.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page([_row(lot) for lot in lots], number, PER_PAGE, total)


def _by_medicine(chosen: Select[Lot], number: int, variant_order: Sequence[int]) -> Page[LotRow]:
    """The page's lots, read by their variants alone: the order of names is not the database's to know."""
    counted = chosen.with_only_columns(Lot.variant_id, func.count().label("lots")).group_by(Lot.variant_id)
    counts: dict[int, int] = {row.variant_id: row.lots for row in db.session.execute(counted)}
    total = sum(counts.values())
    number = within(number, PER_PAGE, total)
    first, before, lots = (number - 1) * PER_PAGE, 0, 0
    variants: list[int] = []
    for variant_id in variant_order or sorted(counts):
        if not variants and before + counts.get(variant_id, 0) <= first:
            before += counts.get(variant_id, 0)
        elif variant_id in counts and before + lots < first + PER_PAGE:
            variants.append(variant_id)
            lots += counts[variant_id]
    rank = {variant_id: place for place, variant_id in enumerate(variants)}
    found = db.session.scalars(chosen.where(Lot.variant_id.in_(variants)).order_by(Lot.expires_on, Lot.id))
    rows = sorted((_row(lot) for lot in found), key=lambda row: rank[row.variant_id])
    return Page(rows[first - before : first - before + PER_PAGE], number, PER_PAGE, total)


def lot(lot_id: int) -> LotRow | None:
    """One lot, or None when there is none of that id."""
    found = db.session.get(Lot, lot_id)
    return _row(found) if found else None


def movements(lot: LotRow) -> list[Ledger]:
    """The lot's newest movements, newest first, each with what was on hand after it.

    Counted back from what is on hand now, so that a lot's thousands of earlier movements are not read.
    """
    rows = db.session.execute(
        select(*_LEDGER).where(Movement.lot_id == lot.id).order_by(Movement.id.desc()).limit(NEWEST_MOVEMENTS)
    )
    after, found = lot.on_hand, []
    for row in rows:
        at, kind, quantity, *who = row
        found.append(Ledger(at, kind, quantity, after, *who))
        after -= row.quantity
    return found


_LEDGER: tuple[Any, ...] = (
    Movement.at,
    Movement.kind,
    Movement.quantity,
    Movement.actor_id,
    Movement.order_line_id,
    Movement.reason,
)
_COLUMNS: dict[str, Any] = {
    "lot": Lot.number,
    "on_hand": Lot.on_hand,
    "expires": Lot.expires_on,
    "cost": func.coalesce(VALUE, 0),
}


def _filtered(which: LotFilter) -> Select[Lot]:
    chosen = select(Lot)
    if which.text:
        chosen = chosen.where(
            or_(
                Lot.number.icontains(which.text, autoescape=True),
                Lot.variant_id.in_(which.variant_ids),
                Lot.pack_id.in_(which.pack_ids),
            )
        )
    if which.expires_by:
        chosen = chosen.where(Lot.expires_on.between(which.today, which.expires_by))
    if which.state == "empty":
        return chosen.where(Lot.on_hand == 0)
    chosen = chosen.where(text(ON_HAND))
    if which.state == "expired":
        return chosen.where(~Lot.good_on(which.today))
    if which.state == "quarantined":
        return chosen.where(Lot.status == LotStatus.QUARANTINED)
    if which.state == "pick":
        return chosen.where(Lot.status == LotStatus.PICKABLE, Lot.good_on(which.today))
    return chosen


def _row(lot: Lot) -> LotRow:
    return LotRow(
        id=lot.id,
        variant_id=lot.variant_id,
        pack_id=lot.pack_id,
        number=lot.number,
        expires_on=lot.expires_on,
        status=lot.status,
        status_reason=lot.status_reason,
        on_hand=lot.on_hand,
        held=lot.held,
        unit_cost=lot.unit_cost,
        received_at=lot.received_at,
    )
