"""The finder of this process: the columns in step with the database, loaded from what the builder last wrote.

A machine's worker builds (`follow`); a process that finds no columns at all, on a fresh disk, builds itself.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask, current_app

from shop.catalogue import list_rows
from shop.clock import now, today
from shop.config import Settings
from shop.database import db, transaction
from shop.projections.cache_version import catalogue_changed, version
from shop.projections.store import Reader, Snapshot, Snapshots, Unreadable
from shop.stock import queries as stock
from shop.stock.rules import outlasts
from shop.storefront.finder.build import write
from shop.storefront.finder.columns import Columns, Names, Stock
from shop.storefront.finder.facets import MANY_VALUED, Facet, Many, Pairs, Single, bands

COLUMNS_EDITION = 6
"""Raised when the files change, so that those of an older release count as missing."""


Finder = Reader[Columns]
"""Gives the columns of this process."""


def columns() -> Columns:
    """The columns for this request; built at once when this machine has none yet."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    found = finder(app).current()
    if found is None:
        follow(app, force=True)
        found = finder(app).current()
    if found is None:
        raise RuntimeError("the finder's columns cannot be built")
    return found


def finder(app: Flask) -> Finder:
    """The one finder of this process."""
    found: Finder | None = app.extensions.get("finder")
    if found is None:
        found = app.extensions["finder"] = Finder(_snapshots(app), _open)
    return found


def follow(app: Flask, force: bool = False) -> bool:
    """Rewrite the columns unless they show the database as it is, today. Returns whether it did.

    Raises OSError when the folder cannot be written.
    """
    settings, snapshots = _settings(app), _snapshots(app)
    _derive_listings(settings.market)
    current = snapshots.current()
    if current and current.version == _named(settings) and not force:
        return False
    db.session.rollback()  # what was read before the lock may be old
    built = snapshots.build(lambda before, fresh: _next(settings, None if force else before, fresh))
    finder(app).look_now()
    return built


def _next(settings: Settings, before: Snapshot | None, fresh: Callable[[], Path]) -> Snapshot | None:
    """Columns of the database as it is now, its version read first; None when those `before` show it."""
    named = _named(settings)
    if before and before.version == named:
        return None
    day = date.fromisoformat(named["day"])
    return Snapshot(write(before, fresh, named["catalogue"], lambda: _stocked(settings, day)), named)


def _named(settings: Settings) -> dict[str, str]:
    """What columns written now would show."""
    state = version()
    return {
        "catalogue": state.catalogue,
        "offers": str(state.offers),
        "day": today().isoformat(),
        "market": settings.market,
    }


def _open(snapshot: Snapshot, before: Columns | None) -> Columns:
    try:
        return load(snapshot, before)
    except (OSError, ValueError, KeyError) as trouble:
        raise Unreadable(type(trouble).__name__) from trouble


def load(snapshot: Snapshot, before: Columns | None = None) -> Columns:
    """The columns of one snapshot, mapped from its files rather than read.

    Of those `before`, what has not changed is kept, with what they remember: after most sales that is
    everything, or everything but what single rows say.
    """
    folder, catalogue = snapshot.path, snapshot.version["catalogue"]
    if before is None or before.catalogue != catalogue:
        before = _found(folder, catalogue)
    elif before.stamp == snapshot.stamp:
        return before
    counted = (folder / "offer-counted.txt").read_text("utf-8")
    left = Stock(*(_array(folder, f"offer-{name}") for name in ("left", "level", "amount")))
    if before.counted == counted:
        return before.with_stock(left, snapshot.stamp)
    facets = before.facets | {
        "price": Single([(key, key) for key in bands()], _array(folder, "offer-price")),
        "stock": Single([("in", "In stock")], _array(folder, "offer-stock")),
    }
    orders = before.orders | {name: _array(folder, f"offer-order-{name}") for name in ("price", "measure")}
    return Columns(before.ids, before.names, facets, orders, left, snapshot.stamp, catalogue, counted)


def _found(folder: Path, catalogue: str) -> Columns:
    """The part that only the catalogue changes."""
    facets: dict[str, Facet] = {}
    for name in MANY_VALUED:
        parts = (_array(folder, f"found-{name}{part}") for part in ("", "-starts", "-codes", "-ends"))
        facets[name] = Many(_words(folder, name), Pairs(*parts))
    for name in ("form", "prescription", "letter"):
        facets[name] = Single(_words(folder, name), _array(folder, f"found-{name}"))
    names = Names(_array(folder, "found-names"), _array(folder, "found-names-starts"))
    orders = {"popular": _array(folder, "found-order-popular")}
    return Columns(_array(folder, "found-ids"), names, facets, orders, catalogue=catalogue)


def _array(folder: Path, name: str) -> Any:
    mapped = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)  # the same memory, without what memmap does at every slice


def _words(folder: Path, facet: str) -> list[tuple[str, str]]:
    return [(key, name) for key, name in json.loads((folder / f"found-{facet}.json").read_text("utf-8"))]


def _derive_listings(market: str) -> None:
    """A store that moved to another market, or was opened by an older release, has rows to derive first; what
    is found by them follows, so the search index does too.
    """
    if not list_rows.is_for(market):
        db.session.rollback()
        with transaction():
            list_rows.refresh(None, market)
            catalogue_changed(now())


def _stocked(settings: Settings, day: date) -> dict[int, int]:
    return stock.available(None, outlasts(day, settings.delivery_days))


def _snapshots(app: Flask) -> Snapshots:
    return Snapshots(_settings(app).columns_folder, COLUMNS_EDITION)


def _settings(app: Flask) -> Settings:
    settings: Settings = app.extensions["settings"]
    return settings
