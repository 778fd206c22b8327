"""Listed medicines of which the map of uses says nothing, by their ingredients: `flask catalogue uses`."""

from collections import Counter

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from shop.catalogue import uses
from shop.catalogue.models import Listing
from shop.database import db

MOST_SHOWN = 100


def without_use() -> tuple[int, Counter[str]]:
    """How many medicines are listed, and how many of them have no use, by what is in them."""
    known = uses.uses()
    found: Counter[str] = Counter()
    total = 0
    for part in db.session.scalars(select(Listing.about)).partitions(10_000):
        for about in part:
            total += 1
            if not any(slug in known for slug, _ in about["categories"]):
                found[" + ".join(about["ingredients"]) or "no ingredient"] += 1
    return total, found


@click.command("uses")
@click.option("--all", "everything", is_flag=True, help=f"Show every line, not only the first {MOST_SHOWN}.")
@with_appcontext
def uses_report(everything: bool) -> None:
    """List ingredients on sale without a use in patients' words; they are found by their names only."""
    total, found = without_use()
    data = uses.dataset()
    click.echo(f"{len(uses.uses())} uses, version {data.version}, reviewed {data.reviewed}.")
    click.echo(f"{total - found.total():,} of {total:,} listed medicines have at least one.")
    for name, count in found.most_common(None if everything else MOST_SHOWN):
        click.echo(f"  {count:5,}  {name}")
    if not everything and len(found) > MOST_SHOWN:
        click.echo(f"  and {len(found) - MOST_SHOWN:,} more: --all")
