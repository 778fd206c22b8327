"""An address that is ours but for a slash at its end or capital letters leads to the page; no other does."""

import pytest

from tests.factories import make_variant


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/medicines/", "/medicines"),
        ("/Medicines?page=2&sort=price", "/medicines?page=2&sort=price"),
        ("/PRIVACY/", "/privacy"),
        ("/medicines/Baclofen-Tablets", "/medicines/baclofen-tablets"),
        ("/medicines/Baclofen-Tablets/10-MG", "/medicines/baclofen-tablets/10-mg"),
        ("/medicines/baclofen-tablets/10-mg/", "/medicines/baclofen-tablets/10-mg"),
        ("/basket/", "/basket"),
    ],
)
def test_it_leads_on(client, context, asked, meant):
    make_variant()
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (301, meant)
    assert client.get(meant).status_code == 200


@pytest.mark.parametrize(
    ("role", "asked", "usual"),
    [
        (
            "admin",
            "/admin/catalogue/Baclofen-Tablets?_scheme=x",
            "/admin/catalogue/baclofen-tablets?_scheme=x",
        ),
        ("admin", "/admin/catalogue/BACLOFEN-TABLETS/edit", "/admin/catalogue/baclofen-tablets/edit"),
        ("admin", "/admin/prices/Baclofen-Tablets", "/admin/prices/baclofen-tablets"),
        ("admin", "/admin/orders/f-1111-1111", "/admin/orders/F-1111-1111"),
        ("customer", "/orders/f-1111-1111", "/orders/F-1111-1111"),
        ("pharmacist", "/pharmacist/facts/Baclofen", "/pharmacist/facts/baclofen"),
    ],
)
def test_a_name_in_other_letters_leads_on_for_whoever_may_see_it(
    context, make_user, sign_in, role, asked, usual
):
    make_variant()
    client = sign_in(make_user(role))
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (302, usual)
    assert client.get(usual).status_code == (404 if "1111" in usual else 200)  # and no further


@pytest.mark.parametrize(
    "asked",
    [
        "/nowhere/",
        "/\\evil.example/",
        "/%2F%2Fevil.example/medicines/",
        "/medicines/nothing",
        "/static/",
    ],
)
def test_what_is_no_page_of_ours_stays_unknown(client, asked):
    answer = client.get(asked)
    assert answer.status_code == 404
    assert "Location" not in answer.headers


def test_a_form_is_never_led_on(client):
    assert client.post("/basket/", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


def test_a_page_beyond_the_end_is_the_last(client):
    answer = client.get("/medicines?page=99999")
    assert answer.status_code == 200
    assert "page=99999" not in answer.text
