"""Every address × every role, as `access_table` says.

Whose order or prescription it is, the rooms' own tests ask.
"""

import re

import pytest
from flask import Flask

from shop import create_app
from shop.access import PUBLIC_ENDPOINTS, ROLE_PERMISSIONS, NotPermitted, Permission, declared_access
from tests.access_table import ACCESS, GUESTS
from tests.conftest import settings_for
from tests.csrf import csrf_token

ROLES = (None, "customer", "pharmacist", "admin")
REFUSED_BY_THE_GUARD = f'data-refused="{NotPermitted.code}"'


def address(rule) -> str:
    """The rule's address with made-up values, which no row has."""
    return re.sub(
        r"<(?:(\w+)[^:>]*:)?\w+>", lambda found: "999999" if found[1] == "int" else "made-up", rule.rule
    )


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of everything that can be asked for."""
    return [
        (rule.endpoint, method, address(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def ask(app: Flask, client, method: str, path: str, with_token: bool = True):
    """The answer to one call of a browser that has this store's page open."""
    data = {}
    if method != "GET" and with_token:
        data = {"csrf_token": csrf_token(client)}
    return client.open(path, method=method, data=data, headers={"Sec-Fetch-Site": "same-origin"})


def test_every_endpoint_stands_in_the_table_and_declares_what_the_table_says(app):
    declared = {endpoint: declared_access(app, endpoint) for endpoint in app.view_functions}
    table = {endpoint: access or "public" for endpoint, access in ACCESS.items()}
    missing = {name: access for name, access in declared.items() if name not in table}
    assert missing == {}, "decide who may call these, and enter them in ACCESS"
    assert table.keys() - declared.keys() == set(), "these are gone: take them out of ACCESS"
    assert declared == table


def test_what_guests_may_call_is_known(app):
    views = app.view_functions.items()
    assert {endpoint for endpoint, view in views if getattr(view, "takes_guests", False)} == GUESTS


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_the_table_says(app, make_user, sign_in, role):
    user_id = make_user(role) if role else None
    wrong = []
    for endpoint, method, path in calls(app):
        client = sign_in(user_id) if user_id else app.test_client()
        answer = ask(app, client, method, path)
        wanted = ACCESS.get(endpoint)
        if not right_answer(answer, wanted, role):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.location or ''}")
    assert wrong == []


def right_answer(answer, wanted: Permission | None, role: str | None) -> bool:
    by_guard = answer.status_code == 403 and REFUSED_BY_THE_GUARD in answer.text
    if wanted is None:
        return answer.status_code < 500 and answer.status_code != 401 and not by_guard
    if role is None:
        return answer.status_code == 303 and answer.location.startswith("/sign-in")
    if wanted in ROLE_PERMISSIONS[role]:
        return answer.status_code < 500 and answer.status_code not in (401, 403) and not to_sign_in(answer)
    return by_guard


def to_sign_in(answer) -> bool:
    return bool(answer.location) and answer.location.startswith("/sign-in")


def test_what_answers_a_form_can_be_opened_again(app, make_user, sign_in):
    clients = {role: sign_in(make_user(role)) if role else app.test_client() for role in ROLES}
    wrong = []
    for endpoint, method, path in calls(app):
        if method != "POST" or endpoint == "payment_webhook.stripe":  # which no browser sends
            continue
        wanted = ACCESS[endpoint]
        role = next((one for one in ROLES if wanted is None or wanted in ROLE_PERMISSIONS.get(one, ())), None)
        answer = clients[role].get(path)
        # of made-up rows there is no page; a search form has one whatever was asked
        lost = answer.status_code == 404 and path.endswith("/find")
        if answer.status_code == 405 or answer.status_code >= 500 or lost:
            wrong.append(f"{path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token_unless_it_is_guarded_otherwise(app, make_user, sign_in, role):
    exempt = app.extensions["csrf"]._exempt_views
    user_id = make_user(role) if role else None
    taken = []
    for endpoint, method, path in calls(app):
        view = app.view_functions[endpoint]
        if method == "GET" or f"{view.__module__}.{view.__name__}" in exempt:
            continue
        client = sign_in(user_id) if user_id else app.test_client()
        answer = ask(app, client, method, path, with_token=False)
        # who may not send it at all is told so before the form is looked at
        may_send = (wanted := ACCESS[endpoint]) is None or wanted in ROLE_PERMISSIONS.get(role or "", ())
        refused = answer.status_code == 400 if may_send else right_answer(answer, wanted, role)
        if not refused:
            taken.append(f"{method} {path}: {answer.status_code}")
    assert taken == []


def test_forms_without_a_token_are_few_and_known(app):
    assert {name.rpartition(".")[2] for name in app.extensions["csrf"]._exempt_views} == {"add", "stripe"}


def test_a_permission_that_no_role_has_or_no_view_asks_for_is_a_mistake():
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_no_role_may_do_what_must_stay_apart():
    assert Permission.VERIFY not in ROLE_PERMISSIONS["admin"]
    assert Permission.READ_DOCUMENT not in ROLE_PERMISSIONS["admin"]
    assert not ROLE_PERMISSIONS["pharmacist"] & {Permission.STOCK, Permission.DISPATCH, Permission.SHOP}
    assert ROLE_PERMISSIONS["customer"] == {Permission.SHOP, Permission.READ_DOCUMENT}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_view_that_forgot_to_declare_is_refused_to_everyone(tmp_path, method):
    app = create_app(settings_for(tmp_path))

    @app.route("/forgotten", methods=["GET", "POST"])
    def forgotten():
        return "leak"

    answer = ask(app, app.test_client(), method, "/forgotten")
    assert answer.status_code == 403
    assert "leak" not in answer.text


def test_only_static_files_are_public_without_saying_so():
    assert {"static"} == PUBLIC_ENDPOINTS


@pytest.mark.parametrize(("path", "back"), [("/orders?page=2", "/orders?page%3D2"), ("/orders", "/orders")])
def test_a_visitor_comes_back_to_the_page_after_signing_in(client, path, back):
    assert client.get(path).location == f"/sign-in?next={back}"
