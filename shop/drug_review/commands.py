"""`flask safety facts`: what the review has on record."""

import click

from shop.safety.dataset import SafetyDataRefused
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.coverage import lines


@click.command("facts")
def safety_facts() -> None:
    """Check every file of drug facts, and show which kinds of facts each ingredient has."""
    try:
        book = reading.book()
    except SafetyDataRefused as refused:
        raise click.ClickException(str(refused)) from refused
    for line in lines(book):
        click.echo(line)
