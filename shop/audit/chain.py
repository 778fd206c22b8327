"""What links one record to the next, and the signature over where the chain ends. Pure but for the key."""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any, Protocol

from flask import current_app

GENESIS = "0" * 64
_PURPOSE = b"formulary audit head v1"


class Recorded(Protocol):
    """What a hash covers of a record."""

    @property
    def at(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def actor_id(self) -> int | None: ...
    @property
    def subject_type(self) -> str: ...
    @property
    def subject_id(self) -> str: ...
    @property
    def detail(self) -> dict[str, Any]: ...


def digest(row: Recorded, previous: str) -> str:
    """The hash of a record that follows `previous`: 64 hex digits of SHA-256."""
    content: list[Any] = [
        previous,
        row.at.astimezone(UTC).isoformat(),
        row.event,
        row.actor_id,
        row.subject_type,
        row.subject_id,
        row.detail,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def signature(length: int, end: str, key_id: str | None = None) -> str:
    """The primary vault key's signature (or that of `key_id`) over a chain of `length` that ends with `end`.

    Raises KeyError when the settings do not have that key.
    """
    keyring = current_app.extensions["vault_keyring"]
    key_id = key_id or keyring.primary_id
    own = hmac.new(keyring.keys[key_id], _PURPOSE, hashlib.sha256).digest()  # for this purpose alone
    return f"{key_id}:{hmac.new(own, f'{length}:{end}'.encode(), hashlib.sha256).hexdigest()}"


def is_signed(length: int | None, end: str | None, signed: str | None) -> bool:
    """Whether `signed` is a signature over this end of the chain, by a key the settings have."""
    if length is None or end is None or not signed:
        return False
    try:
        expected = signature(length, end, signed.partition(":")[0])
    except KeyError:
        return False
    return hmac.compare_digest(expected.encode(), signed.encode())
