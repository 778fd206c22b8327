"""`flask verify` and `flask sweep`."""

import sys
from collections import Counter
from collections.abc import Iterable

import click
from flask import Blueprint

from shop.clock import now
from shop.maintenance import checks, sweeping

blueprint = Blueprint("maintenance", __name__, cli_group=None)


@blueprint.cli.command("verify")
def verify() -> None:
    """Check the integrity of everything stored. Exits with 1 if a check fails."""
    sys.exit(0 if report(checks.run()) else 1)


@blueprint.cli.command("sweep")
@click.option("--dry-run", is_flag=True, help="Show what would be removed without removing anything.")
def sweep(dry_run: bool) -> None:
    """Remove files that no row references, left by killed processes. The worker does this every hour."""
    if dry_run:
        found = list(sweeping.litter(now()))
        for one in found:
            click.echo(f"{one.kind}  {one.path}")
        counts: dict[str, int] = Counter(one.kind for one in found)
    else:
        counts = sweeping.sweep(now())
    words = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing"
    click.echo(f"{'Would remove' if dry_run else 'Removed'}: {words}.")


def report(results: Iterable[tuple[str, checks.Result]]) -> bool:
    """Print each result as it comes. True when all are good."""
    good = True
    for subject, result in results:
        failed = bool(result.problems)
        good = good and not failed
        click.echo(f"{'FAILED' if failed else 'ok':6}  {subject} ({result.checked:,} checked)")
        for problem in result.problems:
            click.echo(f"        {problem}")
        if result.more:
            click.echo(f"        … and {result.more:,} more")
    click.echo("All checks passed." if good else "Some checks failed: see FAILED above.")
    return good


BLUEPRINTS = (blueprint,)
