"""Pages for the cache that a killed process did not finish writing."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from flask import current_app

from shop.maintenance.sweeping import UNFINISHED_FOR, Litter, finds_litter, older_than


@finds_litter
def unfinished_pages(at: datetime) -> Iterator[Litter]:
    """Temporary files of the page cache; a whole page has a number for its name."""
    for path in current_app.extensions["settings"].pages_folder.glob("*/new-*"):
        if older_than(path, UNFINISHED_FOR, at):
            yield Litter("page_part", path, partial(path.unlink, missing_ok=True))
