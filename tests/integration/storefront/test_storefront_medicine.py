"""A medicine's page: prices, totals, markets, stock, monograph."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shop.accounts.service import keep_address
from shop.catalogue.service import set_sold_outside_market
from shop.clock import now
from shop.database import transaction
from shop.demo import files
from shop.monographs.service import publish_file
from shop.pricing.models import AcquisitionPrice
from tests.factories import make_lot, make_variant

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGE = "/medicines/baclofen-tablets"


@pytest.fixture
def monograph(app):
    text = next(document for document in files.monographs() if document["slug"] == "baclofen")
    with app.app_context(), transaction():
        publish_file(text, AT)
    return text


def test_ninety_tablets_at_fifty_one_cents_are_forty_five_ninety(client, shelf, words):
    text = words(client.get(PAGE))

    assert "$0.51 per pill" in text
    for quantity, total in ((30, "$15.30"), (60, "$30.60"), (90, "$45.90")):
        assert f"{quantity} tablets × $0.51 {total}" in text
    assert "A day at 40 mg, the usual least $2.04" in text
    assert "A day at 80 mg, the usual most $4.08" in text
    assert "In stock: 3,000 tablets." in text


def test_the_form_sends_the_variant_and_a_quantity_and_no_token(client, shelf):
    page = client.get(PAGE).text
    form = re.search(r'<form class="buy" method="post" action="/basket".*?</form>', page, re.S)[0]

    assert f'name="variant" value="{shelf["10"]}"' in form
    assert re.findall(r'name="quantity" id="q(\d+)"', form) == ["30", "60", "90"]
    assert re.findall(r'value="(\d+)" checked', form) == ["90"]
    assert "csrf_token" not in form
    assert "Add to basket" in form


def test_a_quantity_and_its_total_share_their_place_whatever_the_steps(client, shelf):
    page = client.get("/medicines/naproxen-tablets").text

    assert re.findall(r'class="q(\d+)" value="(\d+)"', page) == [
        ("1", "24"),
        ("2", "50"),
    ]
    assert re.findall(r'class="t(\d+)"><dt>(\d+) tablets', page) == [
        ("1", "24"),
        ("2", "50"),
    ]
    assert re.findall(r'value="(\d+)" checked', page) == ["24"]


def test_limits_are_said_before_one_runs_into_them_and_no_larger_quantity_is_offered(client, shelf):
    page = client.get("/medicines/naproxen-tablets").text

    assert 'id="limits"' in page
    assert "At most 60 tablets in one order" in page
    assert "10 days" in page
    assert re.findall(r'name="quantity" id="q(\d+)"', page) == ["24", "50"], (
        "the store carries 100 and 200 too"
    )
    assert 'id="limits"' not in client.get(PAGE).text, "a prescription says how much"


@pytest.mark.parametrize(("region", "said"), [("ZZ", True), ("AK", True), ("NY", False)])
def test_where_it_is_not_sent_is_said_to_who_lives_there(
    client, shelf, app, make_user, sign_in, region, said
):
    user_id = make_user()
    with app.app_context(), transaction():
        keep_address(
            user_id,
            recipient="Ada Specimen",
            line1="1 Old Road",
            city="Nowhere",
            region=region,
            postal_code="00000",
            country="US",
            at=now(),
        )

    assert ('id="elsewhere"' in sign_in(user_id).get(PAGE).text) is said
    assert 'id="elsewhere"' not in client.get(PAGE).text


def test_a_small_price_is_never_shown_as_nothing(app, client, words):
    with app.app_context():
        make_variant("Tiny", "5 mg", "0.00123", quantities=(100,))

    text = words(client.get("/medicines/tiny-tablets"))

    assert "$0.00123 per pill" in text
    assert "100 tablets × $0.00123 $0.12" in text
    assert "$0.00 " not in text


def test_each_strength_has_a_page_and_says_which_it_is(client, shelf, words):
    page = client.get(f"{PAGE}/20-mg")

    assert "$0.62 per pill" in words(page)
    assert re.search(rf'href="{PAGE}/20-mg" aria-current="true"', page.text)
    assert "<title>Baclofen tablets 20 mg, $0.62 per pill | Formulary</title>" in page.text


def test_a_strength_of_another_market_cannot_be_bought_and_the_page_says_why(client, shelf, words):
    page = client.get(f"{PAGE}/25-mg")
    text = words(page)

    assert "We do not sell 25 mg to US addresses." in text
    assert "registered in Australia and South Africa, not in the United States" in text
    assert "Add to basket" not in text
    assert 'name="quantity"' not in page.text
    assert "Not to US addresses" in text


def test_an_admin_may_open_a_strength_of_another_market_for_sale(app, client, shelf, make_user, words):
    admin = make_user("admin")
    with app.app_context(), transaction():
        set_sold_outside_market(shelf["25"], True, admin, AT, market="US")

    text = words(client.get(f"{PAGE}/25-mg"))

    assert "Add to basket" in text
    assert "to US addresses" not in text


def test_without_a_strength_in_the_address_one_that_is_sold_here_is_shown(app, client, words):
    with app.app_context(), transaction():
        make_variant(strength="5 mg", markets=("AU",))
        make_lot(make_variant())

    page = client.get(PAGE)

    assert re.search(rf'href="{PAGE}/10-mg" aria-current="true"', page.text)
    assert "Add to basket" in words(page)


def test_without_a_strength_in_the_address_one_that_is_in_stock_is_shown(app, client, words):
    with app.app_context(), transaction():
        make_variant(strength="5 mg")
        make_lot(make_variant())

    page = client.get(PAGE)

    assert re.search(rf'href="{PAGE}/10-mg" aria-current="true"', page.text)
    assert "Add to basket" in words(page)


def test_a_strength_stated_otherwise_takes_the_price_per_milligram_from_itself_only(app, client, words):
    with app.app_context(), transaction():
        make_variant(strength="10 mg", price="0.50")
        make_variant(strength="0.02 g", price="0.80")
        make_variant(strength="30", price=None)

    text = words(client.get(f"{PAGE}/10-mg"))

    assert "Per mg" in text
    assert "Baclofen tablet 10 mg this one United States $0.50 $0.05" in text.replace("The United", "United")
    assert "Baclofen tablet 0.02 g lowest price per mg United States $0.80 $0.04" in text.replace(
        "The United", "United"
    )


def test_what_is_out_of_stock_has_no_button_but_a_sentence(client, shelf, words):
    text = words(client.get(f"{PAGE}/20-mg"))

    assert "Add to basket" not in text
    assert "Not in stock." in text


def test_lots_that_expire_before_the_supply_is_used_are_not_in_stock(app, client, words):
    with app.app_context():
        make_lot(make_variant(), 3000, date(2020, 1, 1))

    assert "Not in stock." in words(client.get(PAGE))


def test_a_medicine_that_may_not_be_posted_says_why(app, client, words):
    with app.app_context():
        make_lot(make_variant("Cold", "5 mg", not_by_mail="it must stay cold"))

    text = words(client.get("/medicines/cold-tablets"))

    assert "We may not send this medicine by post: it must stay cold." in text
    assert "Add to basket" not in text


def test_the_price_is_taken_apart_where_its_cost_is_known(app, client, shelf, words):
    assert "How $0.51 is made" not in words(client.get(PAGE))
    with app.app_context(), transaction() as session:
        session.add(
            AcquisitionPrice(
                variant_id=shelf["10"],
                price=Decimal("0.034"),
                effective_on=date(2025, 11, 1),
                source="A survey",
            )
        )

    text = words(client.get(PAGE))

    assert "How $0.51 is made" in text
    assert "What pharmacies paid for it $0.034" in text
    assert "Ours: checking, packing, the shop $0.476" in text
    assert "since 1 November 2025. A survey." in text


def test_strengths_are_compared_by_pill_by_milligram_and_by_day(client, shelf, words):
    text = words(client.get(PAGE))

    assert "Baclofen tablet 10 mg this one The United States $0.51 $0.051 $2.04 In stock" in text
    cheapest = "Baclofen tablet 20 mg lowest price per mg The United States"
    assert f"{cheapest} $0.62 $0.031 $1.24 Not in stock" in text
    assert "Baclofen tablet 25 mg Australia and South Africa $0.51 $0.0204 no whole tablet Not to US" in text


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
    text = words(client.get(PAGE))

    assert "Last reviewed 14 November 2026 by Marion Sample, PharmD" in text
    assert "an invented name: this is a demonstration." in text
    assert "To be reviewed again by 14 November 2027. 8 sources." in text


def test_contents_lead_to_the_parts(client, shelf, monograph):
    page = client.get(PAGE).text

    assert re.findall(r'<li><a href="#(part-[a-z]+)"', page) == re.findall(
        r'<section[^>]* id="(part-[a-z]+)"', page
    )


def test_without_a_reviewed_text_none_is_made_up(client, shelf, words):
    text = words(client.get(PAGE))

    assert "A pharmacist has not reviewed a text for this medicine yet" in text
    assert "Eases stiff muscles." not in text


def test_a_medicine_of_132_strengths_takes_five_queries(app, client, monograph):
    with app.app_context(), transaction():
        for number in range(1, 133):
            make_lot(make_variant(strength=f"{number} mg", monograph_slug="baclofen"))

    response = client.get(f"{PAGE}/132-mg")

    assert int(response.headers["X-Query-Count"]) <= 5
    assert response.text.count("In stock") >= 132


@pytest.mark.parametrize(
    "address",
    [
        "/medicines/baclofen",
        f"{PAGE}/26-mg",
        f"{PAGE}/10%20mg",
        "/medicines/%3Cscript%3E",
        "/medicines/x" * 3,
    ],
)
def test_an_unknown_medicine_or_strength_is_not_found_but_leads_on(client, shelf, address):
    response = client.get(address)

    assert response.status_code == 404
    assert 'action="/search"' in response.text
    assert "<script>" not in response.text


def test_a_wrong_address_offers_the_medicine_it_may_mean(client, shelf):
    assert f'href="{PAGE}"' in client.get("/medicines/baclofen").text


def test_an_unlisted_medicine_has_no_page(app, client):
    with app.app_context():
        make_variant(listed=False)

    assert client.get(PAGE).status_code == 404
