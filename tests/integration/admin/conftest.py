"""The desk, with an admin at it and a customer whose orders lie on it."""

import pytest

from tests.factories import make_variant
from tests.integration.admin.admin_desk import admin, desk  # noqa: F401


@pytest.fixture
def customer(make_user) -> int:
    return make_user("customer")


@pytest.fixture
def loratadine(context) -> int:
    return make_variant("Loratadine", "10 mg", "0.12", rx=False)
