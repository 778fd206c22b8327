"""Under which keys a patient is found by name and birth date: a keyed hash, which tells nobody who it is."""

from datetime import date

from shop.patients.rules import plain_person
from shop.vault.keyed_hash import keyed_hashes

_PURPOSE = b"formulary patient by name and birth date v1"


def keys_of(name: str, born: date | None) -> tuple[str, ...]:
    """The person under each vault key, the primary one first: 64 hex digits each."""
    return keyed_hashes(_PURPOSE, plain_person(name, born))
