"""A customer at the account's pages."""

import pytest

from tests.integration.accounts.conftest import Browser, mails, new_browser
from tests.integration.prescriptions.conftest import (
    approve,
    baclofen,
    customer,
    empty_vault,
    pharmacist,
    submit,
)

__all__ = [
    "ada",
    "ada_id",
    "approve",
    "baclofen",
    "customer",
    "empty_vault",
    "mails",
    "new_browser",
    "pharmacist",
    "submit",
]
ADA = "ada@demo.example"


@pytest.fixture
def ada_id(context, make_user) -> int:
    return make_user("customer", ADA)


@pytest.fixture
def ada(app, ada_id, sign_in) -> Browser:
    """Ada's browser, signed in."""
    browser = Browser(app)
    browser.client = sign_in(ada_id)
    return browser
