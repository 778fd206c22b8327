"""The list of medicines over HTTP."""

import re

from shop.database import transaction
from tests.factories import make_lot, make_variant


def titles(response) -> list[str]:
    return re.findall(r'<h3><a href="/medicines/[^"]+">([^<]+)</a>', response.text)


def test_rows_say_strengths_packs_stock_and_price(client, shelf):
    page = re.sub(r"<svg.*?</svg>", "", client.get("/medicines").text, flags=re.S)
    baclofen, naproxen = re.findall(r"<li><div><h3>.*?</li>", page, re.S)

    assert figures(baclofen) == ["10", "20", "25", "30", "60", "90", "$0.51", "90", "$45.90"]
    assert figures(naproxen) == ["220", "24", "50", "$0.079", "50", "$3.95"]
    assert [set(re.findall(r'class="(rx|rx none|in|few|out)"', row)) for row in (baclofen, naproxen)] == [
        {"rx", "in"},
        {"rx none", "in"},
    ]


def figures(row: str) -> list[str]:
    return re.findall(r"\$?\d+(?:\.\d+)?", re.sub(r"<[^>]+>", " ", row))


def test_a_row_carries_its_pill_with_words(client, shelf):
    assert "B 10" in re.search(r'<svg class="pill[^>]*aria-label="([^"]+)"', client.get("/medicines").text)[1]


def test_the_list_narrows_by_each_facet_and_shows_the_counts(client, shelf):
    response = client.get("/medicines?prescription=none")

    assert titles(response) == ["Naproxen tablets"]
    assert re.search(r'value="none" checked><span>[^<]+</span><span>1</span>', response.text)
    assert re.search(r'value="needed"><span>[^<]+</span><span>1</span>', response.text)
    assert titles(client.get("/medicines?category=muscle-spasticity")) == ["Baclofen tablets"]
    moved = client.get("/medicines?category=pain-and-fever&prescription=none")
    assert (moved.status_code, moved.location) == (301, "/medicines?category=pain&prescription=none")
    assert titles(client.get("/medicines?letter=n")) == ["Naproxen tablets"]


def test_no_two_lists_share_a_title(client, shelf):
    paths = ("/medicines", "/medicines?sort=popular", "/medicines?stock=in", "/medicines?prescription=none")
    titles = {re.search("<title>(.+?)</title>", client.get(path).text)[1] for path in paths}
    assert len(titles) == len(paths)


def test_it_sorts_by_the_price_of_a_pill(client, shelf):
    assert titles(client.get("/medicines")) == ["Baclofen tablets", "Naproxen tablets"]
    assert titles(client.get("/medicines?sort=price")) == ["Naproxen tablets", "Baclofen tablets"]


def test_pages_lead_on_and_a_page_beyond_the_end_is_the_last(app, client):
    with app.app_context(), transaction():
        for number in range(30):
            make_variant(f"Drug {number:02}", "5 mg", categories=("Pain",))

    first = client.get("/medicines?category=pain")

    assert len(titles(first)) == 24
    assert 'rel="next" href="/medicines?category=pain&amp;page=2"' in first.text
    assert titles(client.get("/medicines?category=pain&page=2"))[-1] == "Drug 29 tablets"
    assert titles(client.get("/medicines?category=pain&page=99"))[-1] == "Drug 29 tablets"


def test_an_empty_result_offers_ways_on(client, shelf):
    page = client.get("/medicines?category=muscle-spasticity&prescription=none").text

    assert 'data-state="empty"' in page
    assert 'href="/medicines?category=muscle-spasticity"' in page  # without the other limit
    assert 'action="/search"' in page
    assert 'href="/#conditions"' in page


def test_what_is_not_sold_here_shows_no_price(app, client):
    with app.app_context():
        make_lot(make_variant(strength="25 mg", markets=("AU", "ZA")))

    page = client.get("/medicines").text

    assert "data-not-sold" in page
    assert "$0.51" not in page


def test_hostile_filters_are_words_and_nothing_else(client, shelf):
    page = client.get(
        "/medicines?category=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&form=';drop table product;--"
    ).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
