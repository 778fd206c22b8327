"""The review asked of cases that were read: each alert with the hash of what it rests on, and whether a
pharmacist has settled the same before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import compress

from sqlalchemy import select, union_all

from shop.clock import day_start
from shop.database import db
from shop.drug_review import effective
from shop.drug_review.basis import basis_of, still_open
from shop.drug_review.models import DECIDED, ReviewAlert
from shop.drug_review.reading import Case, ReviewRequest, read
from shop.drug_review.review import review
from shop.drug_review.review_requests import once_each
from shop.drug_review.taking import Alert, Taking
from shop.orders.models import Order
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.vault.keyed_hash import keyed_hashes

_PURPOSE = b"formulary basis of a drug review alert v1"
HOLDS_FOR = timedelta(days=365)
"""How long a decision holds at most (store policy); `models.ReviewAlert.holds_until` may be sooner."""
GENERAL = "general"
"""The version of alerts that rest on no fact."""
LONGEST_RULE = 160
Settled = Mapping[str, frozenset[str]]
"""By rule, the hashes of the basis of every decision."""


@dataclass(frozen=True)
class Asked:
    """One alert about a patient. `hashes` of its basis, the one to store first; `about` are the medicines.

    `facts_version` is that of the ingredient's facts, with the newest change of a pharmacist in it.
    """

    alert: Alert
    patient_id: int | None
    hashes: tuple[str, ...]
    about: tuple[Taking, ...]
    facts_version: str = GENERAL

    @property
    def rule(self) -> str:
        return self.alert.rule[:LONGEST_RULE]

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.alert.verdict)

    @property
    def key(self) -> str:
        """What the alert is called on a page, the same until what it rests on changes."""
        text = f"{self.patient_id} {self.alert.rule} {self.hashes[0]}"
        return f"drug-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def ask(requests: Sequence[ReviewRequest], today: date) -> list[list[Asked]]:
    """All alerts of each request, those that stop first, by the facts as pharmacists have changed them."""
    cases = read(requests, today)
    book = effective.book() if any(case.under_review for case in cases) else None
    asked = [_alerts(case, book) if book else [] for case in cases]
    kept = once_each(requests, [[one.alert for one in found] for found in asked])
    return [list(compress(found, wanted)) for found, wanted in zip(asked, kept, strict=True)]


def ask_open(requests: Sequence[ReviewRequest], today: date) -> list[list[Asked]]:
    """The alerts of each request that stop, or need a decision nobody has taken: one question more."""
    shown = ask_shown(requests, today)
    return [[one for one in found if one.verdict is not Verdict.ADVICE] for found in shown]


def ask_shown(requests: Sequence[ReviewRequest], today: date) -> list[list[Asked]]:
    """The same, with advice."""
    asked = ask(requests, today)
    settled = _settled(requests, today)
    return [
        _open(found, settled.get(_whose(request), {})) for request, found in zip(requests, asked, strict=True)
    ]


def _alerts(case: Case, book: Book) -> list[Asked]:
    takings = case.takings
    return [
        Asked(
            alert,
            case.request.patient_id,
            keyed_hashes(
                _PURPOSE,
                basis_of(alert, takings, case.request.health, age_known=case.person.age is not None),
            ),
            tuple(takings[key] for key in alert.about if key in takings),
            book.facts[alert.fact.ingredient].version if alert.fact else GENERAL,
        )
        for alert in review(case.under_review, case.others, case.person, book)
    ]


def _open(asked: list[Asked], settled: Settled) -> list[Asked]:
    questions = [(one.rule, one.verdict.value, frozenset(one.hashes)) for one in asked]
    places = set(still_open(questions, settled))
    return [one for place, one in enumerate(asked) if one.verdict is Verdict.ADVICE or place in places]


def _whose(request: ReviewRequest) -> tuple[int | None, str | None]:
    """Whose decisions hold: the patient's, in whatever order; of nobody on file, those about this order."""
    return (request.patient_id, None) if request.patient_id is not None else (None, request.order)


def _settled(requests: Iterable[ReviewRequest], today: date) -> dict[tuple[int | None, str | None], Settled]:
    """What was decided before and still holds, by `_whose`."""
    wanted = {_whose(request) for request in requests}
    patients = [patient for patient, _ in wanted if patient is not None]
    orders = [order for _, order in wanted if order is not None]
    recent = ReviewAlert.decided_at >= day_start(today - HOLDS_FOR)  # of decisions before holds_until
    decided = (
        select(ReviewAlert.patient_id, Order.number, ReviewAlert.rule, ReviewAlert.basis)
        .select_from(ReviewAlert)
        .where(
            ReviewAlert.verdict == Verdict.NEEDS,
            *DECIDED,
            (ReviewAlert.holds_until >= today) | (ReviewAlert.holds_until.is_(None) & recent),
        )
    )
    # a search each, by its own index: with `or` between them, neither database takes the second
    searches = []
    if patients:
        searches.append(decided.outerjoin(Order).where(ReviewAlert.patient_id.in_(patients)))
    if orders:
        of_nobody = ReviewAlert.patient_id.is_(None)
        searches.append(decided.join(Order).where(of_nobody, Order.number.in_(orders)))
    rows = db.session.execute(union_all(*searches)) if searches else ()
    found: dict[tuple[int | None, str | None], dict[str, frozenset[str]]] = {}
    for row in rows:
        key = (row.patient_id, None if row.patient_id else row.number)
        of_one = found.setdefault(key, {})
        of_one[row.rule] = of_one.get(row.rule, frozenset()) | {row.basis}
    return dict(found)
