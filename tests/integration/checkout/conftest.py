"""Fixtures of checkout's tests."""

from tests.integration.checkout.paid_orders import placed  # noqa: F401
from tests.integration.checkout.shelf import acetaminophen  # noqa: F401
from tests.integration.checkout.store_counter import (  # noqa: F401
    ada,
    baclofen,
    counter,
    naproxen,
    new_customer,
    store_sandbox,
    visitor,
)
