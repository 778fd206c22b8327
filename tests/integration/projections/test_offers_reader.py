"""Which strengths a look finds changed: all that were committed, whoever counted them, and no others."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import text

from shop.database import db, transaction
from shop.projections.cache_version import (
    MOST_NAMED,
    Offers,
    OffersReader,
    offers_changed,
    prices_changed,
    stock_changed,
    version,
)

pytestmark = pytest.mark.usefixtures("context")
COUNTED = "changes = changes + 1, named = named + 1"
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def look():
    """Ask as a process does that goes on running."""
    reader = OffersReader()

    def ask() -> Offers:
        db.session.rollback()
        return reader.look()

    ask()
    return ask


def differing(before: Offers, after: Offers) -> set[int]:
    both = before.variants.keys() | after.variants.keys()
    return {one for one in both if before.variants.get(one) != after.variants.get(one)}


def changed(*variants: int) -> None:
    with transaction():
        stock_changed(variants)


def test_only_what_changed_differs_and_each_time_anew(look):
    seen = [look()]
    for variants in ([1, 2], [2], [3], []):
        changed(*variants)
        seen.append(look())

    assert [differing(*pair) for pair in pairwise(seen)] == [{1, 2}, {2}, {3}, set()]
    assert {(one.any, one.prices, one.catalogue) for one in seen} == {(0, 0, seen[0].catalogue)}


def test_what_was_read_once_does_not_change_any_more(look):
    changed(1)
    before = look()
    known = dict(before.variants)
    changed(1)
    look()

    assert dict(before.variants) == known


def test_a_process_that_starts_later_knows_the_same(look):
    for one in (1, 2, 1):
        changed(one)

    assert OffersReader().look() == look()


def test_a_price_counts_for_lists_too(look):
    before = look()
    with transaction():
        prices_changed([5])
        stock_changed([6])
    after = look()

    assert (differing(before, after), after.prices - before.prices, after.any) == ({5, 6}, 1, before.any)


@pytest.mark.parametrize(
    "change", [lambda: offers_changed(AT), lambda: stock_changed(range(MOST_NAMED + 1))], ids=["any", "many"]
)
def test_what_names_no_strength_is_a_change_of_any(look, change):
    before = look()
    with transaction():
        change()
    after = look()

    assert (differing(before, after), after.any) == (set(), before.any + 1)


@pytest.mark.parametrize(
    "counts",
    ["offers_version SET changes = changes + 1 WHERE id = 1", "catalogue_version SET offers = offers + 1"],
)
def test_what_an_older_release_counts_is_a_change_of_any(look, counts):
    before = look()
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE {counts}"))

    assert look().any == before.any + 1


def test_an_older_release_still_counts_every_change():
    before = version().offers
    changed(1)
    db.session.rollback()
    assert version().offers == before + 1


def test_what_is_rolled_back_never_happened(look):
    before = look()
    stock_changed([1])
    db.session.rollback()
    changed(2)

    assert differing(before, look()) == {2}


def test_another_database_than_before_is_read_from_the_start(look):
    for _ in range(40):
        changed(1)
    look()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE offers_version SET changes = 0, named = 0"))
        connection.execute(text("DELETE FROM variant_version"))
    changed(2)

    assert look().variants.keys() == {2}


@pytest.mark.parametrize("app", ["postgresql"], indirect=True)  # SQLite has one writer at a time
def test_a_change_that_commits_late_is_found_though_later_ones_were_seen(look):
    before = look()
    with db.engine.connect() as slow:
        number = slow.execute(
            text(f"UPDATE offers_version SET {COUNTED} WHERE id = 7 RETURNING changes")
        ).scalar_one()
        slow.execute(text("INSERT INTO variant_version VALUES (1, 7, :number)"), {"number": number})
        for _ in range(30):
            changed(2)
        between = look()
        slow.commit()

    assert differing(before, between) == {2}
    assert differing(between, look()) == {1}
