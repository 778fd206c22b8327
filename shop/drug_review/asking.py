"""The review asked of cases that were read: each alert with the hash of what it rests on, and whether a
pharmacist has settled the same before."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from shop.database import db
from shop.drug_review import effective
from shop.drug_review.basis import basis_of, still_open
from shop.drug_review.models import ReviewAlert
from shop.drug_review.reading import Case, Visit, read
from shop.drug_review.review import review
from shop.drug_review.states import Lifted
from shop.drug_review.taking import Alert, Taking
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.vault.keyed_hash import keyed_hashes

_PURPOSE = b"formulary basis of a drug review alert v1"
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


def ask(visits: Sequence[Visit], today: date) -> list[list[Asked]]:
    """All alerts of each visit, those that stop first, by the facts as pharmacists have changed them."""
    cases = read(visits, today)
    book = effective.book() if any(case.under_review for case in cases) else None
    return [_alerts(case, book) if book else [] for case in cases]


def ask_open(visits: Sequence[Visit], today: date) -> list[list[Asked]]:
    """The alerts of each visit that stop, or need a decision nobody has taken: one question more."""
    asked = ask(visits, today)
    settled = _settled(one.patient_id for found in asked for one in found)
    return [_open(found, settled) for found in asked]


def _alerts(case: Case, book: Book) -> list[Asked]:
    takings = case.takings
    return [
        Asked(
            alert,
            case.visit.patient_id,
            keyed_hashes(
                _PURPOSE,
                basis_of(alert, takings, case.visit.health, age_known=case.person.age is not None),
            ),
            tuple(takings[key] for key in alert.about if key in takings),
            book.facts[alert.fact.ingredient].version if alert.fact else GENERAL,
        )
        for alert in review(case.under_review, case.others, case.person, book)
    ]


def _open(asked: list[Asked], settled: Mapping[int | None, Settled]) -> list[Asked]:
    of_patient = settled.get(asked[0].patient_id, {}) if asked else {}
    questions = [(one.rule, one.verdict.value, frozenset(one.hashes)) for one in asked]
    return [asked[place] for place in still_open(questions, of_patient)]


def _settled(patient_ids: Iterable[int | None]) -> dict[int | None, Settled]:
    """What was decided about these patients' alerts before, by patient."""
    wanted = {one for one in patient_ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.execute(
        select(ReviewAlert.patient_id, ReviewAlert.rule, ReviewAlert.basis).where(
            ReviewAlert.patient_id.in_(wanted),
            ReviewAlert.verdict == Verdict.NEEDS,
            ReviewAlert.outcome.is_not(None),
            ReviewAlert.outcome.not_in(set(Lifted)),
        )
    )
    found: dict[int | None, dict[str, frozenset[str]]] = {}
    for row in rows:
        of_patient = found.setdefault(row.patient_id, {})
        of_patient[row.rule] = of_patient.get(row.rule, frozenset()) | {row.basis}
    return dict(found)
