"""Fixtures of the review of orders, the ones of checkout."""

from tests.integration.checkout.store_counter import (  # noqa: F401
    ada,
    counter,
    new_customer,
    store_sandbox,
    visitor,
)
