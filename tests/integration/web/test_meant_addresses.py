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
