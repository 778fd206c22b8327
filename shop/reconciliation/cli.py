"""`flask payments reconcile`: print where our books and the payment service contradict each other."""

import sys
from datetime import timedelta

import click
from flask import Blueprint, current_app

from shop.clock import now
from shop.command_options import Count
from shop.errors import DomainError
from shop.payments.gateway import Gateway
from shop.reconciliation import service

blueprint = Blueprint("reconciliation_cli", __name__, cli_group="payments")
blueprint.cli.help = "Payments and the payment service."


@blueprint.cli.command("reconcile")
@click.option(
    "--grace",
    "grace_minutes",
    type=Count(min=0),
    default=15,
    show_default=True,
    help="Minutes for which an unfinished change counts as in flight.",
)
@click.option("--days", type=Count(min=1), help="Only orders from the last N days. Default: all.")
def reconcile(grace_minutes: int, days: int | None) -> None:
    """Compare every order with its sessions, intents, charges and refunds at the payment service.

    Prints one line per difference: code, order, payment. Exits with 0 if there are none, 1 if there are, 2 if
    it did not finish.
    """
    gateway: Gateway = current_app.extensions["gateway"]
    since = now() - timedelta(days=days) if days else None
    try:
        result = service.run(gateway.lists, timedelta(minutes=grace_minutes), since)
    except DomainError as refusal:
        click.echo(f"Reconciliation did not finish. {refusal.in_full}", err=True)
        sys.exit(2)
    for one in result.differences:
        click.echo(f"{one.code}  {one.order or '-'}  {one.subject}")
    if more := result.difference_count - len(result.differences):
        click.echo(f"… and {more} more.")
    click.echo(
        f"{result.difference_count} differences in {result.orders} orders; {result.in_flight} in flight."
    )
    sys.exit(1 if result.difference_count else 0)


BLUEPRINTS = (blueprint,)
