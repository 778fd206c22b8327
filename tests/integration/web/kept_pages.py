"""Looking at which pages are kept, and which the application had to render."""

from flask import Flask, request

from shop.outbox import chores
from shop.storefront.finder.service import finder


def at_once(app: Flask) -> None:
    """As if the time between two looks at the database had passed, after the worker's chores."""
    with app.app_context():
        chores.run_all()
    look_again(app)
    finder(app).look_now()
    app.extensions["search"] = None  # opened anew, it is the index that was just built


def look_again(app: Flask) -> None:
    """As if only the time between two looks at the versions had passed."""
    app.wsgi_app.versions.look_now()


def rendered(app: Flask) -> list[str]:
    """Paths that the application itself answered, from now on."""
    seen: list[str] = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(request.path))
    return seen


def age_of(app: Flask, path: str) -> int | None:
    """How old the answer says it is; None for one that was rendered for this request."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200, path
    return int(answer.headers["Age"]) if "Age" in answer.headers else None


def from_the_cache(app: Flask, *paths: str) -> dict[str, bool]:
    """By path, whether the answer came from the cache."""
    return {path: age_of(app, path) is not None for path in paths}
