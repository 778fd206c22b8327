"""The drug utilization review of a basket: which lines it stops, and which a pharmacist looks at first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shop.basket.queries import BasketLineFacts
from shop.drug_review.asking import Asked, ask_open
from shop.drug_review.reading import Line, Visit
from shop.drug_review.taking import From
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.coverage import Coverage
from shop.prescriptions.verification.typed import Verdict

_LINE = "line-"


@dataclass(frozen=True)
class Reviewed:
    """The open alerts of a basket, and the ids of its lines that they stop or are about."""

    asked: tuple[Asked, ...] = ()

    @property
    def stopped(self) -> frozenset[int]:
        return self._lines(Verdict.STOPS)

    @property
    def looked_at(self) -> frozenset[int]:
        return self._lines(Verdict.NEEDS)

    def _lines(self, verdict: Verdict) -> frozenset[int]:
        keys = {one.key for asked in self.asked if asked.verdict is verdict for one in asked.about}
        return frozenset(int(key.removeprefix(_LINE)) for key in keys if key.startswith(_LINE))


def reviewed(
    lines: Sequence[BasketLineFacts],
    whom: Mapping[int, PatientFacts | None],
    coverages: Mapping[int, Coverage],
    today: date,
    unpaid: str | None,
) -> Reviewed:
    """The review of each patient with a covered line on prescription, in six questions at most; of a basket
    without one, in none.

    What needs no prescription counts for each of them. `unpaid` is the number of the order that a new one
    takes the place of.
    """
    items = {
        line.id: item_id
        for line in lines
        if whom.get(line.id) and (found := coverages.get(line.id)) and (item_id := found.item_id)
    }
    people = {patient.id: patient for line_id in items if (patient := whom[line_id])}
    visits = [
        Visit.of(patient, _of(patient, lines, whom, items), From.BASKET, unpaid)
        for patient in people.values()
    ]
    return Reviewed(tuple(one for found in ask_open(visits, today) for one in found))


def _of(
    patient: PatientFacts,
    lines: Iterable[BasketLineFacts],
    whom: Mapping[int, PatientFacts | None],
    items: Mapping[int, int],
) -> list[Line]:
    """The lines of `whom` are on prescription; every other line is over the counter."""
    return [
        Line(f"{_LINE}{line.id}", line.variant_id, line.quantity, items.get(line.id))
        for line in lines
        if line.id not in whom or (line.id in items and whom[line.id] == patient)
    ]
