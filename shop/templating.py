"""Jinja as every page uses it: the filters of prices, dates and counts."""

from datetime import date, datetime
from functools import lru_cache

from flask import Flask
from markupsafe import Markup, escape

from shop import clock, money
from shop.config import Settings
from shop.keyset import MOST_COUNTED
from shop.static_files import static_url
from shop.telephone import written


def init_app(app: Flask, config: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        cents=lambda value: money.format_cents(value, config.currency, config.locale),
        unit_price=lambda value: money.format_unit_price(value, config.currency, config.locale),
        day=lambda value: _day(value, config),
        dates=lambda text: clock.localize_dates(text, config.locale),
        weekday=lambda value: clock.format_weekday(_date(value), config.locale),
        moment=lambda value: clock.format_moment(value, config.locale),
        percent=lambda value: money.format_percent(value, config.locale),
        number=lambda value: money.format_number(value, config.locale),
        phone=lambda value: written(value, config.market),
        up_to_bound=lambda count: (
            money.format_number(count, config.locale) + ("+" if count >= MOST_COUNTED else "")
        ),
        strong=strong,
    )
    app.jinja_env.globals.update(
        static_url=static_url, store=config, pharmacy=config.pharmacy, basket_count=lambda: 0
    )  # the basket room replaces `basket_count`


@lru_cache(maxsize=4096)  # the statements of the monographs that are read most
def strong(text: str) -> Markup:
    """Escaped text in which **words** are bold: the one mark a monograph's claim may use."""
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts)))  # noqa: S704


def _date(value: date | str) -> date:
    """A day, as a column has it or as a mail's codes do: 2026-12-04."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _day(value: date | datetime, config: Settings) -> str:
    if isinstance(value, datetime):
        value = clock.business_date(value)
    return clock.format_day(value, config.locale)
