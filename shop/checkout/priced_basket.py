"""A basket as it was reviewed: its lines, what each costs, what stands in its way, and the sums."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shop.catalogue.queries import VariantFacts
from shop.checkout.delivery import Delivery
from shop.checkout.reviewed import Reviewed
from shop.checkout.verdicts import State, Verdict
from shop.patients.queries import PatientFacts
from shop.prescriptions.ledger.coverage import Coverage
from shop.safety.otc import AgeAsked
from shop.safety.states_served import Taxable, sales_tax_cents


@dataclass(frozen=True)
class LineReview:
    """One basket line as it stands now. `total_cents` is None for a variant without a price.

    `most` is how many units are sold over the counter to one person in 30 days, where that is limited;
    `patient` is whom it is for, None until that is known; without a prescription nobody has to say, and may
    say `someone_else`. `available` are the units that the lines before it leave; `looked_at`: a pharmacist
    looks at it before it ships; `fits`: the most units that clear what stands in the way, where fewer do.
    """

    line_id: int
    variant: VariantFacts
    quantity: int
    total_cents: int | None
    available: int
    outlasts: date
    coverage: Coverage | None
    verdict: Verdict
    most: int | None = None
    patient: PatientFacts | None = None
    looked_at: bool = False
    fits: int | None = None
    someone_else: bool = False

    @property
    def unit_price(self) -> Decimal | None:
        """Of one unit, at this quantity."""
        return self.variant.price_for(self.quantity)


@dataclass(frozen=True)
class BasketReview:
    """The whole basket. `unpaid_order` is the number of an order of the same customer that awaits payment.

    `state` is where it is sent, by its postal code, None while that is unknown: then no tax is added yet.
    `age_asked` has to be declared at checkout. `patients` are those of the account.
    """

    lines: tuple[LineReview, ...]
    delivery_cents: int
    unpaid_order: str | None = None
    state: str | None = None
    age_asked: AgeAsked | None = None
    patients: tuple[PatientFacts, ...] = ()
    drug_review: Reviewed = field(default_factory=Reviewed)
    delivery: Delivery = field(default_factory=Delivery)

    @property
    def ordered_for(self) -> tuple[PatientFacts, ...]:
        """The patients of the lines on prescription, each once, as `patients` has them."""
        prescribed = [line.patient for line in self.lines if line.variant.prescription_required]
        return tuple(one for one in self.patients if one in prescribed)

    @property
    def subtotal_cents(self) -> int:
        return sum(line.total_cents or 0 for line in self.lines)

    @property
    def tax_cents(self) -> int:
        """Sales tax of the state it is sent to, rounded once over all lines."""
        return self.tax_in(self.state)

    def tax_in(self, state: str | None) -> int:
        """The same for any state; nothing while it is unknown."""
        taxable = [Taxable(line.total_cents or 0, line.variant.prescription_required) for line in self.lines]
        return sales_tax_cents(state, taxable)

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents + self.delivery_cents + self.tax_cents

    @property
    def age_asked_for(self) -> str:
        """The medicines an age is declared for, by name, with commas between."""
        keys = self.age_asked.keys if self.age_asked else ()
        return ", ".join(line.variant.label for line in self.lines if line.line_id in keys)

    @property
    def blocked(self) -> tuple[LineReview, ...]:
        return tuple(line for line in self.lines if not line.verdict.clear)

    @property
    def can_check_out(self) -> bool:
        """Ready, or made so by another address."""
        return bool(self.lines) and all(
            line.verdict.clear or line.verdict.state is State.BARRED_THERE for line in self.lines
        )

    @property
    def ready(self) -> bool:
        return bool(self.lines) and not self.blocked
