"""Pages kept for visitors without a session: the same page, quickly; never an old one or anybody’s own."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from shop import create_app
from shop.catalogue import list_rows
from shop.catalogue.models import Variant
from shop.clock import now, today
from shop.database import db, transaction
from shop.projections.cache_version import offers_changed
from shop.projections.store import LOOK_EVERY
from tests.factories import make_lot
from tests.integration.web.kept_pages import at_once, rendered
from tests.running_store import PATIENCE

PAGES = (
    "/",
    "/medicines",
    "/medicines?form=tablet&sort=price",
    "/medicines/baclofen-tablets",
    "/search?q=baclofen",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_second_visitor_gets_the_page_without_it_being_rendered(kept, path):
    seen = rendered(kept)
    first, second = kept.test_client().get(path), kept.test_client().get(path)

    assert len(seen) == 1
    assert first.data == second.data
    assert first.headers.getlist("ETag") == second.headers.getlist("ETag")
    assert "Set-Cookie" not in second.headers
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert second.headers["Content-Security-Policy"] == first.headers["Content-Security-Policy"]


def test_a_search_in_vain_is_counted_each_time(kept):
    seen = rendered(kept)
    for _ in range(3):
        assert 'data-state="empty"' in kept.test_client().get("/search?q=qqzzyh").text

    assert len(seen) == 3


def test_who_has_the_page_already_is_told_so_in_a_few_bytes(kept):
    etag = kept.test_client().get("/medicines").headers["ETag"]

    for _ in range(2):
        again = kept.test_client().get("/medicines", headers={"If-None-Match": etag})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
    other = kept.test_client().get("/medicines", headers={"If-None-Match": 'W/"another"'})
    assert other.status_code == 200


@pytest.mark.parametrize("accepted", ["br, gzip", "gzip", "", "gzip;q=0, identity", "zstd"])
def test_every_encoding_is_answered_in_kind(kept, accepted):
    first = kept.test_client().get("/medicines", headers={"Accept-Encoding": accepted})
    second = kept.test_client().get("/medicines", headers={"Accept-Encoding": accepted})

    assert first.data == second.data
    asked = accepted.split(",")[0]
    assert second.headers.get("Content-Encoding") == (asked if asked in ("br", "gzip") else None)


def test_a_sale_shows_on_the_next_look(kept):
    assert 'data-left="500"' in kept.test_client().get("/medicines/baclofen-tablets").text
    with kept.app_context():
        make_lot(1, 100)
    at_once(kept)

    assert 'data-left="600"' in kept.test_client().get("/medicines/baclofen-tablets").text


def test_a_price_shows_on_the_next_look_in_page_list_and_search(kept):
    for path in PAGES:
        kept.test_client().get(path)
    with kept.app_context(), transaction() as session:
        session.execute(update(Variant).values(price="0.77"))
        list_rows.refresh(None, "US")
        offers_changed(now())
    at_once(kept)

    for path in PAGES[1:]:
        page = kept.test_client().get(path).text
        assert "$0.77" in page, path
        assert "$0.51" not in page, path


def test_the_look_comes_at_most_half_a_second_later():
    assert LOOK_EVERY <= 0.5


def test_who_has_a_session_is_never_answered_from_what_is_kept(kept):
    visitor, shopper = kept.test_client(), kept.test_client()
    visitor.get("/medicines")
    shopper.post("/basket", data={"variant": 1, "quantity": 30}, headers={"Sec-Fetch-Site": "same-origin"})

    assert 'data-items="1"' in shopper.get("/medicines").text
    assert 'data-items="1"' not in visitor.get("/medicines").text
    assert shopper.get("/medicines").headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("path", ["/sign-in", "/basket", "/medicines/nothing", "/healthz"])
def test_what_is_no_public_page_is_rendered_each_time(kept, path):
    seen = rendered(kept)
    for _ in range(2):
        kept.test_client().get(path)

    assert len(seen) == 2


def test_other_methods_and_endless_addresses_pass_by(kept):
    seen = rendered(kept)
    for _ in range(2):
        kept.test_client().head("/medicines")
        kept.test_client().get(f"/medicines?category={'x' * 500}")

    assert len(seen) == 4


def test_another_day_is_another_page(kept, monkeypatch):
    from shop.storefront import page_version

    seen = rendered(kept)
    for _ in range(2):
        kept.test_client().get("/medicines/baclofen-tablets")
        kept.test_client().get("/privacy")
        monkeypatch.setattr(page_version, "today", lambda: today() + timedelta(days=1))
        kept.wsgi_app.versions.look_now()

    assert seen == ["/medicines/baclofen-tablets", "/privacy", "/medicines/baclofen-tablets"]


def test_two_processes_share_what_one_of_them_rendered(kept):
    kept.test_client().get("/medicines")
    other = create_app(kept.extensions["settings"])
    other.wsgi_app.versions.patience = PATIENCE  # a slow machine is no slow database
    seen = rendered(other)

    assert other.test_client().get("/medicines").status_code == 200
    assert seen == []
    with other.app_context():
        db.engine.dispose()


def lose_the_database(app: Flask, monkeypatch: pytest.MonkeyPatch, seconds_ago: float) -> None:
    """From now on the versions cannot be asked for; they were last known `seconds_ago`."""
    versions = app.wsgi_app.versions
    monkeypatch.setattr(versions, "_ask", lambda: 1 / 0)
    versions._known = (versions._known[0], versions._known[1] - seconds_ago)
    versions.look_now()


def test_while_the_database_is_away_kept_pages_are_shown(kept, monkeypatch):
    fresh = kept.test_client().get("/medicines")
    lose_the_database(kept, monkeypatch, seconds_ago=60)
    seen = rendered(kept)
    old = kept.test_client().get("/medicines")

    assert (seen, old.data) == ([], fresh.data)
    assert "Age" in old.headers
    assert (
        kept.test_client().get("/medicines", headers={"If-None-Match": old.headers["ETag"]}).status_code
        == 304
    )


def test_what_was_last_known_too_long_ago_is_not_shown(kept, monkeypatch):
    kept.test_client().get("/medicines")
    lose_the_database(kept, monkeypatch, seconds_ago=kept.extensions["settings"].deadlines.stale_pages)
    seen = rendered(kept)
    kept.test_client().get("/medicines")

    assert len(seen) == 1
