"""The demonstration catalogue file is whole, consistent with itself, and sourced.

It reads `shop/demo/catalogue.toml` alone (and looks whether the monographs it names exist). That packs and
prices are really those of the federal files was checked when the file was made; nothing here needs those.
"""

import datetime
import re
import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from shop.catalogue.sale_units import pack_sizes_for
from shop.demo.offers import rule_of
from shop.pricing.rules import price_problem, problems, unit_price

DEMO = Path(__file__).parents[3] / "shop" / "demo"
CATALOGUE = tomllib.loads((DEMO / "catalogue.toml").read_text(encoding="utf-8"))
MEDICINES = CATALOGUE["medicines"]
SOURCES = {source["key"] for source in CATALOGUE["sources"]}
CATEGORIES = {category["slug"] for category in CATALOGUE["categories"]}

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NDC = re.compile(r"\d{4}-\d{4}-\d{2}|\d{5}-\d{3}-\d{2}|\d{5}-\d{4}-\d{1}")
POSITIVE = re.compile(r"(?!0*\.?0*$)\d+(\.\d{1,5})?")
MEDICINE_KEYS = {
    "slug",
    "name",
    "form",
    "form_plural",
    "ingredients",
    "route",
    "prescription_required",
    "categories",
    "monograph",
    "variants",
}
VARIANT_KEYS = {"strength", "strength_value", "strength_unit", "markets", "price", "quantities"}
VARIANT_EXTRAS = {"daily_low_mg", "daily_high_mg", "acquisition", "appearance", "packs", "breaks"}
PACK_KEYS = {"ndc", "ndc11", "labeler", "description", "size"}
APPEARANCE_KEYS = {"shape", "color", "imprint", "product", "source"}
APPEARANCE_EXTRAS = {"color2", "size_mm", "scored", "product_ndc"}
ACQUISITION_KEYS = {"price", "per", "effective_on", "ndc11", "source"}

each_medicine = pytest.mark.parametrize("medicine", MEDICINES, ids=lambda medicine: medicine["slug"])


def variants() -> Iterator[tuple[str, dict]]:
    for medicine in MEDICINES:
        for variant in medicine["variants"]:
            yield f"{medicine['slug']} {variant['strength']}", variant


def baclofen(strength: str) -> dict:
    return next(variant for label, variant in variants() if label == f"baclofen-tablets {strength}")


def padded(ndc: str) -> str:
    """Eleven digits: labeler, product and package filled with zeros on the left to 5, 4 and 2."""
    labeler, product, package = ndc.split("-")
    return labeler.zfill(5) + product.zfill(4) + package.zfill(2)


def test_the_store_opens_with_forty_medicines_in_ten_categories_of_both_kinds():
    used = {slug for medicine in MEDICINES for slug in medicine["categories"]}

    assert len(MEDICINES) >= 40
    assert len(used) >= 10
    assert {medicine["prescription_required"] for medicine in MEDICINES} == {True, False}


def test_slugs_are_unique_and_fit_in_an_address():
    for rows in (MEDICINES, CATALOGUE["categories"]):
        slugs = [row["slug"] for row in rows]
        assert len(slugs) == len(set(slugs))
        assert all(SLUG.fullmatch(slug) for slug in slugs)


def test_categories_are_sorted_by_name_and_none_is_empty():
    names = [category["name"] for category in CATALOGUE["categories"]]

    assert names == sorted(names)
    assert {slug for medicine in MEDICINES for slug in medicine["categories"]} == CATEGORIES


def test_every_source_has_one_key_and_a_citation():
    keys = [source["key"] for source in CATALOGUE["sources"]]

    assert len(keys) == len(set(keys))
    assert all(source["citation"].strip() for source in CATALOGUE["sources"])


def test_the_file_says_that_its_prices_are_invented():
    assert "Invented" in CATALOGUE["pricing"]["note"]
    assert CATALOGUE["currency"] == "USD"


def test_a_space_follows_every_sentence_of_the_monographs():
    for path in (DEMO / "monographs").glob("*.toml"):
        assert re.findall(r"[a-z0-9)%”][.!?][A-Z][a-z]", path.read_text("utf-8")) == [], path.name


@each_medicine
def test_a_medicine_states_all_that_its_page_needs(medicine: dict):
    assert medicine.keys() - {"brand"} == MEDICINE_KEYS
    assert medicine["form_plural"] == medicine["form"] + "s"
    assert medicine["slug"].endswith(medicine["form_plural"].split()[-1])
    assert medicine["route"] == "oral"
    assert medicine["ingredients"]
    assert all(name == name.lower() for name in medicine["ingredients"])
    assert medicine["categories"]
    assert 1 <= len(medicine["variants"]) <= 6


@each_medicine
def test_the_monograph_a_medicine_names_exists(medicine: dict):
    assert (DEMO / "monographs" / f"{medicine['monograph']}.toml").is_file()


@each_medicine
def test_strengths_stand_in_numeric_order(medicine: dict):
    values = [Decimal(variant["strength_value"]) for variant in medicine["variants"]]

    assert values == sorted(set(values))


@each_medicine
def test_a_strength_names_every_ingredient_and_starts_with_the_first(medicine: dict):
    for variant in medicine["variants"]:
        parts = variant["strength"].split(" / ")
        assert len(parts) == len(medicine["ingredients"])
        assert parts[0] == f"{variant['strength_value']} {variant['strength_unit']}"


def test_a_variant_has_a_price_markets_and_pack_steps():
    for label, variant in variants():
        assert VARIANT_KEYS <= variant.keys() <= VARIANT_KEYS | VARIANT_EXTRAS, label
        assert POSITIVE.fullmatch(variant["price"]), label
        assert variant["strength_unit"] in {"mg", "mcg"}, label
        assert all(re.fullmatch("[A-Z]{2}", market) for market in variant["markets"]), label
        assert variant["quantities"] == sorted(set(variant["quantities"])), label
        assert min(variant["quantities"]) > 0, label


def test_over_the_counter_whole_packs_make_every_quantity():
    for medicine in (one for one in MEDICINES if not one["prescription_required"]):
        for variant in medicine["variants"]:
            sizes = [pack["size"] for pack in variant["packs"]]
            assert all(pack_sizes_for(step, sizes) for step in variant["quantities"]), medicine["slug"]


def test_a_price_follows_the_rule_the_file_states_except_for_baclofen():
    for medicine in MEDICINES:
        kind = "prescription" if medicine["prescription_required"] else "over_the_counter"
        rule = CATALOGUE["pricing"][kind]
        for variant in medicine["variants"]:
            if medicine["slug"] == "baclofen-tablets":
                continue
            cost = Decimal(variant["acquisition"]["price"])
            exact = cost * (1 + Decimal(rule["mark_up"])) + Decimal(rule["fee_per_pill"])
            step = Decimal("0.01") if exact >= Decimal("0.20") else Decimal("0.001")
            expected = exact.quantize(step, ROUND_HALF_UP)
            assert Decimal(variant["price"]) == expected, f"{medicine['slug']} {variant['strength']}"


def test_a_medicine_that_is_priced_by_rule_costs_in_its_smallest_pack_what_the_file_says():
    pricing = CATALOGUE["pricing"]
    by_hand = {medicine["slug"] for medicine in MEDICINES} - set(pricing["by_rule"])
    assert by_hand == {"baclofen-tablets", "naproxen-sodium-capsules"}
    assert set(pricing["by_rule"]) > set(pricing["own"])
    for medicine in MEDICINES:
        if medicine["slug"] in pricing["by_rule"]:
            rule = rule_of(pricing["own"].get(medicine["slug"], pricing["store"]))
            assert problems(rule) == {}
            for variant in medicine["variants"]:
                cost = Decimal(variant["acquisition"]["price"])
                assert unit_price(rule, cost, variant["quantities"][0]) == Decimal(variant["price"])


def test_a_price_that_falls_with_the_quantity_falls_from_a_pack_step_on():
    for label, variant in variants():
        breaks = [(units, Decimal(price)) for units, price in variant.get("breaks", [])]
        assert {units for units, _ in breaks} <= set(variant["quantities"][1:]), label
        assert price_problem(Decimal(variant["price"]), breaks) is None, label


def test_some_price_is_below_ten_cents():
    assert any(Decimal(variant["price"]) < Decimal("0.10") for _, variant in variants())


@pytest.mark.parametrize("strength", ["10 mg", "25 mg"])
def test_baclofen_costs_fifty_one_cents_a_tablet(strength: str):
    assert Decimal(baclofen(strength)["price"]) == Decimal("0.51")
    assert baclofen(strength)["quantities"] == [30, 60, 90]


def test_baclofen_25_mg_is_not_offered_as_an_american_product():
    variant = baclofen("25 mg")

    assert variant["markets"] == ["AU", "ZA"]
    assert "packs" not in variant
    assert "acquisition" not in variant


def test_what_is_sold_in_the_united_states_has_one_to_three_packs():
    for label, variant in variants():
        if "US" in variant["markets"]:
            assert 1 <= len(variant["packs"]) <= 3, label


def test_a_packs_eleven_digits_agree_with_its_printed_ndc():
    for label, variant in variants():
        for pack in variant.get("packs", []):
            assert NDC.fullmatch(pack["ndc"]), label
            assert pack["ndc11"] == padded(pack["ndc"]), label
            assert pack["ndc"] in pack["description"], label


def test_a_package_belongs_to_one_variant_only():
    codes = [pack["ndc11"] for _, variant in variants() for pack in variant.get("packs", [])]

    assert len(codes) == len(set(codes))


def test_a_pack_has_a_labeler_and_a_size():
    for label, variant in variants():
        for pack in variant.get("packs", []):
            assert pack.keys() == PACK_KEYS, label
            assert pack["labeler"].strip(), label
            assert pack["size"] > 0, label


def test_an_acquisition_price_is_sourced_dated_and_for_a_pack_on_the_shelf():
    for label, variant in variants():
        cost = variant.get("acquisition")
        if cost is None:
            continue
        assert cost.keys() == ACQUISITION_KEYS, label
        assert cost["source"] in SOURCES, label
        assert POSITIVE.fullmatch(cost["price"]), label
        assert cost["per"] == "EA", label
        assert type(cost["effective_on"]) is datetime.date, label
        assert cost["ndc11"] in {pack["ndc11"] for pack in variant["packs"]}, label
        assert Decimal(cost["price"]) < Decimal(variant["price"]), label


def test_an_appearance_names_the_product_it_is_of_and_a_known_source():
    for label, variant in variants():
        look = variant.get("appearance")
        if look is None:
            continue
        assert APPEARANCE_KEYS <= look.keys() <= APPEARANCE_KEYS | APPEARANCE_EXTRAS, label
        assert look["source"] in SOURCES, label
        assert isinstance(look.get("scored", False), bool), label
        assert all(value.strip() for key, value in look.items() if key != "scored"), label


def test_a_usual_daily_dose_has_both_ends_in_order():
    for label, variant in variants():
        assert ("daily_low_mg" in variant) == ("daily_high_mg" in variant), label
        if "daily_low_mg" in variant:
            assert 0 < Decimal(variant["daily_low_mg"]) <= Decimal(variant["daily_high_mg"]), label
