"""A medicine’s page: the reviewed text with its sources, and what it costs to read."""

import re
from datetime import UTC, datetime

import pytest

from shop.database import transaction
from shop.demo import service
from shop.monographs.service import publish_file
from tests.factories import make_lot, make_variant

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGE = "/medicines/baclofen-tablets"


@pytest.fixture
def monograph(app):
    text = next(document for document in service.monographs() if document["slug"] == "baclofen")
    with app.app_context(), transaction():
        publish_file(text, AT)
    return text


def test_every_statement_of_the_monograph_leads_to_its_source(client, shelf, monograph):
    page = client.get(PAGE).text
    prose = page[page.index('<div class="prose">') : page.index('<div class="footnotes">')]

    claims = re.findall(r'<(p|li|caption)(?: class="running-on")?>(.*?)</\1>', prose, re.S)

    assert len(claims) == sum(len(section["claims"]) for section in monograph["sections"])
    assert all('<a href="#src' in claim for _tag, claim in claims)
    targets = set(re.findall(r'href="#(src\d+)"', page))
    assert targets <= set(re.findall(r'id="(src\d+)"', page))
    assert 'class="lede"' in page
    assert re.search(r'class="lede">[^<]+<sup><a href="#src1"', page)


def test_the_monograph_says_who_reviewed_it_and_when(client, shelf, monograph, words):
    page = client.get(PAGE)

    for fact in ("November 14, 2026", "Marion Sample, PharmD"):
        assert fact in words(page)
    assert "data-invented" in page.text
    assert '<time datetime="2027-11-14">' in page.text
    assert page.text.count('<li id="src') == 8


def test_contents_lead_to_the_parts(client, shelf, monograph):
    page = client.get(PAGE).text

    assert re.findall(r'<li><a href="#(part-[a-z]+)"', page) == re.findall(
        r'<section[^>]* id="(part-[a-z]+)"', page
    )


def test_without_a_reviewed_text_none_is_made_up(client, shelf):
    page = client.get(PAGE).text

    assert 'data-monograph="none"' in page
    assert "Eases stiff muscles." not in page


def test_a_medicine_of_132_strengths_takes_five_queries(app, client, monograph):
    with app.app_context(), transaction():
        for number in range(1, 133):
            make_lot(make_variant(strength=f"{number} mg", monograph_slug="baclofen"))

    response = client.get(f"{PAGE}/132-mg")

    assert int(response.headers["X-Query-Count"]) <= 5
    assert response.text.count('class="in"') >= 132
