"""Jinja as every page uses it: the filters of prices, dates and counts, and a short way to escape.

A list of medicines writes four hundred values. MarkupSafe wraps each in an object of its own, although most
have nothing to escape and all of them end up in one string.
"""

import hashlib
import re
from collections.abc import MutableMapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from flask import Flask, current_app, request, url_for
from flask.templating import Environment as FlaskEnvironment
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from shop import clock, money
from shop.config import Settings
from shop.keyset import MOST_COUNTED
from shop.numerals import write_number

_to_escape = re.compile("[&<>\"']").search


def escaped(value: object) -> str:
    """The text of a value as it may stand in HTML; equal to MarkupSafe's, but plain text stays itself."""
    kind = type(value)
    if kind is Markup or (kind is str and not _to_escape(value)):  # type: ignore[call-overload]
        return value  # type: ignore[return-value]
    return str(value) if kind is int else escape(value)


class _Generator(CodeGenerator):
    """Compiles `{{ value }}` to a call of `escaped`. Were Jinja to stop asking, its own would be called."""

    def _output_child_pre(self, node, frame, finalize):  # type: ignore[no-untyped-def]
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write(f"environment.escaped({finalize.src or ''}")


class Environment(FlaskEnvironment):
    """Flask's environment of templates, compiled so."""

    code_generator_class = _Generator
    escaped = staticmethod(escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template that has none of its own are the environment's, not a chain of maps.

        Jinja compares and copies them for each template that is extended, included or imported.
        """
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask, config: Settings) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        cents=lambda value: money.format_cents(value, config.currency, config.locale),
        unit_price=lambda value: money.format_unit_price(value, config.currency, config.locale),
        day=lambda value: _day(value, config),
        moment=lambda value: _moment(value, config),
        number=lambda value: write_number(value, config.locale),
        up_to_bound=lambda count: write_number(count, config.locale) + ("+" if count >= MOST_COUNTED else ""),
        strong=strong,
    )
    app.jinja_env.globals.update(
        static_url=static_url, store=config, pharmacy=config.pharmacy, basket_count=lambda: 0
    )  # the basket room replaces `basket_count`


def static_url(filename: str) -> str:
    """The address of a static file, with its content's hash: it may be cached for a year."""
    return _static_url(filename, request.script_root)


@lru_cache(maxsize=512)
def _static_url(filename: str, script_root: str) -> str:
    content = (Path(current_app.static_folder or "") / filename).read_bytes()
    return url_for("static", filename=filename, v=hashlib.sha256(content).hexdigest()[:10])


@lru_cache(maxsize=4096)  # the statements of the monographs that are read most
def strong(text: str) -> Markup:
    """Escaped text in which **words** are bold: the one mark a monograph's claim may use."""
    parts = str(escape(text)).split("**")
    return Markup("".join(f"<b>{part}</b>" if i % 2 else part for i, part in enumerate(parts)))  # noqa: S704


def _day(value: date | datetime, config: Settings) -> str:
    if isinstance(value, datetime):
        value = clock.business_date(value)
    return _day_in_words(value, config.locale)


@lru_cache(maxsize=4096)
def _day_in_words(day: date, locale: str) -> str:
    return format_date(day, "d MMMM y", locale=locale)


def _moment(value: datetime, config: Settings) -> str:
    return format_datetime(clock.local(value), "d MMM y, HH:mm", tzinfo=clock.zone(), locale=config.locale)
