"""An item's fills for the people who look at them: which were taken, what may be had now, and when more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shop.prescriptions.ledger import fills
from shop.prescriptions.ledger.facts import begun_fills, item_facts
from shop.prescriptions.models import Prescription
from shop.prescriptions.rules import remaining
from shop.prescriptions.states import PrescriptionStatus


@dataclass(frozen=True)
class ItemFills:
    """One approved item: `authorized` fills in all, `left` units of them, and what it gives today."""

    authorized: int
    left: int
    begun: tuple[fills.Fill, ...]
    covered: fills.Covered

    @property
    def begun_count(self) -> int:
        """How many of the authorized fills were begun; a combined one counts as those it combines."""
        return sum(fill.count for fill in self.begun if fill.taken)

    @property
    def may_open_early(self) -> bool:
        """Whether the next fill waits for its day, so that a pharmacist may open it now."""
        return self.covered.why in (fills.Why.TOO_EARLY, fills.Why.DAYS_UNKNOWN)


def overview(prescriptions: Iterable[Prescription], today: date) -> dict[int, ItemFills]:
    """The fills of every item of the approved ones among `prescriptions`, by item id, in two questions."""
    approved = [row for row in prescriptions if row.status == PrescriptionStatus.APPROVED]
    items = [(item, row) for row in approved for item in row.items]
    begun = begun_fills(item.id for item, _ in items)
    found = {}
    for item, row in items:
        mine = sorted((fill for fill in begun if fill.item_id == item.id), key=lambda fill: fill.number)
        covered = fills.covered_by(item_facts(item, row), mine, today)
        left = remaining(item.authorized, item.taken)
        found[item.id] = ItemFills(1 + item.refills, left, tuple(mine), covered)
    return found
