"""What a payment's charges say of the money that was captured."""

from datetime import UTC, datetime

import pytest

from shop.payments.listed import ListedCharge, MoneyLeft, money_left

DAY = datetime(2026, 11, 3, tzinfo=UTC)


def charge(taken: int, refunded: int = 0, disputed: bool = False, captured: bool = True) -> ListedCharge:
    return ListedCharge("ch", "pi", "succeeded", captured, 4930, taken, refunded, "usd", DAY, disputed)


TABLE = [
    ([charge(4930)], MoneyLeft.KEPT),
    ([charge(4930, 100)], MoneyLeft.KEPT),
    ([charge(4930, 4930)], MoneyLeft.GONE),
    ([charge(100, 4930, captured=False)], MoneyLeft.GONE),  # only held, and let go
    ([charge(0, captured=False), charge(4930)], MoneyLeft.KEPT),  # declined first
    ([charge(4930, disputed=True)], MoneyLeft.DISPUTED),
    ([charge(4930, 4930, disputed=True)], MoneyLeft.DISPUTED),
    ([], MoneyLeft.GONE),
]


@pytest.mark.parametrize(("charges", "left"), TABLE)
def test_what_is_left_of_the_money(charges: list[ListedCharge], left: MoneyLeft) -> None:
    assert money_left(charges) is left
