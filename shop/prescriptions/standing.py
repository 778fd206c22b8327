"""Where a prescription and each of its medicines stand, in the words of every page that says it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from shop.clock import business_date
from shop.prescriptions import reasons, rules
from shop.prescriptions.models import DeclinedItem, Prescription, PrescriptionItem
from shop.prescriptions.rx_numbers import rx_number
from shop.prescriptions.states import Facts, PrescriptionStatus, Standing, standing
from shop.prescriptions.steps import is_on_it

Line = PrescriptionItem | DeclinedItem


class Words(NamedTuple):
    """What the customer reads, what the desk reads, and the class of the mark."""

    customer: str
    desk: str
    mark: str


WORDS: Mapping[Standing, Words] = {
    Standing.CHECKING: Words("Checking your files", "Files being checked", "rx"),
    Standing.FILE_REFUSED: Words("A file couldn’t be opened", "A file couldn’t be opened", "tag stop"),
    Standing.RECEIVED: Words("Waiting for a pharmacist", "Received", "rx"),
    Standing.IN_REVIEW: Words("A pharmacist is reviewing it", "In review", "rx"),
    Standing.ASKED: Words("The pharmacist has a question", "Waiting for the customer’s reply", "rx"),
    Standing.ANSWERED: Words("Your answer is waiting for a pharmacist", "Answered", "rx"),
    Standing.APPROVED: Words("Approved", "Approved", "in"),
    Standing.PARTLY: Words("Partly approved", "Partly approved", "in"),
    Standing.DECLINED: Words("Declined", "Declined", "tag stop"),
    Standing.REFUSED: Words("Refused", "Refused", "tag stop"),
    Standing.USED_UP: Words("Used up", "Used up", "out"),
    Standing.EXPIRED: Words("Expired", "Expired", "out"),
    Standing.REVOKED: Words("Revoked", "Revoked", "tag stop"),
    Standing.TRANSFERRED: Words("Transferred to another pharmacy", "Transferred", "out"),
    Standing.WITHDRAWN: Words("Withdrawn by you", "Withdrawn by the customer", "out"),
    Standing.DISCARDED: Words("Discarded by the pharmacy", "Discarded", "out"),
}


@dataclass(frozen=True)
class Stands:
    """Where prescriptions and their medicines stand at one moment."""

    at: datetime

    def of(self, prescription: Prescription) -> Standing:
        """The whole prescription's."""
        return standing(self._facts(prescription))

    def of_line(self, prescription: Prescription, line: Line) -> Standing:
        """One medicine's; a declined one is declined, whatever became of the others."""
        if isinstance(line, DeclinedItem):
            return Standing.DECLINED
        return standing(replace(self._facts(prescription), declined=False, used_up=_used_up([line])))

    def lines(self, prescription: Prescription) -> list[Line]:
        """Its medicines as they were decided, for the people who read what was."""
        return lines(prescription)

    def number(self, prescription: Prescription) -> str:
        """The number it is named by, as in its Rx numbers."""
        return rx_number(prescription.id)

    def words(self, stand: Standing) -> Words:
        """What is said of a standing."""
        return WORDS[stand]

    def why(self, line: DeclinedItem) -> str:
        """Why one medicine was declined and what can be done, as the customer is told."""
        return " ".join(reasons.of_medicine(line.reason))

    def _facts(self, prescription: Prescription) -> Facts:
        return Facts(
            prescription.status,
            prescription.files_state,
            is_on_it(prescription.claimed_by, prescription.claimed_at, self.at),
            answered(prescription.status, prescription.reason),
            bool(prescription.declined),
            _used_up(prescription.items),
            prescription.expires_on is not None and not prescription.valid_on(business_date(self.at)),
            prescription.entered_by is not None,
        )


def answered(status: str, reason: str | None) -> bool:
    """Whether it came back with an answer: a waiting one keeps the reason for which it was asked about."""
    return status == PrescriptionStatus.WAITING and reason is not None


def _used_up(items: Iterable[PrescriptionItem]) -> bool:
    left = [rules.remaining(item.authorized, item.taken) for item in items]
    return bool(left) and not any(left)


def lines(prescription: Prescription) -> list[Line]:
    """Every medicine that was decided, in its place. Of a refused one only where each was declined:
    an approval that was undone leaves what was typed in, for the desk alone.
    """
    if prescription.status in (PrescriptionStatus.WAITING, PrescriptionStatus.ASKED):
        return []
    if prescription.status == PrescriptionStatus.REFUSED and prescription.items:
        return []
    return as_typed(prescription)


def as_typed(prescription: Prescription) -> list[Line]:
    """Every medicine in its place, decided or of a decision that was undone."""
    return sorted([*prescription.items, *prescription.declined], key=lambda line: line.line)
