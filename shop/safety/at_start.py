"""Reading every reviewed data file at the start, so that a broken one stops the store and not a customer."""

from shop.safety.confusable_names import pairs
from shop.safety.otc_limits import default, limits
from shop.safety.states_served import served
from shop.safety.tall_man import names


def read_data() -> None:
    """Load and validate the files. Raises DataInvalid."""
    served()
    names()
    pairs()
    limits()
    default()
