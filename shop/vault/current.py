"""The vault and the keys of the running application, and the column type that seals health data with them."""

from typing import Any

from flask import current_app
from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from shop.vault.files import Vault
from shop.vault.sealing import Keyring, open_text, seal_text


def current_vault() -> Vault:
    vault = current_app.extensions["vault"]
    assert isinstance(vault, Vault)
    return vault


def current_keyring() -> Keyring:
    keyring = current_app.extensions["vault_keyring"]
    assert isinstance(keyring, Keyring)
    return keyring


class SealedText(TypeDecorator[str]):
    """Text encrypted at rest. It cannot be searched or sorted: look things up by id, status or date."""

    impl = Text
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else seal_text(current_keyring(), value, self.context)

    def process_result_value(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else open_text(current_keyring(), value, self.context)
