"""Pages kept for visitors without a session: the same page, quickly; never an old one or anybody’s own."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from shop import create_app
from shop.catalogue import list_rows
from shop.catalogue.models import Variant
from shop.clock import now, today
from shop.database import db, transaction
from shop.outbox import chores
from shop.projections.cache_version import offers_changed
from shop.projections.page_cache import LARGEST_PAGE, LOOK_EVERY, Kept, Shelf
from tests.factories import make_lot, make_variant


@pytest.fixture
def kept(app: Flask, tmp_path: Path) -> Flask:
    """A second application on the same database, which keeps its pages as a store does."""
    settings = replace(app.extensions["settings"], page_cache_mb=64, instance=tmp_path)
    keeping = create_app(settings)
    keeping.wsgi_app.state.patience = 60  # a slow machine is no slow database
    with keeping.app_context():
        variant = make_variant(categories=("Pain",))
        make_lot(variant, 500)
        chores.run_all()
    yield keeping
    with keeping.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask) -> None:
    """As if the time between two looks at the database had passed, after the worker's chores."""
    with app.app_context():
        chores.run_all()
    app.wsgi_app.state.look_now()
    app.extensions["finder"].look_now()


def rendered(app: Flask) -> list[str]:
    """Endpoints that the application itself answered, from now on."""
    seen: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(_path()))
    return seen


def _path() -> None:
    from flask import request

    return request.path


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
    from shop.storefront import state

    seen = rendered(kept)
    kept.test_client().get("/medicines")
    monkeypatch.setattr(state, "today", lambda: today() + timedelta(days=1))
    kept.wsgi_app.state.look_now()
    kept.test_client().get("/medicines")

    assert len(seen) == 2


def test_two_processes_share_what_one_of_them_rendered(kept):
    kept.test_client().get("/medicines")
    other = create_app(kept.extensions["settings"])
    seen = rendered(other)

    assert other.test_client().get("/medicines").status_code == 200
    assert seen == []
    with other.app_context():
        db.engine.dispose()


def lose_the_database(app: Flask, seconds_ago: float) -> None:
    """From now on the state cannot be asked; it was last known `seconds_ago`."""
    state = app.wsgi_app.state
    state._ask = lambda: 1 / 0
    state._known = (state._known[0], state._known[1] - seconds_ago)
    state.look_now()


def test_while_the_database_is_away_kept_pages_are_shown_and_say_how_old_they_are(kept):
    fresh = kept.test_client().get("/medicines")
    lose_the_database(kept, seconds_ago=60)
    seen = rendered(kept)
    old = kept.test_client().get("/medicines")

    assert (seen, old.data) == ([], fresh.data)
    assert "Age" not in fresh.headers
    assert int(old.headers["Age"]) >= 60
    assert (
        kept.test_client().get("/medicines", headers={"If-None-Match": old.headers["ETag"]}).status_code
        == 304
    )


def test_what_was_last_known_too_long_ago_is_not_shown(kept):
    kept.test_client().get("/medicines")
    lose_the_database(kept, seconds_ago=kept.extensions["settings"].deadlines.stale_pages)
    seen = rendered(kept)
    kept.test_client().get("/medicines")

    assert len(seen) == 1


# --- The shelf ---

PAGE = Kept([("Content-Type", "text/html")], 'W/"1"', b"line\nline\n")


def test_what_is_put_on_the_shelf_comes_back_whole(tmp_path):
    shelf = Shelf(tmp_path, 1)
    shelf.put("a", "1", PAGE)

    assert shelf.get("a", "1") == PAGE
    assert shelf.get("a", "2") is None
    assert shelf.get("b", "1") is None


def test_the_shelf_never_grows_beyond_its_places(tmp_path):
    shelf = Shelf(tmp_path, 1)
    for number in range(100):
        shelf.put(str(number), "1", PAGE)

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert shelf.places == 8
    assert len(files) <= 8
    assert any(shelf.get(str(number), "1") for number in range(100))


def test_a_page_too_large_for_its_place_is_not_kept(tmp_path):
    shelf = Shelf(tmp_path, 1)
    shelf.put("a", "1", Kept([], None, b"x" * LARGEST_PAGE))

    assert shelf.get("a", "1") is None
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff\xfe", b'{"state": "1"', b"[1]\nx"])
def test_a_damaged_file_is_a_page_to_render(tmp_path, damage):
    shelf = Shelf(tmp_path, 1)
    shelf.put("a", "1", PAGE)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            path.write_bytes(damage)

    assert shelf.get("a", "1") is None
    shelf.put("a", "1", PAGE)
    assert shelf.get("a", "1") == PAGE


def test_a_disk_that_cannot_be_written_is_no_error(tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("")
    Shelf(blocked, 1).put("a", "1", PAGE)

    assert "could not be kept" in caplog.text
