"""Suggestions over HTTP, look-alike names on the page of results, and searches in vain."""

import re

import pytest

from shop.database import transaction
from tests.factories import make_variant


@pytest.fixture
def alike(app):
    with app.app_context(), transaction():
        make_variant("Hydroxyzine", "25 mg", summary="Eases itching.")
        make_variant("Hydralazine", "25 mg")


def test_what_begins_so_is_offered_with_where_it_leads(client, shelf):
    medicines, ingredients, *_ = (group["items"] for group in client.get("/suggest?q=bac").json["groups"])

    for items, name, figures, url in (
        (medicines, "Baclofen tablets", ["10", "20", "25", "$0.51"], "/medicines/baclofen-tablets"),
        (ingredients, "baclofen", ["1"], "/search?q=baclofen"),
    ):
        (item,) = items
        assert (item["name"], item["url"]) == (name, url)
        assert re.findall(r"\$?\d+(?:\.\d+)?", item["note"]) == figures
        assert client.get(url).status_code == 200


def test_a_condition_leads_to_its_list(client, shelf):
    group = client.get("/suggest?q=muscle+spast").json["groups"][0]

    assert group["items"][0]["url"] == "/medicines?category=muscle-spasticity"
    assert client.get(group["items"][0]["url"]).text.count("<h3>") == 1


def test_an_error_is_a_question_that_opens_the_medicine(client, shelf):
    (group,) = client.get("/suggest?q=baclofn").json["groups"]
    assert [item["url"] for item in group["items"]] == ["/medicines/baclofen-tablets"]


def test_a_confusable_name_is_told_from_its_look_alike_while_typing(client, alike):
    medicines = {
        item["name"]: item["note"]
        for group in client.get("/suggest?q=hydr").json["groups"]
        for item in group["items"]
        if item["url"].startswith("/medicines/")
    }

    others = {"hydralazine", "hydroxychloroquine", "hydroxyurea"}
    assert others <= set(re.findall(r"\w+", medicines["Hydroxyzine tablets"]))
    assert "hydroxyzine" in medicines["Hydralazine tablets"]


def test_suggestions_set_no_cookie_and_are_not_sent_twice(client, shelf):
    first = client.get("/suggest?q=bac")
    again = client.get("/suggest?q=bac", headers={"If-None-Match": first.headers["ETag"]})

    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.mimetype == "application/json"
    assert (again.status_code, again.data) == (304, b"")


def test_suggestions_read_no_database_once_there_is_an_index(client, shelf):
    client.get("/suggest?q=bac")

    assert client.get("/suggest?q=baclo").headers["X-Query-Count"] == "0"


@pytest.mark.parametrize("query", ["", "   ", "(:*^", "💊", "%0a"])
def test_odd_text_suggests_nothing_and_breaks_nothing(client, shelf, query):
    response = client.get("/suggest", query_string={"q": query})

    assert (response.status_code, response.json) == (200, {"groups": []})


@pytest.mark.parametrize("query", ["a" * 5000, "<script>", "zzzzzz"])
def test_words_without_any_medicine_lead_on_all_the_same(client, shelf, query):
    (group,) = client.get("/suggest", query_string={"q": query}).json["groups"]

    assert [item["url"] for item in group["items"]] == ["/medicines", "/identify"]


@pytest.mark.parametrize(
    ("typed", "other", "parts"),
    [
        ("hydroxyzine", "hydralazine", "hydr<mark>oxyzine</mark>"),
        ("Hydralazine", "hydroxyzine", "hydr<mark>alazin</mark>e"),
    ],
)
def test_a_confusable_name_shows_its_medicine_and_offers_the_other(client, alike, words, typed, other, parts):
    response = client.get(f"/search?q={typed}")

    assert f'data-lookalikes="{other}' in response.text
    assert re.search(rf'<a class="button plain" href="/(search\?q=|medicines/){other}', response.text)
    assert parts in response.text
    assert response.text.count("<h3>") == 1, "the other is a choice, never a result"


@pytest.mark.parametrize("typed", ["hydroxyzin", "hydrox", "Hydroxyzin tablets"])
def test_the_beginning_of_a_confusable_name_shows_the_other_as_well(client, alike, typed):
    assert 'data-lookalikes="hydralazine ' in client.get(f"/search?q={typed}").text


def test_the_beginning_of_two_names_is_not_taken_for_the_confusable_one(app, client, alike):
    with app.app_context(), transaction():
        make_variant("Hydroxychloroquine", "200 mg")

    page = client.get("/search?q=hydrox").text

    assert page.count("<h3>") == 2
    assert "data-lookalikes" not in page


def test_a_look_alike_that_is_not_carried_is_named_but_not_offered(app, client, words):
    with app.app_context(), transaction():
        make_variant("Prednisone", "5 mg")

    response = client.get("/search?q=prednisone")

    assert 'data-lookalikes="prednisolone ' in response.text
    assert 'data-not-carried="prednisolone"' in response.text
    assert 'href="/search?q=prednisolone"' not in response.text


def test_a_name_without_look_alike_says_nothing(client, shelf, words):
    assert "data-lookalikes" not in client.get("/search?q=baclofen").text


def test_words_that_find_something_apart_are_offered_one_by_one(client, shelf, words):
    response = client.get("/search?q=naproxen+spasticity")

    assert "data-apart" in response.text
    assert '<a href="/search?q=naproxen">naproxen</a>' in response.text


def test_a_search_in_vain_is_noted_for_the_worker(app, shelf, noted):
    visitor = app.test_client()  # for whom no worker runs between the pages
    visitor.get("/search?q=baclofen")
    visitor.get("/search?q=Tizanidin")
    visitor.get("/search?q=ada@demo.example")
    visitor.get("/medicines/no-such-medicine")

    assert noted() == ["tizanidin"]


def test_every_page_with_the_box_loads_the_script_and_names_no_handler(client, shelf):
    for address in ("/", "/medicines", "/search?q=zzzz", "/medicines/baclofen-tablets"):
        page = client.get(address).text
        assert "/static/js/suggest.js?v=" in page
        assert " data-suggest" in page
