"""How the catalogue stands: `flask catalogue status` by origin and source, `flask catalogue uses` by use."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.catalogue import uses
from shop.catalogue.models import Listing, Pack, Product, Variant
from shop.database import db
from shop.listing.queries import candidates
from shop.listing.rules import ListingFacts, listing_refusal
from shop.pricing.models import AcquisitionPrice
from shop.projections.cache_version import version
from shop.search import current_index


@dataclass
class Counts:
    """Products of one origin, by what is true of them; one product may count in several."""

    products: int = 0
    listed: int = 0
    listable: int = 0
    priced: int = 0
    not_stated: int = 0
    to_check: int = 0
    not_by_mail: int = 0
    controlled: int = 0
    withdrawn: int = 0

    def add(self, listed: bool, facts: ListingFacts) -> None:
        """Count one more product, once under everything that is true of it; `listed`: it is on sale."""
        self.products += 1
        self.listed += listed
        self.listable += not listed and listing_refusal(facts) is None
        self.priced += facts.priced > 0
        self.not_stated += facts.stated == 0
        self.to_check += facts.doubted > 0
        self.not_by_mail += facts.not_by_mail is not None
        self.controlled += facts.controlled
        self.withdrawn += facts.withdrawn


@dataclass(frozen=True)
class CatalogueStatus:
    """`cost_days` are the first and last of the acquisition prices; `done` the last time of each change."""

    origins: dict[str, Counts]
    strengths: int
    packs: int
    acquisition_prices: int
    cost_days: tuple[date | None, date | None]
    index_current: bool
    done: dict[str, datetime]


WORDS = (
    ("products", "Products"),
    ("listed", "On sale"),
    ("listable", "Not on sale, could be listed"),
    ("priced", "With a price"),
    ("not_stated", "Strength not stated"),
    ("to_check", "With implausible strengths"),
    ("not_by_mail", "Not by mail"),
    ("controlled", "Controlled, never on sale"),
    ("withdrawn", "Withdrawn from the directory"),
)
ORIGINS = {"hand": "by hand", "ndc": "directory"}


def read() -> CatalogueStatus:
    """Everything the command says, in a few queries."""
    origins: dict[str, Counts] = {}
    for origin in db.session.scalars(select(Product.origin).distinct().order_by(Product.origin)).all():
        origins[origin] = counts = Counts()
        for row in candidates(origin=origin):
            counts.add(row.listed, row.facts)
    prices, first, last = db.session.execute(
        select(
            func.count(),
            func.min(AcquisitionPrice.effective_on),
            func.max(func.coalesce(AcquisitionPrice.ends_on, AcquisitionPrice.effective_on)),
        )
    ).one()
    changes = AuditRecord.event.startswith("catalogue:")
    done = select(AuditRecord.event, func.max(AuditRecord.at)).where(changes).group_by(AuditRecord.event)
    return CatalogueStatus(
        origins,
        db.session.scalar(select(func.count()).select_from(Variant)) or 0,
        db.session.scalar(select(func.count()).select_from(Pack)) or 0,
        prices,
        (first, last),
        current_index.index(current_app._get_current_object()).is_current(version().catalogue),  # type: ignore[attr-defined]
        {row[0]: row[1] for row in db.session.execute(done)},
    )


def lines(found: CatalogueStatus) -> list[str]:
    """The status as sentences and a table, a line each."""
    if not found.origins:
        return ["The catalog is empty: run flask catalogue import-ndc PRODUCT PACKAGE."]
    said = [f"{'':<32}" + "".join(f"{ORIGINS.get(origin, origin):>12}" for origin in found.origins)]
    for name, words in WORDS:
        said.append(f"{words:<32}" + "".join(f"{getattr(one, name):>12,}" for one in found.origins.values()))
    first, last = found.cost_days
    said += [
        "",
        f"{found.strengths:,} strengths and {found.packs:,} packs.",
        f"{found.acquisition_prices:,} acquisition prices, from {first} to {last}."
        if found.acquisition_prices
        else "No acquisition prices: run flask catalogue import-nadac FILE, then flask catalogue reprice.",
        "The search index is up to date."
        if found.index_current
        else "The search index is behind. The worker updates it; to do it now: flask catalogue index.",
    ]
    if found.done:
        said += ["", "Last done (UTC):"]
        said += [f"  {at:%Y-%m-%d %H:%M}  {event}" for event, at in sorted(found.done.items())]
    return said


@click.command("status")
@with_appcontext
def status() -> None:
    """Show the status of the catalog: products by origin, prices, and when imports and changes last ran."""
    for line in lines(read()):
        click.echo(line)


# --- Listed medicines of which the map of uses says nothing, by their ingredients -------------------------


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
