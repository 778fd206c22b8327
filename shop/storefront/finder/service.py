"""The finder of this process: the columns in step with the database, loaded from what the builder last wrote.

A machine's worker builds (`follow`); a process that finds no columns at all, on a fresh disk, builds itself.
"""

import json
import logging
import threading
import time
from datetime import date
from pathlib import Path

import numpy as np
from flask import Flask, current_app

from shop.catalogue import listing
from shop.config import Settings
from shop.database import db, now, transaction
from shop.freshness.queries import version
from shop.snapshots import Snapshot, Snapshots
from shop.stock import queries as stock
from shop.stock.rules import outlasts
from shop.storefront.finder.bands import bands
from shop.storefront.finder.build import write
from shop.storefront.finder.columns import MANY_VALUED, Columns, Facet, Many, Names, Single
from shop.storefront.rules import USUAL_SUPPLY_DAYS

LOOK_EVERY = 0.5
"""Seconds between two looks at whether newer columns were written."""
EDITION = "1"
"""Raised when the files change, so that those of an older release count as missing."""
log = logging.getLogger(__name__)


class Finder:
    """Gives the columns. One instance serves all threads of a process."""

    def __init__(self, folder: Path) -> None:
        self._snapshots = Snapshots(folder)
        self._lock = threading.Lock()
        self._columns: Columns | None = None
        self._seen: tuple[int, int] | None = None
        self._look_again = 0.0

    def columns(self) -> Columns | None:
        """The newest columns there are; None when there are none that can be read."""
        if self._columns is None or time.monotonic() >= self._look_again:
            with self._lock:
                self._look_again = time.monotonic() + LOOK_EVERY
                self._reload_if_changed()
        return self._columns

    def stamp(self) -> str:
        """Which columns are served; differs after every build."""
        found = self.columns()
        return found.stamp if found else ""

    def look_now(self) -> None:
        """Look at once the next time, for a process that has just built."""
        self._look_again = 0.0

    def _reload_if_changed(self) -> None:
        for _ in range(3):  # two builds in a row sweep away what was current at first
            seen = self._snapshots.changed_at()
            snapshot = self._snapshots.current()
            if seen == self._seen or snapshot is None or snapshot.version.get("edition") != EDITION:
                return
            try:
                self._columns, self._seen = load(snapshot), seen
                return
            except (OSError, ValueError, KeyError) as trouble:
                log.warning("columns cannot be read: %s", type(trouble).__name__)


def columns() -> Columns:
    """The columns for this request; built at once when this machine has none yet."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found = finder(app).columns()
    if found is None:
        follow(app, force=True)
        found = finder(app).columns()
    if found is None:
        raise RuntimeError("the finder's columns cannot be built")
    return found


def finder(app: Flask) -> Finder:
    """The one finder of this process."""
    found = app.extensions.get("finder")
    if not isinstance(found, Finder):
        found = app.extensions["finder"] = Finder(_settings(app).columns_folder)
    return found


def follow(app: Flask, force: bool = False) -> bool:
    """Write the columns anew unless they show the database as it is, today. Returns whether it did.

    Raises OSError when the folder cannot be written.
    """
    settings = _settings(app)
    _derive_listings(settings.market)
    state, today = version(), now().date()
    named = {
        "edition": EDITION, "catalogue": state.catalogue, "offers": str(state.offers),
        "day": today.isoformat(), "market": settings.market,
    }  # fmt: skip
    current = Snapshots(settings.columns_folder).current()
    if current and current.version == named and not force:
        return False
    usable = bool(current and current.version.get("edition") == EDITION and not force)

    def fill(folder: Path, before: Snapshot | None) -> None:
        write(folder, before if usable else None, state.catalogue, lambda: _stocked(settings, today))

    built = Snapshots(settings.columns_folder).build(named, fill, force)
    finder(app).look_now()
    return built


def load(snapshot: Snapshot) -> Columns:
    """The columns of one snapshot, mapped from its files rather than read."""
    folder = snapshot.path

    def array(name: str):  # type: ignore[no-untyped-def]  # of whatever the file holds
        return np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)

    def words(facet: str) -> list[tuple[str, str]]:
        return [(key, name) for key, name in json.loads((folder / f"found-{facet}.json").read_text("utf-8"))]

    facets: dict[str, Facet] = {
        name: Many(words(name), array(f"found-{name}"), array(f"found-{name}-starts")) for name in MANY_VALUED
    }
    for name in ("form", "prescription", "letter"):
        facets[name] = Single(words(name), array(f"found-{name}"))
    facets["price"] = Single([(key, key) for key in bands()], array("offer-price"))
    facets["stock"] = Single([("in", "In stock")], array("offer-stock"))
    orders = {name: array(f"offer-order-{name}") for name in ("price", "measure")}
    orders["popular"] = array("found-order-popular")
    names = Names(array("found-names"), array("found-names-starts"))
    return Columns(array("found-ids"), facets, orders, names, snapshot.stamp)


def _derive_listings(market: str) -> None:
    """A store that moved to another market, or was opened by an older release, has rows to derive first."""
    if not listing.is_for(market):
        db.session.rollback()
        with transaction():
            listing.refresh(None, market)


def _stocked(settings: Settings, today: date) -> dict[int, int]:
    return stock.available(None, outlasts(today, settings.delivery_days, USUAL_SUPPLY_DAYS))


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings
