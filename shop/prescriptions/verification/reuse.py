"""Which earlier prescriptions a new one may be, sent again: by its pictures, or by what it states. Pure.

Pictures alone say too little where two prescriptions are written on one printed form. So what was typed in
may clear a picture that is only alike, and never one that is nearly the same: a date is quickly changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shop.prescriptions.looks import BITS, NEARLY_SAME

MOST_SHOWN = 3


@dataclass(frozen=True)
class Facts:
    """What a prescription states, as far as it is known: "" and None and nothing are what nobody has said.

    `persons` are the keys under which its patient is found (`patients.finding`).
    """

    npi: str = ""
    issued_on: date | None = None
    persons: frozenset[str] = frozenset()
    variant_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Earlier:
    """Another prescription. `bits` is how far its nearest picture is, None where no picture is alike.

    `taken` are the units that orders hold or got of it; `approved`: more can be ordered on it at any time;
    `transferred`: another pharmacy has it; `withdrawn`: its sender took it back undecided.
    """

    id: int
    reference: str
    sent_on: date
    same_account: bool
    facts: Facts
    bits: int | None = None
    taken: int = 0
    approved: bool = False
    transferred: bool = False
    withdrawn: bool = False

    @property
    def is_used(self) -> bool:
        """Whether something was or can be filled on it: a copy of it would be filled a second time."""
        return bool(self.taken) or self.approved or self.transferred


def same_facts(one: Facts, other: Facts) -> bool:
    """The same prescriber wrote on the same day for the same person, and a medicine is on both."""
    return bool(
        one.npi
        and one.npi == other.npi
        and one.issued_on
        and one.issued_on == other.issued_on
        and one.persons & other.persons
        and one.variant_ids & other.variant_ids
    )


def contradict(one: Facts, other: Facts) -> bool:
    """Whether something that both state differs, so that they cannot be one prescription read right."""
    return bool(
        (one.npi and other.npi and one.npi != other.npi)
        or (one.issued_on and other.issued_on and one.issued_on != other.issued_on)
        or (one.persons and other.persons and not one.persons & other.persons)
        or (one.variant_ids and other.variant_ids and not one.variant_ids & other.variant_ids)
    )


def may_be_copy(facts: Facts, other: Earlier) -> bool:
    """Whether a pharmacist has to look at both. What its own sender withdrew undecided doesn't count."""
    if other.withdrawn and other.same_account:
        return False
    if same_facts(facts, other.facts):
        return True
    if other.bits is None:
        return False
    return other.bits <= NEARLY_SAME or not contradict(facts, other.facts)


def possible_copies(facts: Facts, others: Iterable[Earlier]) -> tuple[Earlier, ...]:
    """The ones to look at, at most MOST_SHOWN: those used already come first, or others could be sent to
    hide them; then those that state the same, then the nearest pictures.
    """
    found = [other for other in others if may_be_copy(facts, other)]
    found.sort(
        key=lambda other: (
            not other.is_used,
            not same_facts(facts, other.facts),
            BITS if other.bits is None else other.bits,
            -other.id,
        )
    )
    return tuple(found[:MOST_SHOWN])
