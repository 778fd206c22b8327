"""Finding a tablet by its look: on the page as one fills it in, and in at most two queries."""

import re
from datetime import UTC, datetime

import pytest

from shop.appearance.finding import Sought, pills, set_appearance, with_part_of
from shop.catalogue.models import Variant
from shop.database import db, transaction
from tests.factories import make_variant

AT = datetime(2026, 11, 22, tzinfo=UTC)
LOOKS = {
    "Sildenafil 50 mg": {
        "shape": "diamond",
        "color": "blue",
        "imprint": "VGR50;Pfizer",
        "product": "Viagra",
    },
    "Atorvastatin 10 mg": {"shape": "oval", "color": "white", "imprint": "PD;155;10"},
    "Atorvastatin 20 mg": {"shape": "oval", "color": "off-white", "imprint": "PD;156;20"},
    "Baclofen 10 mg": {"shape": "round", "color": "white", "imprint": "WPI 2265"},
    "Gearolol 5 mg": {"shape": "gear", "color": "white", "imprint": "G 155"},
    "Plainol 5 mg": {"shape": "round", "color": "white", "imprint": ""},
}


@pytest.fixture
def appearances(context):
    """One strength for each of LOOKS, a two-colored capsule, and one that is not listed."""
    with transaction():
        for label, look in LOOKS.items():
            name, strength = label.split(" ", 1)
            _show(make_variant(name, strength), look)
        _show(make_variant("Duloxetine", "30 mg", form="capsule"), {"color": "blue", "color2": "white"})
        _show(make_variant("Hiddenol", "5 mg", listed=False), LOOKS["Baclofen 10 mg"])


def _show(variant_id: int, look: dict) -> None:
    set_appearance(db.session.get(Variant, variant_id), look, AT)


def names(found) -> list[str]:
    return [f"{pill.name} {pill.strength}" for pill in found]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought("VGR50 Pfizer"), ["Sildenafil 50 mg"]),
        (Sought("pfizer vgr 50"), ["Sildenafil 50 mg"]),
        (Sought("vgr"), ["Sildenafil 50 mg"]),
        (Sought("VG"), ["Sildenafil 50 mg"]),
        (Sought("PD15510"), ["Atorvastatin 10 mg"]),
        (Sought("10 pd"), ["Atorvastatin 10 mg"]),
        (Sought("wp1 2265"), ["Baclofen 10 mg"]),
        (Sought("155"), ["Gearolol 5 mg", "Atorvastatin 10 mg"]),
        (Sought("155", color="blue"), []),
        (Sought("pd", shapes=("oval",)), ["Atorvastatin 10 mg", "Atorvastatin 20 mg"]),
        (Sought(shapes=("oval",), color="white"), ["Atorvastatin 10 mg", "Atorvastatin 20 mg"]),
        (Sought(shapes=("capsule",), color="white"), ["Duloxetine 30 mg"]),
        (Sought(shapes=("gear", "clover")), ["Gearolol 5 mg"]),
        (Sought("2265 PD"), []),
        (Sought("★"), []),
        (Sought(), []),
    ],
)
def test_a_pill_is_found_by_what_one_sees_of_it(appearances, sought, found):
    assert names(pills(sought, 10)) == found


def test_a_pill_with_just_this_imprint_comes_before_those_that_begin_with_it(context):
    with transaction():
        for strength, imprint in (("1 mg", "A 15"), ("2 mg", "A 1"), ("3 mg", "A 1 XY")):
            _show(make_variant("Manyol", strength), {"shape": "round", "imprint": imprint})
    assert names(pills(Sought("A1"), 10)) == ["Manyol 2 mg", "Manyol 1 mg", "Manyol 3 mg"]


def test_what_shares_most_words_of_an_imprint_comes_first(appearances):
    assert names(with_part_of("PD 155 99", 10)) == [
        "Atorvastatin 10 mg",
        "Gearolol 5 mg",
        "Atorvastatin 20 mg",
    ]
    assert with_part_of("★", 10) == []


def test_the_page_shows_a_match_with_its_look_its_maker_and_its_address(appearances, client):
    answer = client.get("/identify?imprint=vgr+50&color=blue&shape=diamond")
    entered = re.search(r'<p class="lede">(.*?)</p>', answer.text)[1]
    assert all(one in entered for one in ("vgr 50", "diamond", "blue"))
    shown = answer.text.split('data-matches="1"', 1)[1].split("</section>", 1)[0]
    assert 'href="/medicines/sildenafil-tablets/50-mg"' in answer.text
    look = re.search(r'<p class="soft">(.*?)</p>', shown)[1].lower()
    assert all(one in look for one in ("diamond", "blue", "vgr50", "pfizer", "viagra"))
    assert 'value="diamond" checked' in answer.text
    assert 'value="vgr 50"' in answer.text
    assert int(answer.headers["X-Query-Count"]) == 1


def test_the_page_says_that_a_look_is_no_proof_and_whom_to_ask(appearances, client):
    for address in ("/identify", "/identify?imprint=vgr", "/identify?imprint=nothing"):
        page = client.get(address)
        caution = re.search(r'role="note" data-caution>(.*?)</div>', page.text, re.S)[1]
        assert "pharmacist" in caution
        assert "(555)" in caution
        assert "<strong>" in caution


def test_nothing_found_offers_what_is_near_and_ways_with_less(appearances, client):
    answer = client.get("/identify?imprint=PD+999&color=red&shape=tear")
    assert 'data-matches="0"' in answer.text
    near = answer.text.split('data-near="', 1)[1].split("</section>", 1)[0]
    assert 'href="/medicines/atorvastatin-tablets/10-mg"' in near
    for url in (
        "shape=tear&amp;color=red",
        "imprint=PD+999&amp;color=red",
        "imprint=PD+999&amp;shape=tear",
    ):
        assert f'href="/identify?{url}"' in answer.text
    assert int(answer.headers["X-Query-Count"]) == 2


def test_an_address_that_was_shared_with_the_former_spelling_still_asks_for_the_color(appearances, client):
    now, former = (client.get(f"/identify?shape=round&{name}=white").text for name in ("color", "colour"))
    assert re.findall(r'data-matches="[^"]+"', now) == re.findall(r'data-matches="[^"]+"', former) != []
    assert 'data-matches="0"' not in now


def test_nothing_found_by_color_alone_leads_on_too(appearances, client):
    page = client.get("/identify?color=black").text
    assert 'data-matches="0"' in page
    assert 'href="/search"' in page


def test_the_form_alone_asks_the_database_nothing(appearances, client):
    assert client.get("/identify").headers["X-Query-Count"] == "0"


@pytest.mark.parametrize(
    "query",
    ["?shape=moon&color=plaid", "?imprint=", "?imprint=%E2%98%85", "?imprint=%20&color="],
)
def test_what_cannot_be_looked_for_shows_the_form(appearances, client, query):
    answer = client.get(f"/identify{query}")
    assert answer.status_code == 200
    assert 'id="imprint"' in answer.text
    assert "data-matches" not in answer.text


def test_signs_without_a_letter_are_said_to_be_no_imprint(appearances, client):
    assert "data-no-imprint" in client.get("/identify?imprint=%E2%98%85").text
    assert "data-no-imprint" not in client.get("/identify").text


def test_an_imprint_is_shown_as_typed_and_never_as_markup(appearances, client):
    answer = client.get("/identify?imprint=%3Cb%3EA%22+1")
    assert "<b>A" not in answer.text
    assert "&lt;b&gt;A&#34; 1" in answer.text


def test_more_than_fit_are_said_to_be_more(context, client):
    with transaction():
        for number in range(1, 27):
            _show(make_variant("Whitol", f"{number} mg"), {"shape": "round", "color": "white"})
    assert 'data-matches="24+"' in client.get("/identify?shape=round&color=white").text


def test_the_page_is_the_same_for_every_visitor_and_sets_no_cookie(appearances, client):
    answer = client.get("/identify?imprint=vgr")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert '<meta name="robots" content="noindex">' in answer.text
    assert "noindex" not in client.get("/identify").text


def test_the_search_and_the_foot_of_a_page_lead_here(appearances, client):
    assert client.get("/search?q=zzzzzz").text.count('<a href="/identify">') == 2  # its own and the foot's
    assert client.get("/privacy").text.count('<a href="/identify">') == 1
