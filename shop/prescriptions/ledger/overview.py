"""An item's fills for the people who look at them: which were taken, what may be had now, and when more.

And for the patient, the outlook: when the supply runs out, and whether a new prescription is needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from shop.catalogue.substitutes import closed_packs
from shop.prescriptions.ledger import fills, running_out, supplies
from shop.prescriptions.ledger.facts import begun_fills, item_facts
from shop.prescriptions.ledger.running_out import Renewal
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
    """The fills of every item of the approved ones among `prescriptions`, by item id, in three questions."""
    approved = [row for row in prescriptions if row.status == PrescriptionStatus.APPROVED]
    items = [(item, row) for row in approved for item in row.items]
    begun = begun_fills(item.id for item, _ in items)
    packs = closed_packs(item.variant_id for item, _ in items)
    found = {}
    for item, row in items:
        mine = sorted((fill for fill in begun if fill.item_id == item.id), key=lambda fill: fill.number)
        covered = fills.covered_by(item_facts(item, row), mine, today, packs.get(item.variant_id, ()))
        left = remaining(item.authorized, item.taken)
        found[item.id] = ItemFills(1 + item.refills, left, tuple(mine), covered)
    return found


@dataclass(frozen=True)
class Outlook:
    """`run_out` is the first day without any, by estimate; `renewal` why a new prescription may be asked for.

    `last_sent` is when something of this item last left. Each is None where there is none, or nobody knows.
    """

    run_out: date | None = None
    renewal: Renewal | None = None
    last_sent: date | None = None


def outlook(
    prescriptions: Iterable[Prescription], known: Mapping[int, ItemFills], today: date
) -> dict[int, Outlook]:
    """The outlook of the items of which `overview` knows the fills, by item id; two questions.

    Nobody is sent for a new prescription of what another one of the same patient still covers.
    """
    items = [(item, row) for row in prescriptions for item in row.items if item.id in known]
    pairs = {item.id: (row.patient_id, item.variant_id) for item, row in items}
    ends = supplies.run_outs(pairs.values())
    lasting = supplies.lasting_items(pairs.values(), today)
    found = {}
    for item, row in items:
        pair, of = pairs[item.id], known[item.id]
        assert row.expires_on is not None  # an approved one states it
        covered_elsewhere = lasting.get(pair, set()) - {item.id}
        why = running_out.renewal(of.covered, of.authorized, row.expires_on, today)
        sent = [part.on for fill in of.begun for part in fill.shipments]
        found[item.id] = Outlook(
            ends.get(pair), None if covered_elsewhere else why, max(sent) if sent else None
        )
    return found
