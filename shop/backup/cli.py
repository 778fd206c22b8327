"""`flask backup create`, `restore` and `verify`."""

import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
import psycopg
from flask import Blueprint, current_app
from sqlalchemy.exc import OperationalError

from shop.backup import creating, keys, restoring
from shop.backup import manifest as manifests
from shop.backup.manifest import BackupRefused
from shop.clock import now
from shop.command_options import Count
from shop.config import SQLITE_FILE
from shop.database import db
from shop.environment import database_url
from shop.web import settings

blueprint = Blueprint("backup", __name__, cli_group="backup")
blueprint.cli.help = "Back up, restore, and verify backups."
FOLDER = click.Path(path_type=Path, file_okay=False)
THERE = click.Path(path_type=Path, exists=True)


def _says_refusals(command: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except BackupRefused as refusal:
            click.echo(str(refusal), err=True)
            sys.exit(refusal.exit_code)
        except (psycopg.OperationalError, OperationalError) as error:
            click.echo(f"The database is not responding: {str(error).partition(chr(10))[0]}", err=True)
            sys.exit(2)
        except OSError as error:
            click.echo(f"{error.strerror}: {error.filename}. No partial backup was left behind.", err=True)
            sys.exit(2)

    return wrapped


@blueprint.cli.command("create")
@click.option("--to", type=FOLDER, help="Folder for the backups, ideally on another disk. [instance/backups]")
@click.option(
    "--keys-to", type=FOLDER, help="Write the keys to this folder, which must not be with the backups."
)
@click.option("--keep", type=Count(1), help="Afterward, remove all but this many of the newest backups.")
@_says_refusals
def create(to: Path | None, keys_to: Path | None, keep: int | None) -> None:
    """Back up the store while it runs. Exits with 1 if a document is missing, 2 if refused."""
    begun, here = time.monotonic(), settings()
    to = (to or here.instance / "backups").resolve()
    kept = keys.write(here, keys_to, to, now()) if keys_to else None
    made = creating.create(db.engine, current_app.extensions["vault"], to, click.echo, keep)
    manifest = manifests.read(made)
    orders = manifest.rows.get("order", 0)
    click.echo(
        f"{made}: {orders:,} orders, {len(manifest.documents):,} documents, {manifest.bytes:,} bytes "
        f"in {time.monotonic() - begun:.1f} s, as of {manifest.moment}."
    )
    if kept:
        click.echo(f"The keys are in {kept}. Keep them away from the backups.")
    else:
        click.echo(
            "It does NOT contain the keys, and without VAULT_KEYS nobody can read its documents. "
            "Keep them elsewhere: --keys-to FOLDER."
        )
    if manifest.missing:
        click.echo(
            f"{len(manifest.missing):,} documents named in the database are missing from the vault:", err=True
        )
        for file_id in manifest.missing[:20]:
            click.echo(f"  {file_id}", err=True)
        sys.exit(1)


@blueprint.cli.command("restore")
@click.argument("folder", type=THERE)
@click.option(
    "--into", type=FOLDER, required=True, help="A new, empty folder: the INSTANCE_PATH of the restored store."
)
@click.option("--database-url", "url", help="An empty PostgreSQL database, for a PostgreSQL backup.")
@click.option(
    "--keys-from", type=THERE, help="What --keys-to wrote: a file or its folder. [this command's keys]"
)
@_says_refusals
def restore(folder: Path, into: Path, url: str | None, keys_from: Path | None) -> None:
    """Restore a backup as a new store, migrate and verify it. Exits with 1 if verification fails."""
    begun, here = time.monotonic(), settings()
    into = into.resolve()
    if manifests.read(folder).database == "postgresql" and not url:
        raise BackupRefused("This is a PostgreSQL backup: give an empty database with --database-url.")
    place = restoring.Place(
        into,
        database_url(url or f"sqlite:///{into / SQLITE_FILE}"),
        keys.read(keys_from) if keys_from else keys.of(here),
        keep_keys=not here.is_production,
    )
    good = restoring.restore(folder, place, click.echo)
    click.echo(
        f"Restored into {into} in {time.monotonic() - begun:.1f} s. Start it with INSTANCE_PATH={into}"
    )
    sys.exit(0 if good else 1)


@blueprint.cli.command("verify")
@click.argument("folder", type=THERE)
@click.option(
    "--database-url", "url", help="An empty PostgreSQL database to test in. [one is created and dropped]"
)
@click.option(
    "--keys-from", type=THERE, help="What --keys-to wrote: a file or its folder. [this command's keys]"
)
@_says_refusals
def verify(folder: Path, url: str | None, keys_from: Path | None) -> None:
    """Restore a backup to a temporary location and verify it. Exits with 1 if verification fails."""
    held = keys.read(keys_from) if keys_from else keys.of(settings())
    scratch = database_url(url) if url else None
    sys.exit(0 if restoring.verify(folder, held, settings().database_url, scratch, click.echo) else 1)


BLUEPRINTS = (blueprint,)
