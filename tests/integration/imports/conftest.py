"""Fixtures of the catalogue’s tests."""

from tests.integration.imports.label_files import (  # noqa: F401
    import_spl,
)
from tests.integration.imports.nadac_store import (  # noqa: F401
    imported,
    tablet,
)
from tests.integration.imports.ndc_imports import (  # noqa: F401
    bring,
)
