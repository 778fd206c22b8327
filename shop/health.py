"""Whether the store is alive, and whether it is ready: for supervisors and load balancers."""

import os
import shutil
from functools import lru_cache
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, current_app, jsonify
from flask.blueprints import BlueprintSetupState
from sqlalchemy import text

from shop.access import public
from shop.clock import now
from shop.config import ROOT, Settings
from shop.connections import too_few_connections
from shop.database import db
from shop.deadlines import Kind, deadlines_of
from shop.last_known import LastKnown
from shop.outbox.watching import ringing_names
from shop.web import settings

ASK_EVERY = 0.5
"""Seconds for which an answer of the database is passed on to the next probe."""
PATIENCE = 1.5
"""Seconds for which a probe waits for the database."""
GOOD_FOR = 3.0
"""Seconds after which an answer that could not be had anew says nothing any more."""
LEAST_FREE_BYTES = 200 * 1024 * 1024

blueprint = Blueprint("health", __name__)


@blueprint.route("/healthz")
@public
def alive() -> tuple[Response, int]:
    """The process answers. Says nothing of what it needs."""
    return jsonify(status="alive"), 200


@blueprint.route("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Database, migrations and disk, each ok or a short word of what is wrong; 503 unless all are ok.

    Answers within two seconds, whatever the database does. `warnings` and `alarms` are for people and
    monitoring, and do not make a store unready: a late mail must not take the web out of a load balancer.
    """
    found, age = _database_checks().get()
    if found is None or age > GOOD_FOR:
        found = {"database": "does not answer", "migrations": "unknown", "alarms": ["unknown"]}
    found = dict(found)
    alarms = found.pop("alarms")
    warnings = [words for words in (found.pop("connections", ""),) if words]
    checks = {**found, "disk": _disk()}
    good = all(answer == "ok" for answer in checks.values())
    status = "ready" if good else "not ready"
    return jsonify(status=status, checks=checks, warnings=warnings, alarms=alarms), 200 if good else 503


@lru_cache
def newest_migration() -> str | None:
    """The revision this code was written for."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def applied_migration() -> str | None:
    """The revision the database is at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _ask_database(app: Flask, config: Settings) -> dict[str, Any]:
    """Raises when the database does not answer."""
    with deadlines_of(Kind.LOOK), app.app_context():
        try:
            too_few = too_few_connections(db.session.connection(), config)
            db.session.execute(text("SELECT 1"))
            migrations = _migrations()
            return {
                "database": "ok",
                "migrations": migrations,
                "connections": too_few.message if too_few else "",
                "alarms": ringing_names(now()) if migrations == "ok" else ["unknown"],
            }
        finally:
            db.session.remove()


def _database_checks() -> LastKnown[dict[str, Any]]:
    """One thread of a process asks at a time, so that probes do not pile up behind a silent database."""
    found: LastKnown[dict[str, Any]] = current_app.extensions["database_checks"]
    return found


@blueprint.record
def _register(state: BlueprintSetupState) -> None:
    app: Flask = state.app  # type: ignore[assignment]
    config: Settings = app.extensions["settings"]
    app.extensions["database_checks"] = LastKnown(
        "the database", lambda: _ask_database(app, config), ASK_EVERY, PATIENCE
    )


def _migrations() -> str:
    applied = applied_migration()
    return "ok" if applied == newest_migration() else f"at {applied}, needs {newest_migration()}"


def _disk() -> str:
    folder = settings().instance
    if not os.access(folder, os.W_OK):
        return "instance folder is not writable"
    return "ok" if shutil.disk_usage(folder).free >= LEAST_FREE_BYTES else "almost full"
