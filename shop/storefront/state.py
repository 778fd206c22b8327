"""What public pages show, in one word: caches compare it, and two equal words mean equal pages."""

import hashlib
from functools import cache

from flask import Flask

from shop import search
from shop.clock import today
from shop.config import ROOT, Settings
from shop.database import db
from shop.deadlines import Kind, deadlines_of
from shop.projections.cache_version import version
from shop.storefront.finder.service import finder


def state_of_pages(app: Flask) -> str:
    """The database's version, the copies of it in finder and search, and the day: lots expire overnight."""
    with deadlines_of(Kind.LOOK), app.app_context():
        try:
            state = version()
        finally:
            db.session.remove()
        copies = f"{finder(app).stamp()} {search.index(app).stamp()}"
        return f"{state.catalogue} {state.offers} {copies} {today()}"


@cache
def release_mark(settings: Settings) -> str:
    """Differs between releases and between settings, so that a page of an older one is not shown."""
    digest = hashlib.sha256(repr(settings).encode())
    for folder in ("shop", "templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}".encode())
    return digest.hexdigest()[:16]
