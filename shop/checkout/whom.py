"""For whom the lines of a basket are, and what the lines above one take of the same medicine. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.basket.queries import BasketLineFacts
from shop.patients.queries import PatientFacts


def patients_of_lines(
    lines: Sequence[BasketLineFacts], known: Sequence[PatientFacts]
) -> dict[int, PatientFacts | None]:
    """For whom each line on prescription is: whom it names, if still a patient of the account; else the only
    one, unless another line is for them already. A line of somebody who was removed is never another's."""
    by_id = {one.id: one for one in known}
    taken = {(line.variant_id, line.patient_id) for line in lines if line.patient_id}
    found: dict[int, PatientFacts | None] = {}
    for line in lines:
        only = known[0] if len(known) == 1 else None
        if line.patient_id:
            found[line.id] = by_id.get(line.patient_id)
        else:
            found[line.id] = None if only and (line.variant_id, only.id) in taken else only
    return found


def takers_of_lines(
    lines: Sequence[BasketLineFacts], known: Sequence[PatientFacts]
) -> dict[int, PatientFacts | None]:
    """Who takes each line that needs no prescription, where that was said. Of somebody who was removed since
    nobody has."""
    by_id = {one.id: one for one in known}
    return {line.id: by_id.get(line.patient_id or 0) for line in lines}


@dataclass(frozen=True)
class Before:
    """What the lines above a line take of the same medicine: in all, and of one patient's prescription."""

    units: int
    on_prescription: int


@dataclass(frozen=True)
class Whose:
    """Whom a line is for; `known` is False where the customer has to say it first."""

    patient: PatientFacts | None
    known: bool
    before: Before
