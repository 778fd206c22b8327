"""Refusals and how they reach the user.

A `DomainError` is a rule of the pharmacy saying no: it carries a sentence the user may read and
the one thing to do next. Rooms derive their own; `web` turns any of them into a page, `command_refusals` into
the end of a command.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import click


class DomainError(Exception):
    """A refusal. `status` is the HTTP status it becomes; `code` names it in logs and tests; `way` is the
    address of a page that helps and what its link says, where there is one."""

    status = 409
    code = "refused"
    way: tuple[str, str] | None = None

    def __init__(self, message: str, todo: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.todo = todo

    @property
    def in_full(self) -> str:
        """What happened, and what to do next if there is something."""
        return f"{self.message} {self.todo}".strip()


@contextmanager
def command_refusals() -> Iterator[None]:
    """In a command: a refusal ends it with what happened and what to do next."""
    try:
        yield
    except DomainError as refusal:
        raise click.ClickException(printable(refusal.in_full)) from refusal


def printable(text: str) -> str:
    """Without what a terminal would obey instead of show: file names and files may hold anything."""
    return "".join(character if character.isprintable() else "?" for character in text)


class Busy(DomainError):
    """What this needs is occupied or away for a moment; nothing was changed, and trying again may work.

    `retry_after` is in seconds and is sent as the `Retry-After` header.
    """

    status = 503
    code = "busy"

    def __init__(self, message: str, todo: str = "", retry_after: int = 5) -> None:
        super().__init__(message, todo)
        self.retry_after = retry_after


class NotFound(DomainError):
    """What was asked for does not exist, or is not the asker's: the two look the same from outside."""

    status = 404
    code = "not_found"


class Forbidden(DomainError):
    """The signed-in account may not do this."""

    status = 403
    code = "forbidden"
