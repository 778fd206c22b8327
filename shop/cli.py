"""Commands that span rooms: the worker, and `flask catalogue`, a group with commands of several rooms."""

import signal
import threading

import click
from flask import Blueprint

from shop.drug_review.commands import safety_facts
from shop.imports.labels.commands import import_spl
from shop.imports.nadac.commands import import_nadac
from shop.imports.ndc.commands import import_ndc, join_release
from shop.imports.status import status, uses_report
from shop.listing import commands
from shop.listing.commands import list_products, mail_exclusions, unlist_products
from shop.outbox import worker
from shop.pricing.commands import price, reprice
from shop.pricing.list_commands import prices
from shop.search.jobs import build_index

blueprint = Blueprint("store", __name__, cli_group=None)
catalogue = Blueprint("catalogue_commands", __name__, cli_group="catalogue")
catalogue.cli.help = "The catalog: imports, prices, what is on sale, and the search index."
BLUEPRINTS = (blueprint, catalogue, commands.blueprint)


@blueprint.cli.command("worker")
def run_worker() -> None:
    """Run background jobs: emails, captures, expirations. Stop it with Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("Worker started. Waiting for jobs.")
    worker.run_until(stop)


commands.blueprint.cli.add_command(safety_facts)
for command in (
    build_index,
    list_products,
    unlist_products,
    status,
    mail_exclusions,
    import_ndc,
    join_release,
    import_spl,
    import_nadac,
    reprice,
    price,
    prices,
    uses_report,
):
    catalogue.cli.add_command(command)
