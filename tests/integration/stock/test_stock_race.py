"""Real processes, each with its own connection, race for the same stock."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from shop.web import settings
from tests.factories import make_lot, make_variant
from tests.integration.stock.stock_checks import assert_ledgers_agree, counts, in_days
from tests.running_store import PATIENCE

BUYERS = Path(__file__).with_name("racing_buyers.py")


def race(buyers: int, variant_ids: list[int], units: int) -> list[str]:
    """Every buyer tries once for `units` of each variant; what they say, sorted."""
    config = settings()
    variants = ",".join(map(str, variant_ids))
    command = [
        sys.executable,
        BUYERS,
        config.instance,
        config.database_url,
        str(buyers),
        str(units),
        variants,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        except BaseException:  # also a test's own limit
            os.killpg(process.pid, signal.SIGKILL)  # the buyers too, which are its children
            raise
    assert process.returncode == 0
    return sorted(said.splitlines())


def test_twenty_customers_for_several_lots_of_two_medicines_get_exactly_what_there_is(context):
    variants = [make_variant(), make_variant("Naproxen", "250 mg")]
    shelf = [
        (variant, units, in_days(days)) for variant in variants for units, days in ((100, 200), (65, 300))
    ]
    lots = [make_lot(*row) for row in shelf]
    said = race(20, variants, 30)  # there are 165 of each: five times 30, and 15 that are too few for anyone
    assert said == ["got it"] * 5 + ["out of stock, 15 left"] * 15
    assert [counts(lot)[1] for lot in lots] == [100, 50, 100, 50]
    assert_ledgers_agree()
