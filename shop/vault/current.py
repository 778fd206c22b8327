"""The vault and the keys of the running application."""

from flask import current_app

from shop.vault.files import Vault
from shop.vault.sealing import Keyring


def current_vault() -> Vault:
    vault = current_app.extensions["vault"]
    assert isinstance(vault, Vault)
    return vault


def current_keyring() -> Keyring:
    keyring = current_app.extensions["vault_keyring"]
    assert isinstance(keyring, Keyring)
    return keyring
