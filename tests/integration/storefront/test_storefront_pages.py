"""What every public page keeps to: no cookie, an ETag, few queries, no foreign or inline code, a way on."""

import re

import pytest

from shop.database import transaction
from shop.search.log import KEPT_DAYS
from tests.factories import make_lot, make_variant

PAGES = {
    "/": 4,
    "/medicines": 4,
    "/medicines?category=muscle-spasticity&prescription=needed&sort=price": 4,
    "/medicines?form=nonsense": 4,
    "/medicines/baclofen-tablets": 5,
    "/medicines/baclofen-tablets/25-mg": 5,
    "/search?q=baclofen": 3,
    "/search?q=baclofn": 3,
    "/search?q=nothing+of+the+kind": 3,
    "/search": 3,
    "/privacy": 0,
    "/robots.txt": 0,
}


@pytest.mark.parametrize("address", PAGES)
def test_a_visitors_page_sets_no_cookie_and_may_be_cached(client, shelf, address):
    response = client.get(address)

    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["Cache-Control"] == "public, no-cache"
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", PAGES)
def test_a_page_stays_within_its_queries(client, shelf, address):
    client.get("/search?q=baclofen")  # builds the index, once

    assert int(client.get(address).headers["X-Query-Count"]) <= PAGES[address]


@pytest.mark.parametrize("address", [address for address in PAGES if address != "/robots.txt"])
def test_a_page_has_one_heading_its_own_title_and_no_inline_code(client, shelf, address):
    page = client.get(address).text

    assert len(re.findall(r"<h1[ >]", page)) == 1
    assert re.search(r"<title>\S.* \| Formulary</title>", page)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! type=\"application/ld|[^>]*\ssrc=)", page)
    assert not re.search(r"(src|(?<!\"canonical\" )href)=\"(https?:)?//", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_the_list_and_the_front_page_do_not_ask_per_medicine(app, client):
    with app.app_context(), transaction():
        for number in range(60):
            make_lot(
                make_variant(f"Drug {number:02}", "5 mg", rx=number % 2 == 0, categories=(f"C{number % 7}",))
            )

    for address in ("/", "/medicines", "/medicines?sort=price&page=2"):
        assert int(client.get(address).headers["X-Query-Count"]) <= 4


def test_an_empty_store_still_opens(client):
    for address in ("/", "/medicines", "/search?q=baclofen"):
        assert client.get(address).status_code == 200


def leaders(page) -> list[tuple[str, str]]:
    """What the sample entry says, line by line."""
    return re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", page.text.split("</article>", 1)[0])


def test_the_front_page_shows_an_entry_conditions_letters_and_the_open_shelf(client, shelf, words):
    response = client.get("/")
    text = words(response)

    said = [(re.search(r"\d+ mg", label)[0], price.split()[0]) for label, price in leaders(response)]
    assert said == [("10 mg", "$0.51"), ("20 mg", "$0.62"), ("25 mg", "$0.51"), ("40 mg", "$2.04")]
    assert "data-sold>2<" in response.text
    assert "Naproxen tablets 220 mg 24, 50 $0.079 $3.95" in text, "the cells of a row"
    assert 'href="/medicines?category=muscle-spasticity"' in response.text
    assert re.findall(r'href="/medicines\?letter=(.)"', response.text) == ["B", "N"]


def test_privacy_says_what_is_kept_and_who_sees_it(client, words):
    text = words(client.get("/privacy"))

    assert "encrypted" in text.lower()
    assert f"{KEPT_DAYS} days" in text, "how long failed searches are counted"
    assert "pharmacy@demo.example" in text


def test_machines_are_kept_from_what_is_somebodys_own(client):
    text = client.get("/robots.txt").text

    assert "Disallow: /prescriptions" in text
    assert "Disallow: /medicines" not in text


def test_the_front_page_counts_what_is_sold_in_this_market(client, shelf):
    with client.application.app_context():
        make_variant("Elsewherine", markets=("AU",), categories=("blood-clots",))
    page = client.get("/")
    assert "data-sold>2<" in page.text
    assert "category=blood-clots" not in page.text
    assert re.search(r'href="/medicines">[^<]+</a><span>3</span>', page.text)
