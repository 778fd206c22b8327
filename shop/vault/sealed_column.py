"""A column type for health data: sealed with the vault's keys before it reaches the database."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from shop.vault.current import current_keyring
from shop.vault.sealing import open_text, seal_text


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
