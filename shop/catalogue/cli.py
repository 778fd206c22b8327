"""Commands of the catalogue."""

import click
from flask import Blueprint, current_app

from shop.catalogue import search
from shop.catalogue.directory.commands import import_ndc
from shop.catalogue.looks.commands import import_spl
from shop.catalogue.pricing.commands import price, reprice
from shop.catalogue.pricing.list_commands import prices
from shop.catalogue.shelving.commands import list_products, mail_exclusions, status, unlist_products
from shop.catalogue.survey.commands import import_nadac

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
