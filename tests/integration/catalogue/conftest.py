"""Fixtures of the catalogue’s tests."""

from tests.integration.catalogue.directory_imports import bring  # noqa: F401
from tests.integration.catalogue.spl_labels import import_spl  # noqa: F401
from tests.integration.catalogue.survey_store import imported, tablet  # noqa: F401
