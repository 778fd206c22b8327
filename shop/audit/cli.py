"""Proving from the command line that the audit record is whole."""

import sys

import click
from flask import Blueprint
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.audit.service import broken_links
from shop.database import db

blueprint = Blueprint("audit_cli", __name__, cli_group="audit")


@blueprint.cli.command("verify")
def verify() -> None:
    """Follow the chain from first to last. Exit code 1 when a record was edited or is missing."""
    broken = next(broken_links(), None)
    count = db.session.scalar(select(func.count()).select_from(AuditRecord))
    if broken is None:
        click.echo(f"The audit record is whole: {count} records.")
    else:
        click.echo(f"The audit record is broken at record {broken} of {count}.")
        sys.exit(1)


BLUEPRINTS = (blueprint,)
