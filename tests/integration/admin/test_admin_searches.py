"""From a note of a search in vain to the admin's desk: counted, shown when repeated, erased in time."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from shop import clock
from shop.database import db, transaction
from shop.search import log
from shop.search.jobs import count_failed_searches, erase_old_searches
from shop.search.log import FailedSearch


@pytest.fixture
def today() -> date:
    return clock.today()


@pytest.fixture(autouse=True)
def _empty_buffer(context):
    for file in context.extensions["settings"].instance.glob("search-misses*"):
        file.unlink()


def fold(words: str, day: date, times: int = 1) -> None:
    with transaction():
        log.fold_in([(day, words)] * times)


def test_what_was_looked_for_in_vain_three_times_appears_with_its_count(desk, today):
    instance = desk.client.application.extensions["settings"].instance
    for typed in ("Tizanidin", "tizanidin", "TIZANIDIN", "ada specimen"):
        log.note(instance, typed, today)
    count_failed_searches()

    words = desk.open("/admin/searches")

    assert "tizanidin 3" in words
    assert "specimen" not in words


def test_counts_of_one_day_add_up_and_days_are_summed(desk, today):
    fold("tizanidin", today)
    fold("tizanidin", today)
    fold("tizanidin", today - timedelta(days=3))

    assert "tizanidin 3" in desk.open("/admin/searches")
    assert db.session.scalars(select(FailedSearch.count).order_by(FailedSearch.day)).all() == [1, 2]


def test_a_period_shows_only_its_days(desk, today):
    fold("tizanidin", today - timedelta(days=20), 5)

    desk.open("/admin/searches?days=7")
    assert 'data-state="empty"' in desk.page.text
    assert "tizanidin 5" in desk.open("/admin/searches?days=90")
    assert "tizanidin 5" in desk.open("/admin/searches?days=nonsense")


def test_the_file_says_what_the_page_says(desk, today):
    fold("tizanidin", today, 4)
    fold("rare", today)

    desk.open("/admin/searches.csv?days=7")

    assert desk.page.mimetype == "text/csv"
    assert desk.page.text.splitlines() == ["words,times,last", f"tizanidin,4,{today.isoformat()}"]
    assert re.search(r'attachment; filename="[a-z0-9-]+\.csv"', desk.page.headers["Content-Disposition"])


def test_after_ninety_days_a_search_is_erased(desk, today):
    fold("old", today - timedelta(days=90), 9)
    fold("young", today - timedelta(days=89), 9)

    erase_old_searches()

    assert db.session.scalars(select(FailedSearch.words)).all() == ["young"]
    assert "young 9" in desk.open("/admin/searches?days=90"), "what is kept is shown"


def test_a_day_of_invented_words_fills_no_table(context, today, monkeypatch):
    monkeypatch.setattr(log, "MOST_ROWS_A_DAY", 10)
    with transaction():
        log.fold_in((today, f"word{number}x") for number in range(50))
        log.fold_in([(today, "word3x")])

    rows = dict(db.session.execute(select(FailedSearch.words, FailedSearch.count)).all())
    assert len(rows) == 10
    assert rows["word3x"] == 2


def test_without_notes_the_worker_writes_nothing(context):
    count_failed_searches()
    erase_old_searches()

    assert db.session.scalars(select(FailedSearch.id)).all() == []
