"""An admin at the desk, and a typed product for the services."""

import pytest

from tests.integration.admin.admin_desk import Desk


@pytest.fixture
def admin(make_user) -> int:
    return make_user("admin", name="Robin Example")


@pytest.fixture
def desk(context, admin, sign_in) -> Desk:
    return Desk(sign_in(admin))
