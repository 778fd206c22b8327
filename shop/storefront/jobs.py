"""Work each machine's worker does by itself: the finder follows the database, pages are swept."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from flask import current_app

from shop.maintenance.sweeping import UNFINISHED_FOR, Litter, finds_litter, older_than
from shop.outbox.chores import periodically
from shop.storefront.finder.service import follow


@periodically(seconds=1)
def follow_offers() -> None:
    """Rewrite the finder's columns if the catalogue, a price, or the stock has changed."""
    follow(current_app._get_current_object())  # type: ignore[attr-defined]


@finds_litter
def unfinished_pages(at: datetime) -> Iterator[Litter]:
    """Temporary files of the page cache; a whole page has a number for its name."""
    for path in current_app.extensions["settings"].pages_folder.glob("*/new-*"):
        if older_than(path, UNFINISHED_FOR, at):
            yield Litter("page_part", path, partial(path.unlink, missing_ok=True))
