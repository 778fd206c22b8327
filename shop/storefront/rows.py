"""One row of a list, ready to be drawn: from a medicine's card and what is in stock."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from flask import current_app
from markupsafe import Markup

from shop.catalogue.cards import Card
from shop.catalogue.drawings import KEPT_DRAWINGS, drawing
from shop.stock import queries as stock
from shop.stock.rules import outlasts
from shop.storefront.rules import USUAL_SUPPLY_DAYS, Level, level


class Row(NamedTuple):
    """A medicine's card with its drawing, and how much is left of its best stocked strength, in units."""

    card: Card
    picture: Markup
    level: Level
    left: int


def rows(cards: Sequence[Card], today: date, delivery_days: int) -> list[Row]:
    """Rows in the order given; one query for the stock of all of them."""
    ids = [variant_id for card in cards for variant_id, _, _ in card.sold]
    left = free_units(ids, today, delivery_days)
    return [row(card, left) for card in cards]


def free_units(variant_ids: Iterable[int], today: date, delivery_days: int) -> Mapping[int, int]:
    """Units one could order today, in lots that outlast delivery and the usual supply, in one query."""
    ids = list(variant_ids)
    return stock.available(ids, outlasts(today, delivery_days, USUAL_SUPPLY_DAYS)) if ids else {}


def row(card: Card, left: Mapping[int, int]) -> Row:
    """The row of one medicine; the best stocked of its strengths speaks for its availability."""
    units, steps = max(((left.get(i, 0), (least, most)) for i, least, most in card.sold), default=(0, ()))
    return Row(card, picture(card.look, card.form), level(units, steps), units)


@lru_cache(maxsize=KEPT_DRAWINGS)
def picture(look: str | None, form: str) -> Markup:
    """The small drawing of an appearance, given as its JSON text; drawn once, since many share a look."""
    macros = current_app.jinja_env.get_template("components/pill.html").module
    drawn: Markup = macros.pill(drawing(json.loads(look) if look else None, form))  # type: ignore[attr-defined]
    return drawn
