"""Stripe's OpenAPI description of its requests, and what a real request of ours breaks of it."""

import gzip
import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jsonschema import Draft4Validator

from shop.payments.sandbox.wire import as_list, unpack

NEWER = {("get", "/v1/checkout/sessions", "created")}
"""Parameters that Stripe added after this version: docs.stripe.com/api/checkout/sessions/list."""


class Asked(NamedTuple):
    """One request as it arrived."""

    method: str
    path: str
    pairs: tuple[tuple[str, str], ...]


class Description:
    """The paths of one version of Stripe's interface."""

    def __init__(self, packed: Path) -> None:
        with gzip.open(packed, "rt") as text:
            self.paths = yaml.load(text, yaml.CSafeLoader)["paths"]

    def faults(self, asked: Asked) -> list[str]:
        """What the request breaks, in sentences; nothing when it is as described."""
        found = self._operation(asked)
        if found is None:
            return [f"{asked.method} {asked.path} is not described"]
        path, operation = found
        schema = _schema(asked.method, operation)
        newer = {name for method, where, name in NEWER if (method, where) == (asked.method, path)}
        params = {name: value for name, value in unpack(asked.pairs).items() if name not in newer}
        return [
            f"{asked.method} {path}: {error.message}"
            for error in Draft4Validator(schema).iter_errors(_typed(params, schema))
        ]

    def _operation(self, asked: Asked) -> tuple[str, dict[str, Any]] | None:
        for path, operations in self.paths.items():
            pattern = re.sub(r"\{\w+\}", "[^/]+", path)
            if re.fullmatch(pattern, asked.path) and asked.method in operations:
                return path, operations[asked.method]
        return None


def _schema(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    if method == "post":
        content = operation["requestBody"]["content"]
        schema: dict[str, Any] = content["application/x-www-form-urlencoded"]["schema"]
        return schema
    in_query = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {one["name"]: one["schema"] for one in in_query},
    }


def _typed(value: Any, schema: dict[str, Any]) -> Any:
    """Form values are text; here they become what the schema says, where they can."""
    schema = next((one for one in schema.get("anyOf", ()) if one["type"] == _kind(value)), schema)
    if isinstance(value, dict) and schema.get("type") == "array":
        return [_typed(one, schema["items"]) for one in as_list(value)]
    if isinstance(value, dict):
        known = schema.get("properties", {})
        return {name: _typed(one, known.get(name, {})) for name, one in value.items()}
    if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", value):
        return int(value)
    return value == "true" if schema.get("type") == "boolean" and value in ("true", "false") else value


def _kind(value: Any) -> str:
    return "object" if isinstance(value, dict) else "string"
