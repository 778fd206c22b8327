"""The desk, with an admin at it and a customer whose orders lie on it."""

import pytest

from tests.factories import make_variant
from tests.integration.admin.admin_desk import Desk


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin", name="Robin Example")


@pytest.fixture
def desk(context, admin, sign_in) -> Desk:
    return Desk(sign_in(admin))


@pytest.fixture
def customer(make_user) -> int:
    return make_user("customer")


@pytest.fixture
def loratadine(context) -> int:
    return make_variant("Loratadine", "10 mg", "0.12", rx=False)
