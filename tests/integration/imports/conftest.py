"""Fixtures of the catalogue’s tests."""

from tests.integration.imports.label_files import import_spl  # noqa: F401
from tests.integration.imports.nadac_store import imported, tablet  # noqa: F401
from tests.integration.imports.ndc_imports import bring  # noqa: F401
