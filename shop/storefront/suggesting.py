"""What the search box offers while somebody types, as JSON; reads the search index, never the database."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request, url_for

from shop.access import public
from shop.catalogue import search
from shop.catalogue.lookalikes import confusable_with
from shop.catalogue.search.documents import BRAND, CATEGORY, INGREDIENT
from shop.catalogue.search.suggestions import IMPRINT, MEDICINE, PACKAGE, SPELLING, Suggestion
from shop.storefront.rules import in_words
from shop.storefront.searching import MOST_LETTERS
from shop.web import public_page

TITLES = {
    PACKAGE: "By package code (NDC)", IMPRINT: "By imprint", MEDICINE: "Medicines", BRAND: "Brands",
    INGREDIENT: "Ingredients", CATEGORY: "Conditions", SPELLING: "Did you mean",
}  # fmt: skip

blueprint = Blueprint("suggesting", __name__)


@blueprint.get("/suggest")
@public
@public_page
def suggest() -> Response:
    """Groups of links for `q`: `{"groups": [{"title", "items": [{"name", "note", "url"}]}]}`."""
    typed = " ".join(request.args.get("q", "")[:MOST_LETTERS].split())
    found = groupby(search.suggest(typed), key=lambda one: one.kind)
    groups = [{"title": TITLES[kind], "items": [_item(one) for one in some]} for kind, some in found]
    return jsonify(groups=groups)


def _item(one: Suggestion) -> dict[str, Any]:
    if one.forms:
        others = confusable_with(one.name)
        return {
            "name": f"{one.name} {one.forms}",
            "note": f"not {in_words(others)}" if others else "",
            "url": url_for("storefront.medicine", slug=one.slug),
        }
    if one.kind == CATEGORY:
        return {"name": one.name, "note": _medicines(one.count), "url": f"/medicines?category={one.slug}"}
    note = _medicines(one.count) if one.count else ""
    return {"name": one.name, "note": note, "url": f"/search?{urlencode({'q': one.name})}"}


def _medicines(count: int) -> str:
    return "1 medicine" if count == 1 else f"{count:,} medicines"
