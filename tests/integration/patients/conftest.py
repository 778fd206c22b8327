"""A browser that shares nothing with the test's own application context, as in the prescriptions' tests."""

from tests.integration.prescriptions.conftest import empty_vault, sign_in  # noqa: F401
