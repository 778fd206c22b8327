"""Undoing a listing right after it: the next page's address identifies the decision by its time."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from shop.admin.blueprint import query_arg
from shop.listing.queries import changed_together

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DONE = re.compile(r"(list|unlist)-(\d{1,17})", re.ASCII)
HOME = "/admin/catalogue"


@dataclass(frozen=True)
class Undo:
    """A decision that can be taken back: what it was, when, for how many products, and where to return to."""

    code: str
    listed: bool
    at: datetime
    products: int
    back: str


def code_of(listed: bool, at: datetime) -> str:
    """The decision's name in an address: "list-1795400000000000", in microseconds since 1970."""
    return f"{'list' if listed else 'unlist'}-{(at - _EPOCH) // timedelta(microseconds=1)}"


def read_code(code: str) -> tuple[bool, datetime] | None:
    """Whether it listed, and when; None for what is no code."""
    found = _DONE.fullmatch(code)
    try:
        at = _EPOCH + timedelta(microseconds=int(found[2])) if found else None
    except OverflowError:
        return None
    return (found[1] == "list", at) if found and at else None


def requested_undo(back: str) -> Undo | None:
    """What the address says was just done, while there is something of it to take back."""
    said = read_code(query_arg("done"))
    if said is None:
        return None
    products = len(changed_together(*said))
    return Undo(query_arg("done"), *said, products, back) if products else None


def with_code(back: str, code: str) -> str:
    """The address to return to, naming the decision. Only pages of the catalogue are returned to."""
    parts = urlsplit(safe_back(back))
    query = "&".join(part for part in (parts.query, urlencode({"done": code})) if part)
    return urlunsplit(parts._replace(query=query))


def safe_back(back: str) -> str:
    """`back` when it is an address of the catalogue pages, otherwise the catalogue."""
    parts = urlsplit(back) if back.isprintable() else urlsplit("")
    inside = parts.path == HOME or parts.path.startswith(f"{HOME}/")
    return back if inside and not parts.scheme and not parts.netloc and "\\" not in back else HOME
