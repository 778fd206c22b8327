"""One row of a list, ready to be drawn: from a medicine's card and what is in stock."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from shop.appearance.attributes import KEPT_DRAWINGS, drawing
from shop.catalogue.list_rows import Card
from shop.storefront.finder.columns import Columns
from shop.storefront.rules import Level

NONE_LEFT = (Level.OUT, 0)


class Row(NamedTuple):
    """A medicine's card with its drawing, and how much is left of its best stocked strength, in units."""

    card: Card
    picture: Markup
    level: Level
    left: int


def rows(cards: Sequence[Card], columns: Columns) -> list[Row]:
    """Rows in the order given, without a question to the database."""
    stock = columns.stock([card.product_id for card in cards])
    return [
        Row(card, picture(card.appearance, card.form), *stock.get(card.product_id, NONE_LEFT))
        for card in cards
    ]


@lru_cache(maxsize=KEPT_DRAWINGS)
def picture(appearance: str | None, form: str) -> Markup:
    """The small drawing of an appearance, given as its JSON text; drawn once, since many share one."""
    macros = current_app.jinja_env.get_template("components/pill.html").module
    drawn: Markup = macros.pill(drawing(json.loads(appearance) if appearance else None, form))  # type: ignore[attr-defined]
    return drawn
