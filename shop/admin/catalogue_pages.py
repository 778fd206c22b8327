"""What is for sale: the whole catalogue to search, and one product with all that is known of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, Sorted, actor, address, blueprint, query_arg
from shop.admin.labels import SALE, hindrances
from shop.catalogue import queries as catalogue
from shop.clock import now, today
from shop.database import transaction
from shop.errors import NotFound
from shop.listing import service
from shop.listing.finding import SORTS, Narrowing, State, products_page
from shop.listing.medicine import MOST_PACKS, StrengthRow, sheet
from shop.listing.queries import ORIGINS, changed_together
from shop.listing.rules import REFUSALS, listing_refusal
from shop.numbers import digits
from shop.paging import page_number
from shop.safety.sale import SaleRefusal, sale_refusal
from shop.stock.queries import available
from shop.stock.rules import outlasts
from shop.web import settings

# --- Undo: the next page’s address identifies the decision by its time ------------------------------------

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


# --- The pages ------------------------------------------------------------------------------------------

STATE_WORDS = {
    State.LISTED: "On sale",
    State.UNLISTED: "Not on sale",
    State.NO_PRICE: "Without a price",
    State.NOT_BY_MAIL: "Not by mail",
    State.CONTROLLED: "Controlled substances",
    State.WITHDRAWN: "Withdrawn",
    State.TO_CHECK: "Implausible strengths",
}
ORIGIN_WORDS = {"hand": "By hand", "ndc": "Directory"}


@dataclass(frozen=True)
class Choice(Sorted):
    """What the address asks for, and the addresses of its neighbors."""

    narrowing: Narrowing

    @property
    def narrowed(self) -> bool:
        return self.narrowing != Narrowing()

    def url(self, page: int = 1, **change: Any) -> str:
        """The address of this choice with something else in it."""
        sort = f"-{self.sort}" if self.descending else self.sort
        values = {"q": self.narrowing.text, "state": self.narrowing.state, "origin": self.narrowing.origin}
        values |= {"sort": None if sort == "medicine" else sort} | change
        return address("admin.catalogue_list", **values, page=page)


def requested_narrowing() -> Narrowing:
    """What the query string narrows the catalogue to; what it cannot mean is left out."""
    state, origin = query_arg("state"), query_arg("origin")
    return Narrowing(
        query_arg(), State(state) if state in list(State) else None, origin if origin in ORIGINS else None
    )


def _choice() -> Choice:
    sort = query_arg("sort")
    column = sort.removeprefix("-")
    return Choice(
        requested_narrowing(),
        sort=column if column in SORTS else "medicine",
        descending=sort.startswith("-"),
    )


@blueprint.get("/catalogue")
@requires(Permission.STOCK)
def catalogue_list() -> str:
    """All products, or those looked for, fifty at a time."""
    choice = _choice()
    page = products_page(
        choice.narrowing, page_number(request.args.get("page")), choice.sort, choice.descending
    )
    return render_template(
        "admin/catalogue.html",
        choice=choice,
        page=page,
        states=STATE_WORDS,
        origins=ORIGIN_WORDS,
        hindrances=hindrances,
        here_url=choice.url(page.number),
        undo=requested_undo(choice.url(page.number)),
    )


@blueprint.get("/catalogue/<slug>")
@requires(Permission.STOCK)
def catalogue_product(slug: str) -> str:
    """One product: whether it is on sale and why not, its strengths, what they cost, its packs."""
    found = sheet(slug, digits(query_arg("of")))
    if found is None:
        raise NotFound("There is no such product.", "Look it up in the catalog.")
    market = settings().market
    blocked = _blocked(found.strengths, market)
    sold = [number for number, why in blocked.items() if not why]
    stocked = available(sold, outlasts(today(), settings().delivery_days)) if sold else {}
    refusals = {
        one.facts.id: blocked[one.facts.id] or sale_refusal(one.facts, market) for one in found.strengths
    }
    refusal = listing_refusal(found.product.facts)
    here = url_for("admin.catalogue_product", slug=slug)
    undo: Undo | None = requested_undo(here)
    return render_template(
        "admin/product.html",
        sheet=found,
        product=found.product,
        market=market,
        most_packs=MOST_PACKS,
        refused=refusal,
        refusal=REFUSALS[refusal] if refusal else None,
        origins=ORIGIN_WORDS,
        sale={number: SALE[why] for number, why in refusals.items() if why},
        blocked=len(blocked) - len(sold),
        stocked=len(stocked),
        here_url=here,
        undo=undo,
    )


def _blocked(strengths: Iterable[StrengthRow], market: str) -> dict[int, SaleRefusal | None]:
    """What would block the sale of each strength, by id, if the product were on sale."""
    return {
        one.facts.id: sale_refusal(replace(one.facts, listed=one.withdrawn_on is None), market)
        for one in strengths
    }


@blueprint.post(f"/variants/<{ID}:variant_id>/sale")
@requires(Permission.STOCK)
def variant_sale(variant_id: int) -> Response:
    """Sell a strength here although it is marketed elsewhere only, or stop doing so. Audited."""
    variant = catalogue.variant(variant_id)
    if variant is None:
        raise NotFound("There is no such strength.", "Look it up in the catalog.")
    allowed = request.form.get("allowed") == "1"
    with transaction():
        service.set_sold_outside_market(variant_id, allowed, actor(), now(), market=settings().market)
    flash(
        f"{variant.label} can now be sold here, although it is marketed only elsewhere."
        if allowed
        else f"{variant.label} is now sold only where it is marketed."
    )
    back = url_for("admin.catalogue_product", slug=variant.product_slug)
    return redirect(f"{back}#v{variant_id}", 303)
