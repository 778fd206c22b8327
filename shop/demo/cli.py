"""`flask demo load`."""

import click
from flask import Blueprint, current_app

from shop.demo.service import DemoRefused, load_demo
from shop.search.current_index import ensure_index

blueprint = Blueprint("demo_commands", __name__, cli_group="demo")
blueprint.cli.help = "The demonstration pharmacy."


@blueprint.cli.command("load")
def load() -> None:
    """Load the demonstration pharmacy: medicines, monographs, stock and three accounts."""
    try:
        for line in load_demo():
            click.echo(line)
    except DemoRefused as refusal:
        raise click.ClickException(refusal.message) from refusal
    ensure_index(current_app._get_current_object())  # type: ignore[attr-defined]


BLUEPRINTS = (blueprint,)
