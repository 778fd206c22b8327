"""All data files of this room together: what the start validates and the report counts."""

from shop.safety import controlled, mailable, states
from shop.safety.dataset import Dataset


def load() -> tuple[Dataset, ...]:
    """Every file, read and validated once.

    Raises:
        SafetyDataRefused: a file or an entry cannot be relied on; the store must not start.
    """
    return (*controlled.datasets(), *mailable.datasets(), *states.datasets())
