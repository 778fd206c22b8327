"""Looking things up: found to the letter, offered as a choice, or led on; never swapped silently."""

import re

import pytest

from shop.database import transaction
from tests.factories import make_variant


def test_a_right_spelling_finds_the_medicine(client, shelf):
    page = client.get("/search?q=baclofen").text

    assert page.count("<h3>") == 1
    assert 'href="/medicines/baclofen-tablets"' in page
    assert "data-choices" not in page


def test_a_wrong_spelling_offers_a_choice_that_opens_the_medicine(client, shelf):
    page = client.get("/search?q=baclofn").text

    assert 'data-choices="1"' in page
    assert "<h2>baclof<mark>e</mark>n</h2>" in page
    assert '<a class="button plain" href="/medicines/baclofen-tablets">' in page


def test_a_near_name_opens_its_medicine_and_leads_to_all_of_them(app, client, shelf):
    with app.app_context(), transaction():
        make_variant("Baclofen", "5 mg", form="suspension")

    page = client.get("/search?q=baclofn").text
    assert '<a class="button plain" href="/medicines/baclofen-' in page
    assert 'href="/search?q=baclofen"' in page


def test_names_that_look_alike_are_told_apart_by_their_letters(app, client):
    with app.app_context(), transaction():
        make_variant("Hydroxyzine", "25 mg")
        make_variant("Hydralazine", "25 mg")

    page = client.get("/search?q=hydrxazine").text

    assert "hydr<mark>oxy</mark>zine" in page
    assert "hydr<mark>ala</mark>zine" in page
    assert 'data-choices="2"' in page
    assert client.get("/search?q=hydralazine").text.count("<h3>") == 1


@pytest.mark.parametrize("query", ["", "   ", "zzzzzz", "%00", "()[]{}*?~:\"'\\", "ÄÖÜß", "💊"])
def test_no_search_is_a_dead_end(client, shelf, query):
    response = client.get("/search", query_string={"q": query})

    assert response.status_code == 200
    assert 'href="/medicines?category=muscle-spasticity"' in response.text
    assert re.search(r'href="/medicines\?letter=B"', response.text)


def test_what_was_typed_is_shown_as_words_only(client, shelf):
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'

    page = client.get("/search", query_string={"q": hostile}).text

    assert "<script>" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_endless_query_is_cut(client, shelf):
    page = client.get("/search", query_string={"q": "baclofen " * 5000}).text

    assert len(page) < 20_000


def test_many_results_come_in_pages(app, client):
    with app.app_context(), transaction():
        for number in range(30):
            make_variant(f"Drug{number:02}", "5 mg")

    assert 'rel="next" href="/search?q=tablets&amp;page=2"' in client.get("/search?q=tablets").text
    assert client.get("/search?q=tablets&page=2").text.count("<h3>") == 6


def test_a_prefetched_search_is_not_counted(client, shelf):
    instance = client.application.extensions["settings"].instance

    def noted() -> int:
        return sum(path.stat().st_size for path in instance.rglob("search-misses*") if path.is_file())

    before = noted()
    client.get("/search?q=zzzzprefetched", headers={"Sec-Purpose": "prefetch;prerender"})
    assert noted() == before
    client.get("/search?q=zzzzprefetched")
    assert noted() > before
