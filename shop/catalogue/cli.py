"""Commands of the catalogue."""

import click
from flask import Blueprint, current_app

from shop import search
from shop.imports.labels.commands import import_spl
from shop.imports.nadac.commands import import_nadac
from shop.imports.ndc.commands import import_ndc
from shop.imports.status import status
from shop.listing.commands import list_products, mail_exclusions, unlist_products
from shop.pricing.commands import price, reprice
from shop.pricing.list_commands import prices

blueprint = Blueprint("catalogue_commands", __name__, cli_group="catalogue")


@blueprint.cli.command("index")
@click.option("--force", is_flag=True, help="Build even when the index is up to date.")
def build_index(force: bool) -> None:
    """Bring the search index up to date with the database."""
    try:
        built = search.ensure_index(current_app._get_current_object(), force)  # type: ignore[attr-defined]
    except OSError as trouble:
        raise click.ClickException(f"The search index cannot be written: {trouble.strerror}.") from trouble
    click.echo("The search index was built." if built else "The search index is up to date.")


for shelving_command in (list_products, unlist_products, status, mail_exclusions):
    blueprint.cli.add_command(shelving_command)
blueprint.cli.add_command(import_ndc)
blueprint.cli.add_command(import_spl)
blueprint.cli.add_command(import_nadac)
for pricing_command in (reprice, price, prices):
    blueprint.cli.add_command(pricing_command)

BLUEPRINTS = (blueprint,)
