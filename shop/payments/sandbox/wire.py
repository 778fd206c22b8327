"""How a request and an error look on the wire: bracket parameters in, Stripe's error object out."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

Params = dict[str, Any]


class WireError(Exception):
    """An answer other than 200, in Stripe's words: HTTP status, error type, code, message, parameter.

    `ran` says the endpoint had begun, so an idempotency key remembers the refusal; a request that was wrong
    in itself is not remembered and may be corrected under the same key.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        ran: bool = False,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.kind = message, status, kind
        self.code, self.param, self.ran = code, param, ran

    def body(self) -> dict[str, Any]:
        """The JSON object of the answer; absent fields are left out, as Stripe does."""
        fields = {"type": self.kind, "code": self.code, "message": self.message, "param": self.param}
        return {"error": {name: value for name, value in fields.items() if value is not None}}


def missing(kind: str, object_id: str, param: str, status: int = 404) -> WireError:
    """The answer for an id that nobody has: 404 in an address, 400 in a parameter."""
    return WireError(f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param)


def unpack(pairs: Iterable[tuple[str, str]]) -> Params:
    """Bracket parameters as nested dicts; `expand[0]` becomes `{"expand": {"0": …}}`, see `as_list`.

    Raises WireError for a name that is malformed, or a value in one place and a group in another.
    """
    root: Params = {}
    for name, value in pairs:
        steps = re.findall(r"[^\[\]]+|\[\]", name)
        if not steps or _spell(steps) != name:
            raise WireError(f"Invalid parameter name: {name}", code="parameter_unknown", param=name)
        group = root
        for step in steps[:-1]:
            group = group.setdefault(step, {})
            if not isinstance(group, dict):
                raise WireError(f"Invalid object: {name}", code="parameter_invalid_empty", param=name)
        last = steps[-1]
        group[str(len(group)) if last == "[]" else last] = value
    return root


def _spell(steps: list[str]) -> str:
    head, *rest = steps
    return head + "".join("[]" if step == "[]" else f"[{step}]" for step in rest)


def as_list(value: Any) -> list[Any]:
    """The items of an indexed group in their order; nothing for an absent one."""
    if not isinstance(value, Mapping):
        return []
    return [value[key] for key in sorted(value, key=lambda text: int(text) if text.isdecimal() else 0)]


def only(params: Params, known: Iterable[str], inside: str = "") -> None:
    """Refuse what the sandbox does not know: a misspelled parameter is found here, not in production."""
    for name in params:
        if name not in known:
            full = f"{inside}[{name}]" if inside else name
            raise WireError(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)


def group(params: Params, name: str, known: Iterable[str] | None = None) -> Params:
    """A nested group by its name, `{}` if absent; with `known`, nothing else may be in it."""
    value = params.get(name, {})
    if not isinstance(value, dict):
        raise WireError(f"Invalid object: {name}", code="parameter_invalid_empty", param=name)
    if known is not None:
        only(value, known, name)
    return value


def text(params: Params, name: str, default: str | None = None) -> str:
    """A parameter that has to be there (unless there is a default) and is plain text."""
    value = params.get(name, default)
    if not isinstance(value, str) or value == "":
        raise WireError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return value


def whole(params: Params, name: str, default: int | None = None, least: int = 1) -> int:
    """A whole number of at least `least`."""
    value = params.get(name, default)
    if value is None:
        raise WireError(f"Missing required param: {name}.", code="parameter_missing", param=name)
    if not re.fullmatch(r"-?\d{1,15}", str(value)):
        raise WireError(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    if int(value) < least:
        raise WireError(
            f"This value must be greater than or equal to {least}.",
            code="parameter_invalid_integer",
            param=name,
        )
    return int(value)
