"""Saying of a lot that was received without a pack which pack it came in, and taking that back.

Closed packs are sold only from lots whose pack is known. A lot gets a pack by one conditional statement:
of two admins, one is told that the other was quicker. Counts never change here.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import exists, func, or_, select, text, update
from sqlalchemy.exc import IntegrityError

from shop.audit import service as audit
from shop.audit.events import Event
from shop.catalogue.packs import PackFacts, packs
from shop.database import db, rows_changed
from shop.errors import DomainError, NotFound
from shop.paging import Page, within
from shop.projections.cache_version import stock_changed
from shop.stock.models import NO_PACK, ON_HAND, Assignment, Lot, Movement
from shop.stock.queries import closed_of, sold_closed
from shop.stock.rules import Misfit, misfit

PER_PAGE = 20


class NotAssigned(DomainError):
    """The lot keeps what it has; the sentence says why."""

    code = "not_assigned"


@dataclass(frozen=True)
class LooseLot:
    """A lot without a pack that has units left. `closed`: only whole packs of it are sold."""

    id: int
    variant_id: int
    number: str
    expires_on: date
    on_hand: int
    held: int
    closed: bool


@dataclass(frozen=True)
class Assigned:
    """The pack a person gave a lot, while that can be taken back."""

    lot_id: int
    pack_id: int
    number: str
    variant_id: int
    actor_id: int | None
    at: datetime


def loose_lots(number: int = 1, *, words: str = "", variant_ids: list[int] | None = None) -> Page[LooseLot]:
    """Lots without a pack that have units left, by strength and expiry; of `variant_ids`, or so numbered."""
    chosen = select(Lot).where(text(f"lot.{NO_PACK}"), text(f"lot.{ON_HAND}"))
    if words:
        named = Lot.number.icontains(words, autoescape=True)
        chosen = chosen.where(or_(named, Lot.variant_id.in_(variant_ids or [])))
    total = db.session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    number = within(number, PER_PAGE, total)
    in_order = chosen.order_by(Lot.variant_id, Lot.expires_on, Lot.id)
    lots = db.session.scalars(in_order.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    closed = closed_of(lot.variant_id for lot in lots)
    rows = [
        LooseLot(
            lot.id,
            lot.variant_id,
            lot.number,
            lot.expires_on,
            lot.on_hand,
            lot.held,
            lot.variant_id in closed,
        )
        for lot in lots
    ]
    return Page(rows, number, PER_PAGE, total)


def loose_count() -> int:
    """How many lots without a pack have units left."""
    loose = select(func.count()).select_from(Lot).where(text(f"lot.{NO_PACK}"), text(f"lot.{ON_HAND}"))
    return db.session.scalar(loose) or 0


def recently_assigned(most: int = 10) -> list[Assigned]:
    """The newest assignments that nobody has taken back, newest first."""
    rows = db.session.execute(
        select(
            Assignment.lot_id,
            Assignment.pack_id,
            Lot.number,
            Lot.variant_id,
            Assignment.actor_id,
            Assignment.at,
        )
        .join(Lot, Lot.id == Assignment.lot_id)
        .where(Assignment.undone_at.is_(None))
        .order_by(Assignment.id.desc())
        .limit(most)
    )
    return [Assigned(*row) for row in rows]


def assignment_of(lot_id: int) -> Assigned | None:
    """The assignment of a lot that nobody has taken back."""
    found = _open_assignment(lot_id)
    lot = db.session.get(Lot, lot_id)
    if found is None or lot is None:
        return None
    return Assigned(lot_id, found.pack_id, lot.number, lot.variant_id, found.actor_id, found.at)


def assign(lot_id: int, pack_id: int, actor_id: int | None, at: datetime) -> None:
    """Say that a lot came in this pack; its units are sold so from now on. Raises NotAssigned, NotFound."""
    lot = _locked(lot_id)
    pack = packs([pack_id]).get(pack_id)
    if pack is None or pack.variant_id != lot.variant_id:
        raise NotAssigned("This package is not of the lot’s medicine.", "Choose one of the packages shown.")
    _check(lot, pack)
    try:
        changed = rows_changed(
            update(Lot)
            .where(Lot.id == lot_id, Lot.pack_id.is_(None))
            .values(pack_id=pack_id, pack_size=pack.size)
        )
    except IntegrityError as error:
        raise _taken(lot.number) from error
    if not changed:
        raise NotAssigned(f"Lot {lot.number} got a package meanwhile.", "Open the lot to see which.")
    db.session.add(
        Assignment(lot_id=lot_id, pack_id=pack_id, variant_id=lot.variant_id, actor_id=actor_id, at=at)
    )
    _follow(Event.LOT_ASSIGNED, lot, pack.id, actor_id, at)


def take_back(lot_id: int, actor_id: int | None, at: datetime) -> None:
    """The lot has no pack again. Raises NotAssigned once units of it moved or are held as that pack's."""
    lot = _locked(lot_id)
    found = _open_assignment(lot_id)
    if found is None or lot.pack_id != found.pack_id or lot.variant_id != found.variant_id:
        raise NotAssigned(
            "There is nothing to undo: the lot’s package was not assigned here.", "Open the lot."
        )
    moved = select(exists().where(Movement.lot_id == lot_id, Movement.at > found.at))
    if lot.held or db.session.scalar(moved):
        raise NotAssigned(
            f"Units of lot {lot.number} were received, sold or reserved as this package since.",
            "Quarantine the lot if the package is wrong.",
        )
    loose = select(Lot.id).where(Lot.variant_id == lot.variant_id, Lot.number == lot.number)
    if db.session.scalar(loose.where(Lot.pack_id.is_(None))):
        raise NotAssigned(f"There is another lot {lot.number} without a package.", "Assign that one first.")
    db.session.execute(update(Lot).where(Lot.id == lot_id).values(pack_id=None, pack_size=None))
    found.undone_at, found.undone_by = at, actor_id
    _follow(Event.LOT_UNASSIGNED, lot, found.pack_id, actor_id, at)


def _check(lot: Lot, pack: PackFacts) -> None:
    match misfit(lot.on_hand, pack.size, sold_closed(lot.variant_id)):
        case Misfit.UNKNOWN_SIZE:
            raise NotAssigned(
                "How much this package holds is not known, and this medicine is sold sealed.",
                "Enter the package’s size first.",
            )
        case Misfit.PART_OF_A_PACK:
            raise NotAssigned(
                f"{lot.on_hand:,} units left aren’t a whole number of {pack.size:,}-count packages, "
                "and this medicine is sold sealed.",
                "Choose the package it came in, or quarantine the lot and count it.",
            )
    if db.session.scalar(select(exists().where(Lot.pack_id == pack.id, Lot.number == lot.number))):
        raise _taken(lot.number)


def _taken(number: str) -> NotAssigned:
    return NotAssigned(
        f"A lot {number} of this package is in stock already.", "Check whether it is the same lot."
    )


def _locked(lot_id: int) -> Lot:
    question = select(Lot).where(Lot.id == lot_id).with_for_update()
    lot = db.session.scalar(question.execution_options(populate_existing=True))
    if lot is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    return lot


def _open_assignment(lot_id: int) -> Assignment | None:
    open_ones = select(Assignment).where(Assignment.lot_id == lot_id, Assignment.undone_at.is_(None))
    return db.session.scalar(open_ones.order_by(Assignment.id.desc()).limit(1))


def _follow(event: Event, lot: Lot, pack_id: int, actor_id: int | None, at: datetime) -> None:
    """What follows either way: pages that show the stock, and the record."""
    stock_changed([lot.variant_id])
    audit.record(event, at=at, subject=("lot", lot.id), actor_id=actor_id, pack_id=pack_id)
    db.session.flush()
