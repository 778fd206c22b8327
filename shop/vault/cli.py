"""Proving from the command line that the vault can be read."""

import sys

from flask import Blueprint

from shop.maintenance import checks
from shop.maintenance.cli import report
from shop.vault.maintenance import DOCUMENTS, TEXTS

blueprint = Blueprint("vault_cli", __name__, cli_group="vault")
blueprint.cli.help = "The encrypted documents and texts."


@blueprint.cli.command("verify")
def verify() -> None:
    """Open every document and sealed text with the configured keys. Exits with 1 if any can’t be opened."""
    sys.exit(0 if report(checks.run((DOCUMENTS, TEXTS))) else 1)


BLUEPRINTS = (blueprint,)
