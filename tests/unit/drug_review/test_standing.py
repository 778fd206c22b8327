"""What of a patient's items is still taken, what a refusal leaves them without, what outcomes count as."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest

from shop.drug_review import outcomes
from shop.drug_review.handling import on_stopping
from shop.drug_review.reading import stands
from shop.drug_review.report import OUTCOME_WORDS, RuleCount
from shop.drug_review.states import Lifted
from shop.drug_review.stopping import keeps_getting
from shop.drug_review.taking import From
from shop.prescriptions.ledger.running_out import Supply
from shop.prescriptions.verification.typed import Verdict
from tests.unit.drug_review.small_facts import TODAY, taking


@dataclass(frozen=True)
class Item:
    """An item with its prescription, as it is read."""

    status: str = "approved"
    ends_in: int = 100
    taken: int = 30
    authorized: int = 90
    quantity: int = 30
    days_supply: int | None = 30

    @property
    def expires_on(self) -> date:
        return TODAY + timedelta(days=self.ends_in)


def sent(*days_ago):
    return [Supply(TODAY - timedelta(days=one), 30) for one in days_ago]


@pytest.mark.parametrize(
    ("item", "days_ago", "where"),
    [
        (Item(), (50,), From.ACTIVE),
        (
            Item(taken=90),
            (
                10,
                40,
                70,
            ),
            From.RECENT,
        ),
        (Item(taken=90), (), From.ACTIVE),  # held for an order
        (Item(ends_in=-1), (10,), From.RECENT),
        (Item(ends_in=-1), (50,), None),
        (Item(status="revoked"), (10,), From.RECENT),
        (Item(status="revoked"), (50,), None),
        # another pharmacy fills what is left of it, whether or not anything was sent from here
        (Item(status="transferred"), (50,), From.TRANSFERRED),
        (Item(status="transferred", taken=0), (), From.TRANSFERRED),
        (Item(status="transferred", ends_in=-1), (10,), From.RECENT),
        (Item(status="transferred", ends_in=-1), (50,), None),
        (
            Item(status="transferred", taken=90),
            (
                10,
                40,
                70,
            ),
            From.RECENT,
        ),
    ],
)
def test_whether_it_is_still_taken(item, days_ago, where):
    assert stands(item, 30 * len(days_ago), sent(*days_ago), TODAY) == where


BACLOFEN = taking("taking-1", ("baclofen", 10), known=From.ACTIVE, item_id=1)


@pytest.mark.parametrize(
    ("taken", "keeps"),
    [
        ([], False),
        ([BACLOFEN], True),
        ([replace(BACLOFEN, known=From.TRANSFERRED)], True),
        ([replace(BACLOFEN, known=From.RECENT)], False),  # it ends soon
        ([taking("taking-2", ("lisinopril", 10), known=From.ACTIVE)], False),
    ],
)
def test_whether_a_refusal_leaves_the_patient_without_it(taken, keeps):
    (alert, *_) = on_stopping(taking("variant-1", ("baclofen", 20)))
    assert keeps_getting(alert, taken) is keeps


def test_every_outcome_counts_as_acted_on_changed_or_overridden():
    assert set(outcomes.WORDS) >= outcomes.ACTED
    counted = RuleCount("x", Verdict.NEEDS, 100, dict.fromkeys(OUTCOME_WORDS, 1))
    assert counted.lifted == len(Lifted)
    assert counted.acted == len(outcomes.ACTED)
    assert counted.overridden == len(outcomes.WORDS) - len(outcomes.ACTED)
    prescriber = RuleCount("x", Verdict.NEEDS, 2, {outcomes.CONSULTED: 1, outcomes.NOT_APPLICABLE: 1})
    assert (prescriber.overridden, prescriber.share) == (1, 50)
