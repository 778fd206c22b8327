"""What the search box offers while somebody types, as JSON; reads index and columns, never the database."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for

from shop import search
from shop.access import public
from shop.money import format_number
from shop.safety.confusable_names import confusable_with
from shop.search.documents import BRAND, CATEGORY, INGREDIENT
from shop.search.suggestions import IMPRINT, MEDICINE, PACKAGE, SPELLING, Suggestion
from shop.search.synonyms import OtherName
from shop.storefront.page_version import CATALOGUE
from shop.storefront.rules import in_words
from shop.storefront.searching import MOST_LETTERS, while_typing
from shop.substances.titles import bare
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
OTHER_NAME, KIND, NOT_SOLD = "Another name", "Medicines of this kind", "Not sold here"

blueprint = Blueprint("suggesting", __name__)


@blueprint.get("/suggest")
@public
@public_page(CATALOGUE)
def suggest() -> Response:
    """Groups of links for `q`: `{"groups": [{"title", "items": [{"name", "note", "url"}]}]}`."""
    text = " ".join(request.args.get("q", "")[:MOST_LETTERS].split())
    found = search.suggest(text)
    named = any(one.kind != SPELLING for one in found)
    return jsonify(groups=(None if named else _otherwise(text)) or _groups(found))


def _groups(found: list[Suggestion]) -> list[dict[str, Any]]:
    by_kind = groupby(found, key=lambda one: one.kind)
    return [{"title": TITLES[kind], "items": [_item(one) for one in some]} for kind, some in by_kind]


def _otherwise(text: str) -> list[dict[str, Any]]:
    """For words that begin no name here: what they are called, lists of the kind, or that it is not sold."""
    said = while_typing(text)
    if said.names:
        return [{"title": OTHER_NAME, "items": [_named(one) for one in said.names]}]
    if said.lists:
        return [{"title": KIND, "items": [_listed(one.key, one.name, one.count) for one in said.lists]}]
    if said.controlled:
        item = {"name": said.controlled, "note": "controlled substance", "url": _search(said.controlled)}
        return [{"title": NOT_SOLD, "items": [item]}]
    return []


def _named(one: OtherName) -> dict[str, Any]:
    return {"name": one.other, "note": f"other name of {one.said}", "url": _search(one.query)}


def _listed(slug: str, name: str, count: int) -> dict[str, Any]:
    return {"name": name, "note": _medicines(count), "url": f"/medicines?category={slug}"}


def _search(query: str) -> str:
    return f"/search?{urlencode({'q': query})}"


def _item(one: Suggestion) -> dict[str, Any]:
    if one.forms:
        others = confusable_with(bare(one.name))
        return {
            "name": f"{one.name} {one.forms}",
            "note": f"not {in_words(others)}" if others else "",
            "url": url_for("storefront.medicine", slug=one.slug),
        }
    if one.kind == CATEGORY:
        return _listed(one.slug, one.name, one.count)
    note = _medicines(one.count) if one.count else ""
    return {"name": one.name, "note": note, "url": _search(one.name)}


def _medicines(count: int) -> str:
    return "1 medicine" if count == 1 else f"{format_number(count, settings().locale)} medicines"
