"""Proving from the command line that the audit record is whole."""

import sys

import click
from flask import Blueprint

from shop.audit import proof, sealing
from shop.clock import now
from shop.web import settings

blueprint = Blueprint("audit_cli", __name__, cli_group="audit")
blueprint.cli.help = "The audit record and its hash chain."


@blueprint.cli.command("verify")
def verify() -> None:
    """Verify the whole hash chain. Exits with 1 if a record was edited, is missing or is not sealed.

    Keep the end it prints somewhere else: if a later run finds the same record at that position, the database
    wasn’t rolled back to an earlier state.
    """
    found = proof.prove(now())
    if found.broken is not None:
        click.echo(f"The audit record is broken at record {found.broken} of {found.records}.")
    else:
        click.echo(f"The audit record is intact: {found.records} records.")
        click.echo(f"Chain head: {found.head}.")
    if found.unsealed:
        click.echo(f"Not sealed yet: {found.unsealed}.")
    if found.overdue:
        minutes = settings().audit_seal_minutes
        click.echo(f"Unsealed for more than {minutes} minutes: {found.overdue}. Is the worker running?")
    if not found.good:
        sys.exit(1)


@blueprint.cli.command("seal")
def seal() -> None:
    """Seal new audit records now. The worker does this every second."""
    click.echo(f"Sealed: {sealing.seal_audit()}.")


BLUEPRINTS = (blueprint,)
