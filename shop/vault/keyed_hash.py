"""A hash that finds something again and tells nobody what it is: made under keys derived from the vault's."""

import hashlib
import hmac

from shop.vault.current import current_keyring


def keyed_hashes(purpose: bytes, text: str) -> tuple[str, ...]:
    """`text` under every vault key that the settings hold, the primary one first: 64 hex digits each.

    Store the first and look for any: so a new vault key hides nothing. `purpose` keeps the hashes of one use
    apart from those of another.
    """
    keyring = current_keyring()
    others = sorted(key_id for key_id in keyring.keys if key_id != keyring.primary_id)
    return tuple(
        _hash(keyring.keys[key_id], purpose, text.encode()) for key_id in (keyring.primary_id, *others)
    )


def _hash(vault_key: bytes, purpose: bytes, text: bytes) -> str:
    own = hmac.new(vault_key, purpose, hashlib.sha256).digest()  # for this purpose alone
    return hmac.new(own, text, hashlib.sha256).hexdigest()
