"""A table gone through in one test: what fails in a row says in which."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def named(*row: object) -> Iterator[None]:
    """Whatever fails within, `pytest.raises` included, carries the row as a note; pytest prints it."""
    try:
        yield
    except BaseException as failed:
        failed.add_note(f"in the row {row!r}")
        raise
