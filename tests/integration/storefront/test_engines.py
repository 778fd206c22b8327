"""What search engines are told: what the page says, under one address, and nothing of anybody's own."""

import json
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from shop.clock import now
from shop.database import transaction
from shop.pricing.service import set_fixed_price
from shop.storefront import engines
from tests.factories import make_lot, make_variant

NAMES = {"s": engines.SITEMAPS}


def told(client, path):
    text = client.get(path).text
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)"', text)
    described = re.findall(r'<meta name="description" content="([^"]+)"', text)
    return text, canonical, described


@pytest.mark.parametrize("path", ["/", "/medicines", "/identify", "/privacy"])
def test_a_public_page_has_one_address_and_a_description(client, context, path):
    make_variant()
    text, canonical, described = told(client, path)
    assert canonical == [context.extensions["settings"].public_url + path]
    assert len(described) == 1
    assert "noindex" not in text


@pytest.mark.parametrize("path", ["/sign-in", "/basket", "/search?q=bac", "/nowhere", "/identify?imprint=x"])
def test_what_is_nobodys_landing_place_says_so(client, path):
    assert client.get(path).text.count('content="noindex"') == 1


@pytest.mark.parametrize("path", ["/search", "/search?q=baclofn"])
def test_a_search_is_described_though_nobody_indexes_it(client, context, path):
    make_variant()
    _, canonical, described = told(client, path)
    assert (canonical, len(described)) == ([], 1)


def test_a_list_has_the_address_of_what_it_is_narrowed_to_whatever_else_was_asked(client, context):
    make_variant()
    _, [canonical], _ = told(client, "/medicines?utm_source=x&prescription=needed&page=1&sort=name")
    assert canonical.endswith("/medicines?prescription=needed")


def test_a_medicine_is_described_as_its_page_shows_it(client, context):
    make_lot(make_variant())
    text, [canonical], _ = told(client, "/medicines/baclofen-tablets/10-mg")
    [block] = re.findall(r'<script type="application/ld\+json">(.+?)</script>', text)
    drug = json.loads(block)
    assert drug["url"] == canonical
    assert (drug["@type"], drug["activeIngredient"], drug["dosageForm"]) == ("Drug", ["baclofen"], "tablet")
    assert drug["prescriptionStatus"].endswith("/PrescriptionOnly")
    price = drug["offers"]["priceSpecification"]
    assert f"${price['price']}" in text.replace(block, "")
    assert (price["priceCurrency"], price["unitText"]) == ("USD", "tablet")
    assert drug["offers"]["availability"].endswith("/InStock")
    assert "rating" not in block.lower()


def test_a_price_for_one_quantity_says_for_which(client, context):
    variant_id = make_variant("Naproxen", "220 mg", "0.12", quantities=(30, 90))
    make_lot(variant_id)
    with transaction():
        set_fixed_price(variant_id, Decimal("0.12"), ((90, Decimal("0.10")),), None, now())
    text, _, _ = told(client, "/medicines/naproxen-tablets/220-mg")
    [block] = re.findall(r'<script type="application/ld\+json">(.+?)</script>', text)
    price = json.loads(block)["offers"]["priceSpecification"]
    assert price["eligibleQuantity"]["value"] in (30, 90)
    assert price["price"] == {30: "0.12", 90: "0.1"}[price["eligibleQuantity"]["value"]]


def test_what_is_not_in_stock_is_not_said_to_be(client, context):
    make_variant()
    assert "schema.org/OutOfStock" in client.get("/medicines/baclofen-tablets/10-mg").text


def test_a_name_cannot_end_the_block(client, context):
    make_variant(name="Bad</script><script>alert(1)</script>")
    [slug] = re.findall(r"/medicines/([\w-]+)</loc>", client.get("/sitemap-1.xml").text)
    assert "<script>alert" not in client.get(f"/medicines/{slug}").text


def test_the_sitemap_lists_what_is_listed(client, context, monkeypatch):
    make_variant()
    make_variant(name="Unlisted", listed=False)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    [file] = [one.text for one in index.iterfind("s:sitemap/s:loc", NAMES)]
    assert file.endswith("/sitemap-1.xml")
    pages = ElementTree.fromstring(client.get("/sitemap-1.xml").data).iterfind("s:url/s:loc", NAMES)
    paths = [page.text.removeprefix(context.extensions["settings"].public_url) for page in pages]
    assert paths == [*engines.FIXED, "/medicines/baclofen-tablets"]
    assert client.get("/sitemap-2.xml").status_code == 404
    assert "/sitemap.xml" in client.get("/robots.txt").text
