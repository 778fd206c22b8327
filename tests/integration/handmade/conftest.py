"""An admin at the desk, as in the desk's own tests."""

from tests.integration.admin.admin_desk import admin, desk  # noqa: F401
