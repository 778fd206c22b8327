"""On which database a journey is walked: `@on("postgresql")`."""

import pytest


def on(database: str) -> pytest.MarkDecorator:
    """A mark for the tests of one database."""
    return pytest.mark.parametrize("store", [database], indirect=True)
