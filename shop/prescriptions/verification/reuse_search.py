"""Finding which earlier prescription one may be, over all accounts: pages by bands, facts by the patient.

Pages that look alike share bands, so an index finds them among all there are; what shares fewest is left out.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select

from shop.catalogue import substitutes
from shop.clock import business_date
from shop.database import db
from shop.patients import queries as patients
from shop.patients.finding import keys_of
from shop.prescriptions import looks
from shop.prescriptions.document_models import DocumentPage, PageBand, PrescriptionDocument
from shop.prescriptions.models import Prescription, PrescriptionItem
from shop.prescriptions.rules import MOST_DOCUMENTS
from shop.prescriptions.states import PrescriptionStatus
from shop.prescriptions.verification.reuse import Earlier, Facts, possible_copies

MOST_PAGES = 10 * MOST_DOCUMENTS
"""Pages of one prescription that are searched for: all, or a copy could be sent behind other pages."""
MOST_CANDIDATES = 200
"""Prescriptions whose pages are compared with one page, those that share most bands with it, oldest first:
one with many such pages counts once, so that none can be crowded out.
"""


def copies_of(prescription: Prescription, facts: Facts) -> tuple[Earlier, ...]:
    """What a pharmacist has to compare with it, given what is typed in so far."""
    near = _alike(prescription.id)
    stated = _stating(prescription.id, facts)
    return possible_copies(facts, _earlier(prescription.user_id, facts, near, near.keys() | stated))


def _alike(prescription_id: int) -> dict[int, int]:
    """Other prescriptions with a page that looks like one of this one's, and how many bits lie between."""
    found: dict[int, int] = {}
    own = (
        select(DocumentPage.mark)
        .join(PrescriptionDocument, PrescriptionDocument.id == DocumentPage.document_id)
        .where(PrescriptionDocument.prescription_id == prescription_id, DocumentPage.mark.is_not(None))
        .order_by(DocumentPage.id)
        .limit(MOST_PAGES)
    )
    for mark in set(db.session.scalars(own)):
        assert mark is not None
        for other, bits in looks.nearest(mark, _candidates(mark, prescription_id)).items():
            found[other] = min(bits, found.get(other, looks.BITS))
    return found


def pages_near(mark: str) -> Select[int, int]:
    """The pages that share enough bands with a mark, however it is turned, and how many they share."""
    values: dict[int, set[int]] = {}
    for turned in looks.turns(mark):
        for band, value in enumerate(looks.bands(turned)):
            values.setdefault(band, set()).add(value)
    # A condition for each band: of pairs in one list, SQLite would read the whole table.
    shares = [(PageBand.band == band) & PageBand.value.in_(values[band]) for band in sorted(values)]
    shared = func.count()
    return (
        select(PageBand.page_id, shared.label("shared"))
        .where(or_(*shares))
        .group_by(PageBand.page_id)
        .having(shared >= looks.LEAST_SHARED)
    )


def _candidates(mark: str, prescription_id: int) -> Iterable[tuple[str, int]]:
    """(mark, prescription) of the pages that share bands with this one, however it is turned."""
    near = pages_near(mark).subquery()
    theirs = PrescriptionDocument.prescription_id
    pages = (
        select(DocumentPage.mark, theirs, func.max(near.c.shared).label("shared"))
        .join(near, near.c.page_id == DocumentPage.id)
        .join(PrescriptionDocument, PrescriptionDocument.id == DocumentPage.document_id)
        .where(theirs != prescription_id)  # nor a draft's, which is NULL
        .group_by(DocumentPage.mark, theirs)
    ).cte()
    first = (
        select(pages.c.prescription_id)
        .group_by(pages.c.prescription_id)
        .order_by(func.max(pages.c.shared).desc(), pages.c.prescription_id)
        .limit(MOST_CANDIDATES)
    )
    found = select(pages.c.mark, pages.c.prescription_id).where(pages.c.prescription_id.in_(first))
    return [(row.mark, row.prescription_id) for row in db.session.execute(found)]


def _stating(prescription_id: int, facts: Facts) -> set[int]:
    """Other prescriptions that state prescriber, day and person as this one does, with any medicine."""
    if not (facts.npi and facts.issued_on and facts.persons and facts.variant_ids):
        return set()
    rows = db.session.scalars(
        select(Prescription.id)
        .where(Prescription.patient_id.in_(patients.ids_by_keys(facts.persons)))
        .where(Prescription.id != prescription_id, Prescription.prescriber_npi == facts.npi)
        .where(Prescription.issued_on == facts.issued_on)
        .order_by(Prescription.id.desc())
        .limit(MOST_CANDIDATES)
    )
    return set(rows)


def _earlier(user_id: int, facts: Facts, near: dict[int, int], ids: Collection[int]) -> list[Earlier]:
    """What is known of them. One of another product of a medicine of `facts` counts as this product too: what
    is written on one paper may have been entered as the brand there and as the generic here.
    """
    if not ids:
        return []
    rows = db.session.scalars(select(Prescription).where(Prescription.id.in_(ids))).all()
    items: dict[int, list[Any]] = {}
    columns = PrescriptionItem.prescription_id, PrescriptionItem.variant_id, PrescriptionItem.taken
    for item in db.session.execute(select(*columns).where(PrescriptionItem.prescription_id.in_(ids))):
        items.setdefault(item.prescription_id, []).append(item)
    keys = patients.search_keys_of(row.patient_id for row in rows)
    on_them = {item.variant_id for mine in items.values() for item in mine}
    products = substitutes.read(on_them | facts.variant_ids if on_them and facts.variant_ids else ())
    means = {
        one: {one, *(ours for ours in facts.variant_ids if products.may_fill(one, ours, as_written=False))}
        for one in on_them
    }
    return [
        Earlier(
            row.id,
            row.reference,
            business_date(row.submitted_at),
            row.user_id == user_id,
            Facts(
                row.prescriber_npi or "",
                row.issued_on,
                frozenset({keys[row.patient_id]} if row.patient_id in keys else ()),
                frozenset(one for item in items.get(row.id, ()) for one in means[item.variant_id]),
            ),
            near.get(row.id),
            sum(item.taken for item in items.get(row.id, ())),
            row.status == PrescriptionStatus.APPROVED,
            row.status == PrescriptionStatus.TRANSFERRED,
            row.status == PrescriptionStatus.WITHDRAWN,
        )
        for row in rows
    ]


def persons_of(*named: tuple[str, Any]) -> frozenset[str]:
    """The keys under which these people, each a name and a birth date, are found; nameless ones have none."""
    return frozenset(key for name, born in named if name for key in keys_of(name, born))
