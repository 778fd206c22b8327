"""What the admin pages share: a blueprint, counts for its navigation, readings of a request."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_login import current_user

from shop.clock import now
from shop.errors import DomainError
from shop.orders import queue as orders
from shop.outbox import watching

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
LONGEST_SEARCH = 100
ID = "int(max=9223372036854775807)"
"""A row's id in an address: what no column could hold is no address, and so a 404."""


class Waiting:
    """What waits for somebody; asked for only by a page that says it, and once."""

    @cached_property
    def to_pack(self) -> int:
        return orders.to_pack_count()

    @cached_property
    def alarms(self) -> list[watching.Alarm]:
        return watching.ringing(now())


@blueprint.context_processor
def _waiting() -> dict[str, Any]:
    return {"waiting": Waiting()}


def actor() -> int:
    """The id of the signed-in staff account."""
    return int(current_user.id)


def query_arg(name: str = "q") -> str:
    """A word of the query string, trimmed and not too long to look for."""
    return request.args.get(name, "").strip()[:LONGEST_SEARCH]


def address(endpoint: str, **values: Any) -> str:
    """The address of an admin page without empty or default values."""
    return url_for(endpoint, **{name: value for name, value in values.items() if value not in ("", None, 1)})


def flash_refusal(refusal: DomainError) -> None:
    """Say on the next page why something was not done, and what to do instead."""
    flash(refusal.in_full, f"error {refusal.code}")


@dataclass(frozen=True, kw_only=True)
class Sorted:
    """The order of a table. Who shows one says how an address is made."""

    sort: str
    descending: bool

    def url(self, page: int = 1, **change: Any) -> str:
        """The address of this table with something else in it."""
        raise NotImplementedError

    def sort_url(self, column: str) -> str:
        """Sorted by `column`; by the same one again, in reverse."""
        turned = column == self.sort and not self.descending
        return self.url(sort=f"-{column}" if turned else column)

    def aria_sort(self, column: str) -> str | None:
        if column != self.sort:
            return None
        return "descending" if self.descending else "ascending"
