"""Jinja as every page uses it: Flask's, which escapes everything, with a shorter way for what needs none.

A list of medicines writes four hundred values. MarkupSafe wraps each in an object of its own, although most
have nothing to escape and all of them end up in one string.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

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
