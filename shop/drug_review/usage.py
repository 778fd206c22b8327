"""What directions make of a medicine, for the review: from the one parser that days' supply comes from."""

from shop.drug_review.taking import Use
from shop.prescriptions.verification.directions import read


def use_of(directions: str, unit: str) -> Use:
    """Units at one time, on a day on which it is taken, and on how many days of a week; `unit` as sold.

    "1 tablet weekly" is one on one day of seven; "½ tablet daily" half of one on every day. Where they are
    not read, figures are None.
    """
    said = read(directions)
    return Use(
        at_once=said.most_at_once(unit),
        most_a_day=said.most_on_a_day(unit),
        days_a_week=said.days_a_week,
        times_a_day=said.times_a_day,
        for_days=said.days,
        phased=said.phased,
        weekdays=said.weekdays,
    )
