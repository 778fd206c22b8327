"""The drug utilization review of a basket: which lines it stops, and which a pharmacist looks at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shop.basket.queries import BasketLineFacts
from shop.drug_review.asking import Asked, ask_shown
from shop.drug_review.case import gravity
from shop.drug_review.reading import Line
from shop.drug_review.review_requests import Wanted, is_of_person, review_requests_of
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.coverage import Coverage
from shop.prescriptions.verification.typed import Verdict

_LINE = "line-"


@dataclass(frozen=True)
class Reviewed:
    """What the review says of a basket: the alerts that stop it or that nobody has settled, and the advice
    about what needs no prescription. `over_the_counter` are the ids of those lines; `has_takers`: the account
    has patients to choose from."""

    asked: tuple[Asked, ...] = ()
    advice: tuple[Asked, ...] = ()
    over_the_counter: frozenset[int] = frozenset()
    has_takers: bool = False

    @property
    def stopped(self) -> frozenset[int]:
        return self._lines(Verdict.STOPS)

    @property
    def looked_at(self) -> frozenset[int]:
        return self._lines(Verdict.NEEDS)

    @property
    def unknown(self) -> tuple[Asked, ...]:
        """What could not be checked of patients on file."""
        return tuple(one for one in self.advice if one.alert.unsure and one.patient_id is not None)

    def of_line(self, line_id: int) -> list[Asked]:
        """What the customer reads at a line that needs no prescription: what is known, the gravest first.

        Of two such lines it is said at the first, what stops at both. What is about a line on prescription
        alone is between pharmacist and patient.
        """
        found = []
        for one in (*self.asked, *self.advice):
            at = [key for key in _line_ids(one) if key in self.over_the_counter]
            if line_id in at and not one.alert.unsure and (line_id == at[0] or one.verdict is Verdict.STOPS):
                found.append(one)
        return sorted(found, key=lambda one: gravity(one.alert))

    def about_whom(self, asked: Asked) -> int | None:
        """The patient an alert is about; None where it is the same whoever takes the lines it names."""
        return asked.patient_id if is_of_person(asked.alert) else None

    def stopped_for(self, line_id: int) -> frozenset[int]:
        """The patients for whom a line must not be sent."""
        stops = [one for one in self.asked if one.verdict is Verdict.STOPS and line_id in _line_ids(one)]
        return frozenset(one.patient_id for one in stops if one.patient_id is not None)

    def _lines(self, verdict: Verdict) -> frozenset[int]:
        return frozenset(key for one in self.asked if one.verdict is verdict for key in _line_ids(one))


def reviewed(
    lines: Sequence[BasketLineFacts],
    whom: Mapping[int, PatientFacts | None],
    coverages: Mapping[int, Coverage],
    known: Sequence[PatientFacts],
    user_id: int | None,
    today: date,
    unpaid: str | None,
) -> Reviewed:
    """The review of each patient with a covered line on prescription, and of whoever takes the others, in six
    questions at most.

    `whom` has the lines on prescription, `known` are the patients of the account. `unpaid` is the number of
    the order that a new one takes the place of.
    """
    requests = review_requests_of(list(_wanted(lines, whom, coverages, known)), known, user_id, unpaid)
    found = [one for asked in ask_shown(requests, today) for one in asked]
    others = frozenset(line.id for line in lines if line.id not in whom)
    advice = [one for one in found if one.verdict is Verdict.ADVICE and others.intersection(_line_ids(one))]
    return Reviewed(
        tuple(one for one in found if one.verdict is not Verdict.ADVICE), tuple(advice), others, bool(known)
    )


def _wanted(
    lines: Sequence[BasketLineFacts],
    whom: Mapping[int, PatientFacts | None],
    coverages: Mapping[int, Coverage],
    known: Sequence[PatientFacts],
) -> Iterator[Wanted]:
    """What is not covered yet is not reviewed yet; who was removed from the account takes nothing."""
    mine = {patient.id for patient in known}
    for line in lines:
        key = f"{_LINE}{line.id}"
        if line.id not in whom:
            medicine = Line(key, line.variant_id, line.quantity)
            taker = line.patient_id if line.patient_id in mine else None
            yield Wanted(medicine, False, taker, line.someone_else)
            continue
        patient, covered = whom[line.id], coverages.get(line.id)
        if patient and covered and covered.item_id:
            yield Wanted(Line(key, line.variant_id, line.quantity, covered.item_id), True, patient.id)


def _line_ids(asked: Asked) -> list[int]:
    keys = [one.key for one in asked.about if one.key.startswith(_LINE)]
    return [int(key.removeprefix(_LINE)) for key in keys]
