"""Whether the store is alive, and whether it is ready: for supervisors and load balancers."""

import os
import shutil
from functools import lru_cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shop.access import public
from shop.config import ROOT
from shop.database import db, now
from shop.outbox.watching import ringing_names
from shop.web import settings

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

    `alarms` are for people and monitoring: a late mail must not take the web out of a load balancer.
    """
    checks = {"database": _database(), "migrations": _migrations(), "disk": _disk()}
    good = all(answer == "ok" for answer in checks.values())
    alarms = ringing_names(now()) if good else ["unknown"]
    status = "ready" if good else "not ready"
    return jsonify(status=status, checks=checks, alarms=alarms), 200 if good else 503


@lru_cache
def newest_migration() -> str | None:
    """The revision this code was written for."""
    return ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def applied_migration() -> str | None:
    """The revision the database is at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "does not answer"
    return "ok"


def _migrations() -> str:
    try:
        applied = applied_migration()
    except SQLAlchemyError:
        return "unknown"
    return "ok" if applied == newest_migration() else f"at {applied}, needs {newest_migration()}"


def _disk() -> str:
    folder = settings().instance
    if not os.access(folder, os.W_OK):
        return "instance folder cannot be written"
    return "ok" if shutil.disk_usage(folder).free >= LEAST_FREE_BYTES else "almost full"
