"""The builders of the prescriptions' tests: the desk shows what they make."""

from tests.integration.pharmacist.desk_browser import ada, desk  # noqa: F401
from tests.integration.prescriptions.conftest import (  # noqa: F401
    approve,
    baclofen,
    customer,
    empty_vault,
    pharmacist,
    sign_in,
    submit,
)
