"""What the public pages' tests share: a shelf of medicines, a fresh search, and pages as parsed text."""

import re
import shutil
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from shop.database import transaction
from shop.search import log
from shop.storefront.jobs import follow_offers
from tests.factories import make_lot, make_variant


@pytest.fixture(autouse=True)
def _no_index(app: Flask):
    shutil.rmtree(app.extensions["settings"].search_folder, ignore_errors=True)
    app.extensions.pop("search", None)


class FollowedClient(FlaskClient):
    """A visitor for whom the worker is quick: the finder is up to date before every page."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            follow_offers()
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return FollowedClient(app, Response)


@pytest.fixture
def shelf(app: Flask) -> dict[str, int]:
    """Variant ids: baclofen as the demonstration carries it, and one medicine without prescription."""
    with app.app_context(), transaction():
        ids = {
            "10": make_variant(
                categories=("Muscle spasticity",),
                daily=("40", "80"),
                monograph_slug="baclofen",
                summary="Eases stiff muscles.",
                appearance={"shape": "round", "color": "white", "imprint": "B 10"},
            ),
            "20": make_variant(strength="20 mg", price="0.62", daily=("40", "80")),
            "25": make_variant(strength="25 mg", markets=("AU", "ZA"), daily=("40", "80")),
            "otc": make_variant(
                "Naproxen",
                "220 mg",
                "0.079",
                rx=False,
                categories=("Pain",),
                quantities=(24, 50, 100, 200),
            ),
        }
        make_lot(ids["10"], 3000)
        make_lot(ids["25"], 3000)
        make_lot(ids["otc"], 150)
    return ids


@pytest.fixture
def words():
    """`words(response)`: the page's visible text, spaces joined."""

    def read(response) -> str:
        page = re.sub(r"<(script|style|svg).*?</\1>", " ", response.text, flags=re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", page).replace("&nbsp;", " ").split())

    return read


@pytest.fixture
def noted(app):
    """`noted()`: what was noted of failed searches since the test began."""
    instance = app.extensions["settings"].instance

    def take() -> list[str]:
        found = [words for _, words in log.take(instance)]
        log.done(instance)
        return found

    take()
    take()
    return take


@pytest.fixture
def carried(app):
    """`carried(name, …)`: the shelf has a medicine of this name."""

    def put(name: str, strength: str = "500 mg", **more) -> None:
        with app.app_context(), transaction():
            make_variant(name, strength, **more)

    return put


def offered(response) -> dict[str, list[tuple[str, str]]]:
    return {
        group["title"]: [(item["name"], item["url"]) for item in group["items"]]
        for group in response.json["groups"]
    }
