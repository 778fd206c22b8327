"""What the search box offers while somebody types, as JSON; reads index and columns, never the database."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for

from shop.access import public
from shop.money import format_number, format_unit_price
from shop.safety.confusable_names import confusable_with
from shop.search import current_index
from shop.search.documents import BRAND, CATEGORY, INGREDIENT
from shop.search.kinds import is_plain
from shop.search.suggestions import IMPRINT, MEDICINE, PACKAGE, SPELLING, Suggestion
from shop.search.synonyms import OtherName
from shop.storefront.finder.service import columns
from shop.storefront.meaning import OtherWords, lists_begun
from shop.storefront.page_version import CATALOGUE, LIST
from shop.storefront.rules import in_words
from shop.storefront.searching import MOST_LETTERS, unwanted, while_typing
from shop.substances.identity import bare
from shop.substances.query_text import query_words
from shop.web import public_page, settings

TITLES = {
    PACKAGE: "By package code (NDC)",
    IMPRINT: "By imprint",
    MEDICINE: "Medicines",
    BRAND: "Brands",
    INGREDIENT: "Ingredients",
    CATEGORY: "Conditions",
    SPELLING: "Did you mean",
}
SAYS = {
    "name": "Another name",
    "brand": "Brand and ingredient",
    "lists": "Medicines for this",
    "part": "Part of the words",
    "absent": "Not carried",
    "refused": "Not sold here",
    "controlled": "Not sold here",
}
"""Titles by the code of `OtherWords`."""
NOTHING_FOUND = "No match"
MOST_LISTS = 3
FROM_LETTERS = 3
"""Letters from which on a search without suggestions leads on: fewer may become anything."""

blueprint = Blueprint("suggesting", __name__)


@blueprint.get("/suggest")
@public
@public_page(CATALOGUE, LIST)
def suggest() -> Response:
    """Groups of links for `q`: `{"groups": [{"title", "items": [{"name", "note", "url"}]}]}`. A group that
    explains words which name nothing here has the code of what it says under `says`.
    """
    text = " ".join(request.args.get("q", "")[:MOST_LETTERS].split())
    return jsonify(groups=_groups_for(text))


def _groups_for(text: str) -> list[dict[str, Any]]:
    without = unwanted(text)
    if without:
        return _suggested(without.rest, without.products) or _ways_on(text)
    return _suggested(text) or _ways_on(text)


def _suggested(text: str, without: Collection[int] = ()) -> list[dict[str, Any]]:
    """The groups for `text`, in none of which are the products that are not wanted."""
    found = [one for one in current_index.suggest(text) if one.product_id not in without]
    if is_plain(text):
        found = [one for one in found if one.kind != SPELLING]
    said = while_typing(text, found)
    begun = [] if said.code else lists_begun(text)
    if said.code == "lists" or begun:
        shown = [one for one in found if one.kind not in (SPELLING, CATEGORY)]
        lists = [_listed(one.key, one.name, one.count) for one in (said.lists or begun)[:MOST_LISTS]]
        group = {"title": SAYS["lists"] if said.lists else TITLES[CATEGORY], "items": lists}
        groups = _groups(shown)
        if said.lists:
            return [group | {"says": "lists"}, *groups]
        return [*groups, group]
    return _otherwise(said, without) if said.code else _groups(found)


def _groups(found: list[Suggestion]) -> list[dict[str, Any]]:
    prices = columns().prices([one.product_id for one in found if one.product_id])
    by_kind = groupby(found, key=lambda one: one.kind)
    return [{"title": TITLES[kind], "items": [_item(one, prices) for one in some]} for kind, some in by_kind]


def _otherwise(said: OtherWords, without: Collection[int]) -> list[dict[str, Any]]:
    """For words that begin no name here: the medicines meant, or that it is not sold and what it is for."""
    lists = [_listed(one.key, one.name, one.count) for one in said.lists[:MOST_LISTS]]
    more = [{"title": SAYS["lists"], "items": lists, "says": said.code}] if lists else []
    if len(said.names) > 1:
        return [{"title": SAYS["name"], "items": [_named(one) for one in said.names], "says": said.code}]
    if said.part or (said.name and said.carried):
        asked = said.name.query if said.name else said.part
        meant = [one for one in current_index.suggest(asked) if one.kind == MEDICINE]
        meant = [one for one in meant if one.product_id not in without]
        prices = columns().prices([one.product_id for one in meant])
        items = [_item(one, prices) for one in meant] or [_named(one) for one in said.names]
        title = _renames(said.name) if said.name else SAYS["part"]
        return [{"title": title, "items": items, "says": said.code}]
    what = said.controlled or said.refused or said.absent
    asked = said.name.said if said.name else what
    note = {"controlled": "controlled substance", "refused": "not sent by mail"}.get(
        said.code, f"{what}: not carried" if what != asked else ""
    )
    return [
        {
            "title": SAYS[said.code],
            "items": [{"name": asked, "note": note, "url": _search(asked)}],
            "says": said.code,
        },
        *more,
    ]


def _ways_on(text: str) -> list[dict[str, Any]]:
    if sum(map(len, query_words(text))) < FROM_LETTERS:
        return []
    ways = (("Browse medicines A–Z", "/medicines"), ("Identify a pill by how it looks", "/identify"))
    return [{"title": NOTHING_FOUND, "items": [{"name": name, "note": "", "url": url} for name, url in ways]}]


def _renames(one: OtherName) -> str:
    return f"{one.said} is a brand of {one.other}" if one.is_brand else f"{one.said} is {one.other}"


def _named(one: OtherName) -> dict[str, Any]:
    note = f"{one.said} is a brand of it" if one.is_brand else f"other name of {one.said}"
    return {"name": one.other, "note": note, "url": _search(one.query)}


def _listed(slug: str, name: str, count: int) -> dict[str, Any]:
    return {"name": name, "note": _medicines(count), "url": f"/medicines?category={slug}"}


def _search(query: str) -> str:
    return f"/search?{urlencode({'q': query})}"


def _item(one: Suggestion, prices: Mapping[int, Decimal]) -> dict[str, Any]:
    if one.slug and one.kind != CATEGORY:
        url = url_for("storefront.medicine", slug=one.slug)
        return {"name": f"{one.name} {one.forms}".strip(), "note": _facts(one, prices), "url": url}
    if one.kind == CATEGORY:
        return _listed(one.slug, one.name, one.count)
    note = _medicines(one.count) if one.count else ""
    return {"name": one.name, "note": note, "url": _search(one.name)}


def _facts(one: Suggestion, prices: Mapping[int, Decimal]) -> str:
    """Strengths, whether a prescription is needed, the price, and what the name has been confused with."""
    strengths = "" if one.strengths and one.strengths in one.forms else one.strengths
    price = prices.get(one.product_id)
    config = settings()
    cost = f"from {format_unit_price(price, config.currency, config.locale)} a {one.unit}" if price else ""
    others = confusable_with(bare(one.name))
    alike = f"not {in_words(others)}" if others else ""
    return " · ".join(filter(None, (strengths, "Rx" if one.prescription else "", cost, alike)))


def _medicines(count: int) -> str:
    return "1 medicine" if count == 1 else f"{format_number(count, settings().locale)} medicines"
