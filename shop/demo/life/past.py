"""What else a pharmacy has behind it: what pharmacies paid over the years, and what was searched in vain.

`nadac.txt` has a line for each package that the catalog prices: its NDC of 11 digits, then each period of the
CMS survey as FIRST_DAY:PRICE, or FIRST_DAY..LAST_DAY:PRICE where the next does not begin on the day after.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select

from shop.clock import DAY, business_date, days_back
from shop.database import db
from shop.pricing.acquisition import Period
from shop.pricing.models import AcquisitionPrice
from shop.search import log

NADAC = Path(__file__).with_name("nadac.txt")
SEARCHED = (
    *(("melatonin", 31), ("cetirizine", 27), ("metformin", 22), ("vitamin d3", 19), ("famotidine", 14)),
    *(("insulin pen", 11), ("hydrocortisone cream", 9), ("nasal spray", 8), ("sertraline", 7)),
    *(("azithromycin", 5), ("eye drops", 4), ("allopurinol", 3)),
)
"""Words and how often: what this small catalog does not have."""
SEED = 85
DAYS_NOTED = (1, 2, 3, 5, 8, 12, 17, 23, 34, 47, 61, 80)


def price_periods(source: str) -> dict[str, list[Period]]:
    """By NDC, the periods of the file, oldest first."""
    return {
        line.split()[0]: list(_periods(line.split()[1:], source))
        for line in NADAC.read_text("ascii").splitlines()
    }


def _periods(entries: list[str], source: str) -> Iterator[Period]:
    split = [entry.partition(":") for entry in entries]
    firsts = [days.partition("..")[0] for days, _, _ in split]
    for (days, _, price), after in zip(split, [*firsts[1:], ""], strict=True):
        first, _, last = days.partition("..")
        ends = date.fromisoformat(last) if last else date.fromisoformat(after) - DAY if after else None
        yield Period(Decimal(price), date.fromisoformat(first), ends, source)


def write_price_periods(priced_by: Mapping[str, int], source: str) -> int:
    """Add the periods of the packages that price a strength, by NDC; how many there were.

    What is on record stays as it is.
    """
    known = {
        (row.variant_id, row.effective_on)
        for row in db.session.execute(select(AcquisitionPrice.variant_id, AcquisitionPrice.effective_on))
    }
    rows = [
        {
            "variant_id": priced_by[ndc11],
            "price": period.price,
            "effective_on": period.effective_on,
            "ends_on": period.ends_on,
            "source": period.source,
        }
        for ndc11, periods in price_periods(source).items()
        if ndc11 in priced_by
        for period in periods
        if (priced_by[ndc11], period.effective_on) not in known
    ]
    if rows:
        db.session.execute(insert(AcquisitionPrice), rows)
    return len(rows)


def write_searches(now: datetime) -> None:
    """Searches without a result, as the worker counts them, over the days past."""
    chance = random.Random(SEED)  # noqa: S311
    today = business_date(now)
    days = [days_back(today, ago) for ago in DAYS_NOTED]
    log.fold_in((chance.choice(days), words) for words, times in SEARCHED for _ in range(times))
