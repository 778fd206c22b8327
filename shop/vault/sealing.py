"""Keys, and short texts sealed with them for a database column.

Owns the key-encryption keys in memory and the form they have in the settings. It keeps nothing and reads no
setting itself. Whole documents are the vault's (`vault.py`), which uses the same keys.
"""

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shop.errors import DomainError

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
NONCE_BYTES = 12
TEXT_FORM = "s1"
ASK_AGAIN = "Ask for it to be sent again, and tell the store’s operator: a backup may have it."


class KeyringInvalid(ValueError):
    """The setting with the keys is wrong; the message says which entry and how, never its text."""


class VaultDamaged(DomainError):
    """What is kept does not open: altered, cut short, another's, or sealed with a key that is not held."""

    status = 500
    code = "vault_damaged"

    def __init__(self, message: str = "The stored data is damaged and can’t be read.", todo: str = ASK_AGAIN):
        super().__init__(message, todo)


class KeyNotHeld(VaultDamaged):
    """It was sealed with a key-encryption key that the settings do not have, or no longer have."""

    code = "vault_key_not_held"


@dataclass(frozen=True)
class Keyring:
    """Key-encryption keys (AES-256, 32 bytes) by id. The primary seals; each opens what it once sealed."""

    primary_id: str
    keys: dict[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if self.primary_id not in self.keys:
            raise KeyringInvalid("The primary key's id names no key.")
        for number, (key_id, key) in enumerate(self.keys.items(), start=1):
            if not KEY_ID.fullmatch(key_id):
                raise KeyringInvalid(
                    f"Key {number}: its id must be 1 to 32 letters, digits, hyphens or underscores."
                )
            if len(key) != KEY_BYTES:
                raise KeyringInvalid(f"Key {number} (“{key_id}”) has {len(key)} bytes; it needs {KEY_BYTES}.")

    @classmethod
    def parse(cls, setting: str) -> "Keyring":
        """Read `id:base64,id2:base64`; the first is the primary. Raises KeyringInvalid."""
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(setting.split(","), start=1):
            key_id, key = _entry(number, entry.strip())
            if key_id in keys:
                raise KeyringInvalid(f"Key {number}: the id “{key_id}” is there twice.")
            keys[key_id] = key
        return cls(next(iter(keys)), keys)

    def key(self, key_id: str) -> bytes:
        """The key with this id; KeyNotHeld names it when it is missing."""
        if not KEY_ID.fullmatch(key_id):
            raise VaultDamaged()
        if key_id not in self.keys:
            raise KeyNotHeld(
                f"This is sealed with the key “{key_id}”, which is not in VAULT_KEYS.",
                "The store’s operator must restore that key in VAULT_KEYS.",
            )
        return self.keys[key_id]


def seal_text(keyring: Keyring, text: str, context: str) -> str:
    """Encrypt a short text for a column; `context` says whose and which it is ("prescription:17:note").

    The result, `s1.<key id>.<base64url>`, opens only with the same context, so a value copied into another
    row or column does not open. Sealing the same text twice gives two different results.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    key_id = keyring.primary_id
    sealed = AESGCM(keyring.keys[key_id]).encrypt(nonce, text.encode(), _bound(context, key_id))
    return f"{TEXT_FORM}.{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def open_text(keyring: Keyring, sealed: str, context: str) -> str:
    """The text that was sealed with this context; VaultDamaged when it was altered or belongs elsewhere."""
    form, _, rest = sealed.partition(".")
    key_id, _, body = rest.partition(".")
    if form != TEXT_FORM:
        raise VaultDamaged()
    key = keyring.key(key_id)
    try:
        raw = base64.urlsafe_b64decode(body)
        if base64.urlsafe_b64encode(raw).decode() != body:
            raise VaultDamaged()
        return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(context, key_id)).decode()
    except (InvalidTag, ValueError):
        raise VaultDamaged() from None


def _bound(context: str, key_id: str) -> bytes:
    if not context:
        raise ValueError("Sealed text needs a context: whose and which it is.")
    return b"formulary text\0" + key_id.encode() + b"\0" + context.encode()


def _entry(number: int, entry: str) -> tuple[str, bytes]:
    """One `id:base64`. No message repeats it: what looks like an id may be a key in the wrong place."""
    key_id, colon, encoded = entry.partition(":")
    if not entry:
        raise KeyringInvalid(f"Key {number} is empty; write id:base64.")
    if not colon:
        raise KeyringInvalid(f"Key {number} has no colon between its id and its base64 text.")
    if not KEY_ID.fullmatch(key_id):
        raise KeyringInvalid(f"Key {number}: its id must be 1 to 32 letters, digits, hyphens or underscores.")
    try:
        key = base64.b64decode(encoded.translate(str.maketrans("-_", "+/")), validate=True)
    except (binascii.Error, ValueError):
        raise KeyringInvalid(f"Key {number} is not base64 after the colon.") from None
    if len(key) != KEY_BYTES:
        raise KeyringInvalid(f"Key {number} has {len(key)} bytes; it needs {KEY_BYTES}.")
    return key_id, key
