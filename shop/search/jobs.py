"""Chores of each machine's worker: the index follows the database, failed searches are counted.

`flask catalogue index` does the first of them by hand.
"""

import click
from flask import current_app
from flask.cli import with_appcontext

from shop.clock import today
from shop.database import transaction
from shop.outbox.chores import periodically
from shop.search import log
from shop.search.current_index import ensure_index
from shop.web import settings


@periodically(seconds=1)
def follow_the_catalogue() -> None:
    """Bring the index up to date if it is behind; several changes at once cost one turn."""
    ensure_index(current_app._get_current_object())  # type: ignore[attr-defined]


@periodically(seconds=10)
def count_failed_searches() -> None:
    """Fold what the web processes of this machine noted into the table."""
    instance = settings().instance
    if notes := log.take(instance):
        with transaction():
            log.fold_in(notes)
    log.done(instance)


@periodically(seconds=3600)
def erase_old_searches() -> None:
    """Keep no failed search longer than 90 days."""
    day = today()
    if log.any_older_than_kept(day):
        with transaction():
            log.erase_old(day)


@click.command("index")
@click.option("--force", is_flag=True, help="Rebuild even if the index is up to date.")
@with_appcontext
def build_index(force: bool) -> None:
    """Update the search index from the database."""
    try:
        built = ensure_index(current_app._get_current_object(), force)  # type: ignore[attr-defined]
    except OSError as trouble:
        raise click.ClickException(f"The search index cannot be written: {trouble.strerror}.") from trouble
    click.echo("The search index has been updated." if built else "The search index is already up to date.")
