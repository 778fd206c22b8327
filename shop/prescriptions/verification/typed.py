"""A prescription as the pharmacist typed it in, what it is held against, and the form an answer takes. Pure.

The words that `checks` and `item_checks` share; nothing is decided here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from shop.catalogue.sale_units import SoldAs, nearest_packs
from shop.prescriptions.origins import Received
from shop.prescriptions.states import Origin
from shop.prescriptions.verification.as_written import Written
from shop.prescriptions.verification.reuse import Earlier
from shop.safety.drug_facts.facts import LabelSentence


class Verdict(StrEnum):
    STOPS = "stops"
    NEEDS = "needs"
    ADVICE = "advice"
    PASSED = "passed"


VERDICT_WORDS = {
    Verdict.STOPS: "Stops",
    Verdict.NEEDS: "Needs a decision",
    Verdict.ADVICE: "Advice",
    Verdict.PASSED: "Passed",
}
"""What a verdict is called on every page of the desk."""


@dataclass(frozen=True)
class Check:
    """One question and its answer.

    `key` names it among a prescription's checks; `about` the input it concerns (`issued_on`,
    `items-1-refills`); `outcomes` the codes that settle a `needs`, with their words; `decline` the reason for
    which the medicine may be declined instead; `compare` the reference of another prescription to lay beside
    this one. `do` says what helps, `label` is the label's sentence it rests on; `noted` are the outcomes that
    need a note.
    """

    key: str
    verdict: Verdict
    sentence: str
    source: str
    about: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)
    decline: str = ""
    compare: str = ""
    do: str = ""
    label: LabelSentence | None = None
    noted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Declined:
    """Why one medicine is declined: a code of reasons.Reason, and a note to the customer."""

    reason: str
    note: str = ""


@dataclass(frozen=True)
class TypedItem:
    """One medicine as the pharmacist typed it in; None is what the document does not state.

    `written` has quantity and refills as they were typed, where they are no plain figures. `refill_share` is
    the percent of a supply that is used before a refill, None: the store's. Of a `declined` one only
    `as_written` and perhaps the variant are known: the catalog may not have it.
    """

    variant_id: int | None
    quantity: int | None
    refills: int | None
    days_supply: int | None
    directions: str
    written: Mapping[str, Written] = field(default_factory=dict)
    indication: str = ""
    dispense_as_written: bool = False
    refill_share: int | None = None
    as_written: str = ""
    declined: Declined | None = None


@dataclass(frozen=True)
class Typed:
    """The whole prescription as typed in. `signed`: the pharmacist saw the signature; `read_back`: what was
    heard on the telephone was read back. `received` says from whom it came, where `origins` asks that.

    `fill_from`: the day before which the prescriber wants nothing dispensed.
    """

    patient_name: str
    patient_birth_date: date | None
    prescriber_name: str
    prescriber_npi: str
    issued_on: date | None
    signed: bool
    items: tuple[TypedItem, ...]
    fill_from: date | None = None
    origin: Origin = Origin.PHOTO
    received: Received = field(default_factory=Received)
    original_number: str = ""
    read_back: bool = False
    prescriber_license: str = ""
    prescriber_address: str = ""
    prescriber_phone: str = ""

    @property
    def declined(self) -> tuple[TypedItem, ...]:
        return tuple(item for item in self.items if item.declined)

    @property
    def all_declined(self) -> bool:
        return bool(self.items) and len(self.declined) == len(self.items)


@dataclass(frozen=True)
class Medicine:
    """What decides about a variant here. `sale_refusal` is catalogue's code, `not_by_mail` its reason.

    `sold_as` and `steps` say in which packs it is sold (`catalogue.sale_units`).
    `refused` is the sentence with which the safety data refuse it, "" where they do not. `same_as` are the
    other variants on the prescription that may be dispensed for it: brand and generic are one medicine.
    """

    label: str
    prescription_required: bool
    controlled: bool
    sale_refusal: str | None = None
    not_by_mail: str | None = None
    unit: str = "pill"
    sold_as: str = SoldAs.COUNTED
    steps: tuple[int, ...] = ()
    refused: str = ""
    withdrawn_on: date | None = None
    same_as: frozenset[int] = frozenset()

    @property
    def whole_packs(self) -> bool:
        return self.sold_as == SoldAs.CLOSED

    def nearest(self, authorized: int) -> int | None:
        """What can be dispensed of `authorized` units, never more; itself where no pack is known."""
        if self.whole_packs and not self.steps:
            return authorized
        return nearest_packs(authorized, self.sold_as, self.steps, self.unit)


@dataclass(frozen=True)
class ForPatient:
    """Whom a prescription is for, as the account has it; `id` is None for a new patient, as typed in."""

    name: str
    born: date | None
    id: int | None = None


@dataclass(frozen=True)
class KnownPrescriber:
    """Whom the directory has under the identifier that was typed in."""

    name: str
    address: str
    phone: str


@dataclass(frozen=True)
class Grounds:
    """What a typed prescription is held against.

    `left`: units of the patient's older approved items, by variant id; `lasts`: the day what was sent of it
    runs out. `patient` is None until somebody has chosen whom it is for. `copies` are the prescriptions of
    all accounts that this one may be a copy of; None where nobody has looked. `uploaded`: a customer sent it.
    `share` and `promise_days` are the store's, for `rules.refill_wait`. `review` are the answers of the drug
    utilization review, which stands above this room.
    """

    patient: ForPatient | None
    medicines: Mapping[int, Medicine]
    left: Mapping[int, int]
    life_days: int
    today: date
    market: str = "US"
    uploaded: bool = True
    prescriber: KnownPrescriber | None = None
    copies: tuple[Earlier, ...] | None = None
    lasts: Mapping[int, date] = field(default_factory=dict)
    share: float = 0.75
    promise_days: int = 7
    review: tuple[Check, ...] = ()
