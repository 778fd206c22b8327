"""Requests no page of ours would make: what the database cannot hold is refused, not crashed on."""

import re

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound

TOO_LARGE = 2**63
NUL = "a\0b"


def test_a_number_no_row_can_have_is_an_address_that_does_not_exist(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "<int:" in rule.rule]
    assert rules
    for rule in rules:
        path = re.sub("<int:[^>]*>", str(TOO_LARGE), rule.rule)
        path = re.sub("<[^>]*>", "x", path)
        for method in sorted(rule.methods or {"GET"}):
            with pytest.raises((NotFound, MethodNotAllowed)):  # no view gets it
                app.url_map.bind("localhost").match(path, method=method)


@pytest.mark.parametrize(
    "path",
    [
        "/orders/a%00b",
        "/checkout/return?session_id=a%00b",
        "/medicines/a%00b",
        "/search?q=a%00b",
        "/?a%00b=c",
    ],
)
def test_an_address_with_a_nul_in_it_is_refused(make_user, sign_in, path: str) -> None:
    answer = sign_in(make_user()).get(path)
    assert answer.status_code == 400


@pytest.mark.parametrize("fields", [{"variant": NUL}, {NUL: "1"}])
def test_a_form_with_a_nul_in_it_is_refused(client, fields: dict[str, str]) -> None:
    assert client.post("/basket", data=fields).status_code == 400
    assert client.post("/basket", data=fields, content_type="multipart/form-data").status_code == 400


def test_a_form_behind_the_sign_in_with_a_nul_in_it_is_refused(make_user, sign_in) -> None:
    client = sign_in(make_user())
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/account").text)
    assert token
    answer = client.post("/orders/F-0000-0000/pay", data={"csrf_token": token[1], "note": NUL})
    assert answer.status_code == 400
