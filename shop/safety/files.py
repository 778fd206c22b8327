"""All data files of this room together: what the start validates and the report counts."""

from shop.safety import (
    confusable_names,
    controlled,
    mailable,
    otc_limits,
    overdose,
    states,
    states_served,
    tall_man,
    zip_codes,
)
from shop.safety.dataset import Dataset


def load() -> tuple[Dataset, ...]:
    """Every file, read and validated once.

    Raises:
        SafetyDataRefused: a file or an entry cannot be relied on; the store must not start.
    """
    states_served.served_under(())
    tall_man.names()
    confusable_names.pairs()
    otc_limits.limits()
    otc_limits.default()
    zip_codes.prefixes()
    parts = (
        *(controlled, mailable, states, otc_limits, states_served),
        *(confusable_names, tall_man, zip_codes, overdose),
    )
    return tuple(dataset for part in parts for dataset in part.datasets())
