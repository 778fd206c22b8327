"""Proving from the command line that the audit record is whole."""

import sys

import click
from flask import Blueprint

from shop.audit import proof, sealing
from shop.clock import now
from shop.web import settings

blueprint = Blueprint("audit_cli", __name__, cli_group="audit")


@blueprint.cli.command("verify")
def verify() -> None:
    """Follow the chain from first to last. Exit code 1 when a record was edited, is missing or is not sealed.

    Note the end it prints somewhere else: a later run with the same record at that place proves that the
    database was not put back to an earlier state.
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
    """Seal what was recorded, as the worker does every second."""
    click.echo(f"Sealed: {sealing.seal_audit()}.")


BLUEPRINTS = (blueprint,)
