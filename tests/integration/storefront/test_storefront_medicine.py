"""A medicine's page: prices, totals, markets, stock."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shop.database import transaction
from shop.listing.service import set_sold_outside_market
from shop.pricing.models import AcquisitionPrice
from tests.factories import make_address, make_lot, make_variant

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
PAGE = "/medicines/baclofen-tablets"
ADD = 'data-do="add"'


def row_of(page, label: str) -> list[tuple[str, str]]:
    """A strength's row in the comparison: each cell's text, and the class of what stands in it (in, out)."""
    rows = re.findall(r"<tr.*?</tr>", page.text, re.S)
    row = next(row for row in rows if re.search(rf">{re.escape(label)} ?<", row))
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
    classes = [re.search(r'class="(\w+)"', cell) for cell in cells]
    texts = [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]
    return [(text, found[1] if found else "") for text, found in zip(texts, classes, strict=True)]


def countries_in(text: str) -> set[str]:
    return set(re.findall("Australia|South Africa|United States", text))


def totals_of(page) -> list[tuple[str, str, str]]:
    """Of each quantity its price per unit and its total."""
    return re.findall(r'class="t\d+"><dt>(\d+) [^<]*?(\$[\d.]+)</dt><dd><strong>(.*?)</strong>', page.text)


def test_ninety_tablets_at_fifty_one_cents_are_forty_five_ninety(client, shelf):
    page = client.get(PAGE)

    assert '<p class="price"><b>$0.51</b>' in page.text
    assert totals_of(page) == [
        ("30", "$0.51", "$15.30"),
        ("60", "$0.51", "$30.60"),
        ("90", "$0.51", "$45.90"),
    ]
    assert re.findall(r'data-dose="(\d+)"><dt>[^<]*</dt><dd>(.*?)</dd>', page.text) == [
        ("40", "$2.04"),
        ("80", "$4.08"),
    ]
    assert 'class="in" data-left="3000"' in page.text


def test_the_form_sends_the_variant_and_a_quantity_and_no_token(client, shelf):
    page = client.get(PAGE).text
    form = re.search(r'<form class="buy" method="post" action="/basket".*?</form>', page, re.S)[0]

    assert f'name="variant" value="{shelf["10"]}"' in form
    assert re.findall(r'name="quantity" id="q(\d+)"', form) == ["30", "60", "90"]
    assert re.findall(r'value="(\d+)" checked', form) == ["90"]
    assert "csrf_token" not in form
    assert ADD in form


def test_a_quantity_and_its_total_share_their_place_whatever_the_steps(client, shelf):
    page = client.get("/medicines/naproxen-tablets").text

    assert re.findall(r'class="q(\d+)" value="(\d+)"', page) == [
        ("1", "24"),
        ("2", "50"),
    ]
    assert re.findall(r'class="t(\d+)"><dt>(\d+) ', page) == [
        ("1", "24"),
        ("2", "50"),
    ]
    assert re.findall(r'value="(\d+)" checked', page) == ["24"]


def test_limits_are_said_before_one_runs_into_them_and_no_larger_quantity_is_offered(client, shelf):
    page = client.get("/medicines/naproxen-tablets").text

    said = re.search(r'id="limits">(.*?)</div>', page, re.S)[1]
    assert {"60", "10"} <= set(re.findall(r"\d+", said)), "tablets and days"
    assert re.findall(r'name="quantity" id="q(\d+)"', page) == ["24", "50"], (
        "the store carries 100 and 200 too"
    )
    assert 'id="limits"' not in client.get(PAGE).text, "a prescription says how much"


@pytest.mark.parametrize(("region", "said"), [("ZZ", True), ("AK", True), ("NY", False)])
def test_where_it_is_not_sent_is_said_to_who_lives_there(
    client, shelf, app, make_user, sign_in, region, said
):
    user_id = make_user()
    with app.app_context():
        make_address(user_id, region)

    assert ('id="elsewhere"' in sign_in(user_id).get(PAGE).text) is said
    assert 'id="elsewhere"' not in client.get(PAGE).text


def test_a_small_price_is_never_shown_as_nothing(app, client):
    with app.app_context():
        make_variant("Tiny", "5 mg", "0.00123", quantities=(100,))

    page = client.get("/medicines/tiny-tablets")

    assert '<p class="price"><b>$0.00123</b>' in page.text
    assert totals_of(page) == [("100", "$0.00123", "$0.12")]
    assert not re.search(r"\$0\.00(?!\d)", page.text)


def test_each_strength_has_a_page_and_says_which_it_is(client, shelf):
    page = client.get(f"{PAGE}/20-mg")

    assert '<p class="price"><b>$0.62</b>' in page.text
    assert re.search(rf'href="{PAGE}/20-mg" aria-current="true"', page.text)
    assert re.search(r"<title>Baclofen [^<]*20 mg[^<]*\$0\.62[^<]*</title>", page.text)


def test_a_strength_of_another_market_cannot_be_bought_and_the_page_says_why(client, shelf):
    page = client.get(f"{PAGE}/25-mg")

    refused = re.search(r'data-refusal="other_market">(.*?)</div>', page.text, re.S)[1]
    assert countries_in(refused) >= {"Australia", "South Africa"}
    assert ADD not in page.text
    assert 'name="quantity"' not in page.text
    assert row_of(page, "Baclofen tablet 25 mg")[-1][1] == "out"


def test_an_admin_may_open_a_strength_of_another_market_for_sale(app, client, shelf, make_user):
    admin = make_user("admin")
    with app.app_context(), transaction():
        set_sold_outside_market(shelf["25"], True, admin, AT, market="US")

    page = client.get(f"{PAGE}/25-mg").text

    assert ADD in page
    assert "data-refusal" not in page


def test_without_a_strength_in_the_address_one_that_is_sold_here_is_shown(app, client):
    with app.app_context(), transaction():
        make_variant(strength="5 mg", markets=("AU",))
        make_lot(make_variant())

    page = client.get(PAGE)

    assert re.search(rf'href="{PAGE}/10-mg" aria-current="true"', page.text)
    assert ADD in page.text


def test_without_a_strength_in_the_address_one_that_is_in_stock_is_shown(app, client):
    with app.app_context(), transaction():
        make_variant(strength="5 mg")
        make_lot(make_variant())

    page = client.get(PAGE)

    assert re.search(rf'href="{PAGE}/10-mg" aria-current="true"', page.text)
    assert ADD in page.text


def test_a_strength_stated_otherwise_takes_the_price_per_milligram_from_itself_only(app, client):
    with app.app_context(), transaction():
        make_variant(strength="10 mg", price="0.50")
        make_variant(strength="0.02 g", price="0.80")
        make_variant(strength="30", price=None)

    page = client.get(f"{PAGE}/10-mg")

    assert re.search(r'<th scope="col" class="num">\D*\bmg</th>', page.text)
    chosen, cheapest = row_of(page, "Baclofen tablet 10 mg"), row_of(page, "Baclofen tablet 0.02 g")
    assert [text for text, _ in chosen[2:4]] == ["$0.50", "$0.05"]
    assert [text for text, _ in cheapest[2:4]] == ["$0.80", "$0.04"]
    assert countries_in(chosen[1][0]) == countries_in(cheapest[1][0]) == {"United States"}
    assert (chosen[0][1], cheapest[0][1]) == ("", "lowest")


def test_what_is_out_of_stock_has_no_button_but_a_sentence(client, shelf):
    page = client.get(f"{PAGE}/20-mg").text

    assert ADD not in page
    assert 'class="out" data-left="0"' in page


def test_lots_that_expire_before_the_supply_is_used_are_not_in_stock(app, client):
    with app.app_context():
        make_lot(make_variant(), 3000, date(2020, 1, 1))

    assert 'class="out" data-left="0"' in client.get(PAGE).text


def test_a_medicine_that_may_not_be_posted_says_why(app, client, words):
    with app.app_context():
        make_lot(make_variant("Cold", "5 mg", not_by_mail="it must stay cold"))

    page = client.get("/medicines/cold-tablets")

    assert 'data-refusal="not_by_mail"' in page.text
    assert "it must stay cold" in words(page)
    assert ADD not in page.text


def test_the_price_is_taken_apart_where_its_cost_is_known(app, client, shelf, words):
    assert "data-part" not in client.get(PAGE).text
    with app.app_context(), transaction() as session:
        session.add(
            AcquisitionPrice(
                variant_id=shelf["10"],
                price=Decimal("0.034"),
                effective_on=date(2025, 11, 1),
                source="A survey",
            )
        )

    page = client.get(PAGE)

    assert re.findall(r'data-part="(\w+)"><dt>.*?</dt><dd>(.*?)</dd>', page.text) == [
        ("cost", "$0.034"),
        ("ours", "$0.476"),
    ]
    assert "November 1, 2025" in words(page)
    assert "A survey" in words(page)


def test_strengths_are_compared_by_pill_by_milligram_and_by_day(client, shelf):
    page = client.get(PAGE)

    chosen, cheapest, elsewhere = (row_of(page, f"Baclofen tablet {mg} mg") for mg in (10, 20, 25))
    assert countries_in(chosen[1][0]) == {"United States"}
    assert chosen[2:-1] == [
        ("$0.51", ""),
        ("$0.051", ""),
        ("$2.04", ""),
    ]
    assert chosen[-1][1] == "in"
    assert cheapest[0][1] == "lowest"
    assert [text for text, _ in cheapest[2:5]] == ["$0.62", "$0.031", "$1.24"]
    assert cheapest[-1][1] == "out"
    assert countries_in(elsewhere[1][0]) == {"Australia", "South Africa"}
    assert [text for text, _ in elsewhere[2:4]] == ["$0.51", "$0.0204"]
    assert "$" not in elsewhere[4][0], "40 mg are no whole tablets of 25 mg"
    assert elsewhere[-1][1] == "out"


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
