"""`flask catalogue index`: bring the search index up to date."""

import click
from flask import current_app
from flask.cli import with_appcontext

from shop.search import ensure_index


@click.command("index")
@click.option("--force", is_flag=True, help="Build even when the index is up to date.")
@with_appcontext
def build_index(force: bool) -> None:
    """Bring the search index up to date with the database."""
    try:
        built = ensure_index(current_app._get_current_object(), force)  # type: ignore[attr-defined]
    except OSError as trouble:
        raise click.ClickException(f"The search index cannot be written: {trouble.strerror}.") from trouble
    click.echo("The search index was built." if built else "The search index is up to date.")
