"""The directory of prescribers: found as somebody types, added at an approval, corrected by pharmacists.

A prescription keeps what it stated; here stands what is true of the prescriber now. Flushes, never commits.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, literal, select, tuple_

from shop.audit import service as audit
from shop.audit.events import Event
from shop.database import db, lock_name
from shop.errors import DomainError, NotFound
from shop.keyset import Window
from shop.prescriptions.prescriber_models import Prescriber
from shop.prescriptions.prescriber_rules import search_name
from shop.seen import check_seen

PER_PAGE = 50
FOUND_AT_MOST = 8
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class Stated:
    """A prescriber as typed in. One of `npi` and `license` is given, the other ""."""

    name: str
    npi: str = ""
    license: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class PrescriberFacts:
    """One of the directory. `npi` and `license` are "" where there is none."""

    id: int
    reference: str
    name: str
    npi: str
    license: str
    address: str
    phone: str


class PrescriberKnown(DomainError):
    """Another entry has this identifier."""

    status = 422
    code = "prescriber_known"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"In the directory, this identifier is {name}’s; nothing was changed.",
            "Compare the number with the prescription, or correct that entry.",
        )


def known(npi: str, license_: str) -> PrescriberFacts | None:
    """The entry with this identifier; None for none."""
    row = _by_identifier(npi, license_)
    return _facts(row) if row else None


def by_reference(reference: str) -> PrescriberFacts:
    """One entry. Raises NotFound."""
    return _facts(_one(reference))


def by_id(prescriber_id: int | None) -> PrescriberFacts | None:
    """One entry by its id; None for none."""
    row = db.session.get(Prescriber, prescriber_id) if prescriber_id is not None else None
    return _facts(row) if row else None


def stated_of(known: PrescriberFacts) -> Stated:
    """What an entry states, as the form that corrects it has it."""
    return Stated(known.name, known.npi, known.license, known.address, known.phone)


def search(text: str, most: int = FOUND_AT_MOST) -> list[PrescriberFacts]:
    """Entries of which each typed word begins a word of the name, or the text begins the identifier."""
    where = _matching(text)
    if where is None:
        return []
    rows = db.session.scalars(
        select(Prescriber).where(where).order_by(Prescriber.search_name, Prescriber.id).limit(most)
    )
    return [_facts(row) for row in rows]


def page(text: str, edge: str) -> Window[PrescriberFacts]:
    """A page by name, from the entry `edge` on ("-" before it: backward); "" is the start."""
    backward, beside = edge.startswith("-"), edge.removeprefix("-")
    here = db.session.scalar(select(Prescriber).where(Prescriber.reference == beside)) if beside else None
    order: tuple[Any, Any] = (Prescriber.search_name, Prescriber.id)
    question = select(Prescriber)
    if (where := _matching(text)) is not None:
        question = question.where(where)
    if here is not None:
        place = tuple_(here.search_name, here.id)
        question = question.where(tuple_(*order) < place if backward else tuple_(*order) > place)
    backward = backward and here is not None
    question = question.order_by(*(one.desc() if backward else one.asc() for one in order))
    found = list(db.session.scalars(question.limit(PER_PAGE + 1)))
    more, rows = len(found) > PER_PAGE, found[:PER_PAGE]
    if backward:
        rows.reverse()
    before, after = (more, True) if backward else (here is not None, more)
    return Window(
        [_facts(row) for row in rows],
        f"-{rows[0].reference}" if rows and before else None,
        rows[-1].reference if rows and after else None,
    )


def keep(stated: Stated, actor_id: int, at: datetime, *, rename: bool, moved: bool) -> int:
    """The id of the entry with this identifier, made where there is none; what it lacks is filled in.

    Its name changes only with `rename`, an address or phone it has only with `moved`.
    """
    _lock(stated.npi, stated.license)
    row = _by_identifier(stated.npi, stated.license)
    if row is None:
        row = Prescriber(
            reference=uuid4().hex,
            name=stated.name,
            search_name=search_name(stated.name),
            npi=stated.npi or None,
            license=stated.license or None,
            address=stated.address,
            phone=stated.phone,
            created_by=actor_id,
            created_at=at,
        )
        db.session.add(row)
        db.session.flush()
        _record(Event.PRESCRIBER_ADDED, row, actor_id, at)
        return row.id
    _change(
        row,
        Stated(
            stated.name if rename else row.name,
            row.npi or "",
            row.license or "",
            (stated.address or row.address) if moved or not row.address else row.address,
            (stated.phone or row.phone) if moved or not row.phone else row.phone,
        ),
        actor_id,
        at,
    )
    return row.id


def correct(reference: str, stated: Stated, actor_id: int, at: datetime, seen: str | None = None) -> None:
    """Change an entry to what is stated. Raises NotFound, PrescriberKnown, and ChangedMeanwhile where it is
    neither as `seen` nor as stated."""
    _lock(stated.npi, stated.license)
    db.session.refresh(row := _one(reference), with_for_update=True)
    if stated_of(before := _facts(row)) != stated:
        check_seen(seen, asdict(stated_of(before)))
    other = _by_identifier(stated.npi, stated.license)
    if other is not None and other.id != row.id:
        raise PrescriberKnown(other.name)
    _change(row, stated, actor_id, at)


def _change(row: Prescriber, stated: Stated, actor_id: int, at: datetime) -> None:
    values = {
        "name": stated.name,
        "search_name": search_name(stated.name),
        "npi": stated.npi or None,
        "license": stated.license or None,
        "address": stated.address,
        "phone": stated.phone,
    }
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    row.changed_at = at
    db.session.flush()
    _record(Event.PRESCRIBER_CHANGED, row, actor_id, at, changed=" ".join(changed))


def _lock(npi: str, license_: str) -> None:
    lock_name(f"prescriber {npi or license_}")  # somebody may just be adding them


def _by_identifier(npi: str, license_: str) -> Prescriber | None:
    if not npi and not license_:
        return None
    same = Prescriber.npi == npi if npi else Prescriber.license == license_
    return db.session.scalar(select(Prescriber).where(same).execution_options(populate_existing=True))


def _one(reference: str) -> Prescriber:
    row = db.session.scalar(select(Prescriber).where(Prescriber.reference == reference))
    if row is None:
        raise NotFound("We couldn’t find this prescriber.", "Search the directory.")
    return row


def _matching(text: str) -> ColumnElement[bool] | None:
    """The condition that an entry is what `text` looks for; None where it has no letter or digit."""
    words = search_name(text[:LONGEST_SEARCH]).split()
    if not words:
        return None
    name = literal(" ") + Prescriber.search_name
    begins = " ".join(text.split()).upper()[:LONGEST_SEARCH]
    return (
        and_(*(name.contains(f" {word}", autoescape=True) for word in words))
        | Prescriber.npi.startswith(begins.replace("-", "").replace(" ", ""), autoescape=True)
        | Prescriber.license.startswith(begins, autoescape=True)
    )


def _facts(row: Prescriber) -> PrescriberFacts:
    return PrescriberFacts(
        row.id, row.reference, row.name, row.npi or "", row.license or "", row.address, row.phone
    )


def _record(event: Event, row: Prescriber, actor_id: int, at: datetime, **detail: str) -> None:
    audit.record(event, at=at, subject=("prescriber", row.id), actor_id=actor_id, **detail)
