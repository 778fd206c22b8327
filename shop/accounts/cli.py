"""Commands for staff accounts: nobody registers as staff, an operator makes the account."""

import secrets
import sys

import click
from flask import Blueprint

from shop.accounts import queries, service
from shop.accounts.rules import weakness
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError

blueprint = Blueprint("accounts_cli", __name__, cli_group="accounts")
blueprint.cli.help = "Staff accounts."


@blueprint.cli.command("create-staff")
@click.argument("email")
@click.option("--role", type=click.Choice(queries.STAFF_ROLES), required=True)
@click.option("--name", required=True, help="The name colleagues and customers see.")
@click.option("--generate", is_flag=True, help="Generate a password and print it once.")
def create_staff(email: str, role: str, name: str, generate: bool) -> None:
    """Create an account for a pharmacist or an admin."""
    if queries.person_by_email(email):
        sys.exit(f"{email} already has an account.")
    password = secrets.token_urlsafe(15) if generate else _ask_password(email, name)
    try:
        with transaction():
            service.create_account(name, email, password, role, now())
    except DomainError as refusal:
        sys.exit(refusal.in_full)
    click.echo(f"{email} can now sign in as {role}.")
    if generate:
        click.echo(f"Password (shown only once): {password}")


@blueprint.cli.command("list-staff")
def list_staff() -> None:
    """List pharmacists and admins: email, role, name, and whether the account is closed."""
    for person in queries.staff():
        state = "" if person.active else "  (closed)"
        click.echo(f"{person.email}  {', '.join(sorted(person.role_names))}  {person.name}{state}")


@blueprint.cli.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Close an account and sign it out everywhere. Its history is kept."""
    person = queries.person_by_email(email)
    if person is None:
        sys.exit(f"{email} has no account.")
    with transaction():
        closed = service.deactivate(person.id, now())
    click.echo(f"{email} was deactivated." if closed else f"{email} was already deactivated.")


def _ask_password(email: str, name: str) -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt="Confirm password")
    if weakness(password, email, name):
        sys.exit(
            "This password is too easy to guess. Use three or four unrelated words, at least 10 characters."
        )
    return password


BLUEPRINTS = (blueprint,)
