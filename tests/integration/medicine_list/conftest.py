"""The builders of the prescriptions' tests: the list shows what they make."""

from tests.integration.prescriptions.conftest import (  # noqa: F401
    approve,
    baclofen,
    customer,
    empty_vault,
    pharmacist,
    sign_in,
    submit,
)
