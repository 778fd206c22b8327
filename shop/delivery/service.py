"""Writing delivery methods and estimates of weights. Flushes, never commits."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, lock_name
from shop.delivery import queries
from shop.delivery.calendar import fitting
from shop.delivery.models import DeliveryMethod, DeliveryStep, DeliveryWeight, DeliveryZone
from shop.delivery.rules import Method, Step, Zone
from shop.delivery.weights import STANDARD, Kind
from shop.errors import DomainError, NotFound
from shop.seen import check_seen

FAR = frozenset({"AK", "HI", "AS", "GU", "MP", "PR", "VI"})
"""Not on the mainland: slower and dearer at the start, where the store serves them."""


class CodeTaken(DomainError):
    """Another delivery method, perhaps a withdrawn one, has this code."""

    code = "code_taken"

    def __init__(self) -> None:
        super().__init__("Another delivery method has this code.", "Choose another code.")


class LastMethod(DomainError):
    """Without this method nothing could be sent at all."""

    code = "last_method"

    def __init__(self) -> None:
        super().__init__("This is the only method you offer.", "Add or restore another one first.")


def starting(cents: int, delivery_days: int) -> tuple[Method, ...]:
    """What a store may start with: ordinary mail from `cents` on, and a quicker way, none slower than
    `delivery_days` after shipping."""
    most = fitting(delivery_days)

    def steps(first: int, *more: int) -> tuple[Step, ...]:
        return tuple(
            Step(up_to, first + add) for up_to, add in zip((500, 2000, None), (0, *more), strict=True)
        )

    return (
        Method(
            "standard",
            "Standard mail",
            2,
            (
                Zone(FAR, min(4, most), steps(cents + 600, 500, 1400)),
                Zone(frozenset(), min(3, most), steps(cents, 400, 1000), free_from_cents=7500),
            ),
        ),
        Method(
            "express",
            "Express",
            1,
            (
                Zone(FAR, min(3, most), steps(cents + 2000, 1000, 2500)),
                Zone(frozenset(), min(1, most), steps(cents + 800, 600, 1700)),
            ),
        ),
    )


def add(method: Method, actor_id: int | None, at: datetime) -> None:
    """Offer another method, last in order. Raises CodeTaken."""
    lock_name("delivery methods")
    if _by_code(method.code):
        raise CodeTaken
    last = db.session.scalar(select(func.max(DeliveryMethod.position))) or 0
    row = DeliveryMethod(code=method.code, position=last + 1)
    db.session.add(row)
    _write(row, method, actor_id, at)


def change(method: Method, seen: str, actor_id: int, at: datetime) -> None:
    """Replace what the method of this code costs and takes; orders that are there keep theirs.

    Raises NotFound, and ChangedMeanwhile where it is neither as `seen` nor as wanted.
    """
    lock_name("delivery methods")
    row = _known(method.code)
    stored = queries.method_of(row)
    if stored == method:
        return
    check_seen(seen, stored.state)
    _write(row, method, actor_id, at)


def withdraw(code: str, actor_id: int, at: datetime) -> None:
    """Stop offering a method. Raises NotFound, and LastMethod for the only one that is offered."""
    lock_name("delivery methods")
    row = _known(code)
    others = [one for one in queries.rows() if one.withdrawn_at is None and one.id != row.id]
    if not others:
        raise LastMethod
    row.withdrawn_at = at
    _record(Event.DELIVERY_METHOD_WITHDRAWN, row, actor_id, at)


def restore(code: str, actor_id: int, at: datetime) -> None:
    """Offer a withdrawn method again. Raises NotFound."""
    lock_name("delivery methods")
    row = _known(code)
    row.withdrawn_at = None
    _record(Event.DELIVERY_METHOD_RESTORED, row, actor_id, at)


def set_weights(milligrams: Mapping[Kind, int], seen: str, actor_id: int, at: datetime) -> None:
    """Replace the owner's estimates; a kind that is not among them has the store's own again.

    Raises ChangedMeanwhile.
    """
    lock_name("delivery weights")
    check_seen(seen, queries.weights())
    db.session.query(DeliveryWeight).delete()
    kept = {kind: value for kind, value in milligrams.items() if value != STANDARD[kind]}
    db.session.add_all(DeliveryWeight(kind=kind, milligrams=value) for kind, value in kept.items())
    db.session.flush()
    detail = {kind.value: value for kind, value in kept.items()}
    audit.record(
        Event.DELIVERY_WEIGHTS_SET, at=at, subject=("delivery_weight", "all"), actor_id=actor_id, **detail
    )


def _write(row: DeliveryMethod, method: Method, actor_id: int | None, at: datetime) -> None:
    row.name, row.handling_days = method.name, method.handling_days
    row.zones = [
        DeliveryZone(
            states=" ".join(sorted(zone.states)),
            transit_days=zone.transit_days,
            free_from_cents=zone.free_from_cents,
            steps=[DeliveryStep(up_to_grams=step.up_to_grams, cents=step.cents) for step in zone.steps],
        )
        for zone in method.zones
    ]
    _record(Event.DELIVERY_METHOD_SAVED, row, actor_id, at)


def _record(event: Event, row: DeliveryMethod, actor_id: int | None, at: datetime) -> None:
    db.session.flush()
    audit.record(event, at=at, subject=("delivery_method", row.id), actor_id=actor_id, code=row.code)


def _by_code(code: str) -> DeliveryMethod | None:
    return db.session.scalar(select(DeliveryMethod).where(DeliveryMethod.code == code))


def _known(code: str) -> DeliveryMethod:
    row = _by_code(code)
    if row is None:
        raise NotFound("There is no delivery method with this code.", "Choose one from the list.")
    return row
