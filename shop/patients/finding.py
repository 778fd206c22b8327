"""Under which keys a patient is found by name and birth date: a keyed hash, which tells nobody who it is.

The hash is made under a key derived from the vault's. Patients are found under every key that the settings
hold, so a new vault key hides none.
"""

import hashlib
import hmac
from datetime import date

from shop.patients.rules import plain_person
from shop.vault.current import current_keyring

_PURPOSE = b"formulary patient by name and birth date v1"


def keys_of(name: str, born: date | None) -> tuple[str, ...]:
    """The person under each vault key, the primary one first: 64 hex digits each."""
    keyring = current_keyring()
    others = sorted(key_id for key_id in keyring.keys if key_id != keyring.primary_id)
    text = plain_person(name, born).encode()
    return tuple(_hash(keyring.keys[key_id], text) for key_id in (keyring.primary_id, *others))


def _hash(vault_key: bytes, text: bytes) -> str:
    own = hmac.new(vault_key, _PURPOSE, hashlib.sha256).digest()  # for this purpose alone
    return hmac.new(own, text, hashlib.sha256).hexdigest()
