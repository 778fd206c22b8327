"""The version of what a public page shows: while it is the same, the page is, and a kept one may be shown.

Views say what they show in these parts. Every page follows the release and its settings; one that shows no
part follows nothing else.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from flask import Flask

from shop.clock import today
from shop.config import ROOT, Settings
from shop.database import db
from shop.deadlines import Kind, deadlines_of
from shop.projections.cache_version import Offers, OffersReader
from shop.projections.page_cache import Shown
from shop.search import current_index
from shop.storefront.finder.columns import Columns
from shop.storefront.finder.service import finder

CATALOGUE = "catalogue"
"""What is listed and what is said of it, and what searches and names find."""
LIST = "list"
"""The order and the counts of lists, any price; of the products shown, how much is left as a row says it."""
OFFERS = "offers"
"""Of the strengths shown, price and stock; and the day, since lots expire overnight."""


@dataclass(frozen=True)
class PageVersions:
    """All that pages can show, as one look found it. It does not change while a page is rendered after it."""

    release: str
    offers: Offers
    day: str
    columns: Columns | None
    index: str
    catalogue: str = field(init=False)

    def __post_init__(self) -> None:
        found = self.columns.catalogue if self.columns else ""
        object.__setattr__(self, "catalogue", f"{self.offers.catalogue} {found} {self.index}")

    def of(self, shown: Shown) -> str:
        """Raises KeyError for a part that this release does not know."""
        parts = {CATALOGUE: self._of_catalogue, LIST: self._of_list, OFFERS: self._of_offers}
        return " ".join(
            [self.release, *(f"{part} {parts[part](ids)}" for part, ids in sorted(shown.items()))]
        )

    def _of_catalogue(self, _ids: object) -> str:
        return self.catalogue

    def _of_list(self, product_ids: Sequence[int]) -> str:
        counted = f"{self.offers.any} {self.offers.prices}"
        if self.columns is None:
            return counted
        return f"{counted} {self.columns.counted} {self.columns.stock_version(product_ids)}"

    def _of_offers(self, variant_ids: Sequence[int]) -> str:
        known = self.offers.variants
        return f"{self.offers.any} {self.day} {','.join([str(known.get(one, 0)) for one in variant_ids])}"


def look_of(app: Flask, settings: Settings) -> Callable[[], PageVersions]:
    """What asks for the versions now, in this process."""
    release, offers = release_mark(settings), OffersReader()

    def look() -> PageVersions:
        with deadlines_of(Kind.LOOK), app.app_context():
            try:
                found = offers.look()
            finally:
                db.session.remove()
            return PageVersions(
                release, found, today().isoformat(), finder(app).current(), current_index.index(app).stamp()
            )

    return look


@cache
def release_mark(settings: Settings) -> str:
    """Differs between releases and between settings, so that a page of an older one is not shown."""
    digest = hashlib.sha256(repr(settings).encode())
    for folder in ("shop", "templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}".encode())
    return digest.hexdigest()[:16]
