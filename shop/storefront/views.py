"""Public pages over HTTP. Every one is the same for all visitors without a session, and writes nothing."""

from collections.abc import Sequence
from decimal import Decimal

from flask import Blueprint, Response, make_response, redirect, render_template, request, session, url_for
from flask_login import current_user

from shop.access import public
from shop.accounts import queries as accounts
from shop.catalogue.list_rows import Card, cards
from shop.catalogue.uses import is_plain, uses
from shop.checkout.sending import why_not_sent
from shop.clock import today
from shop.errors import NotFound
from shop.listing.medicine import Medicine
from shop.listing.medicine import medicine as find_medicine
from shop.money import format_unit_price
from shop.monographs import queries as monographs
from shop.paging import Page, within
from shop.patients import notice
from shop.pricing.queries import history
from shop.restock.queries import is_waiting
from shop.search.kinds import is_emergency
from shop.storefront import engines, identifying, medicine_page, searching, suggesting
from shop.storefront.finder.columns import Chosen, View
from shop.storefront.finder.facets import bands
from shop.storefront.finder.service import columns
from shop.storefront.medicine_page import MedicinePage, free_units
from shop.storefront.narrowing import MOST_IN_FULL, Narrowing, heading, letters, limits, margin
from shop.storefront.on_prescription import OnPrescription, on_prescription
from shop.storefront.page_version import CATALOGUE, LIST, OFFERS
from shop.storefront.rows import Row, rows
from shop.web import count_visits, is_prefetch, page_shows, public_page, settings

SPECIMEN = "baclofen-tablets"  # the entry shown on the front page, where the store carries it
OVER_THE_COUNTER = 6
IN_STOCK_OTC = Chosen((("prescription", "none"), ("stock", "in")))
PER_PAGE = 24
CONDITIONS = 24
PRICED = Chosen(tuple(("price", band) for band in bands()))

blueprint = Blueprint("storefront", __name__)


@blueprint.get("/")
@public
@public_page(CATALOGUE, LIST)
def home() -> str:
    """The front page."""
    entry = find_medicine(SPECIMEN)
    everything = columns().view(Chosen())
    few = columns().view(IN_STOCK_OTC).page("popular", 1, OVER_THE_COUNTER)
    return render_template(
        "storefront/home.html",
        **_index(everything),
        entry=entry,
        entry_page=_composed(entry, None) if entry else None,
        over_the_counter=_rows(cards(few)),
    )


@blueprint.get("/medicines")
@public
@public_page(CATALOGUE, LIST)
def medicines() -> str:
    """The list, narrowed as its address says."""
    narrowing = Narrowing.read(request.args)
    view = columns().view(narrowing.chosen)
    if not view.total and (moved := narrowing.moved()):  # nothing has the former name any more
        return redirect(moved.url(), 301)  # type: ignore[return-value]
    number = within(narrowing.page, PER_PAGE, view.total)
    found = cards(view.page(narrowing.sort, number, PER_PAGE))
    groups = margin(narrowing, view, _amount)
    return render_template(
        "storefront/list.html",
        narrowing=narrowing,
        groups=groups,
        limits=limits(narrowing, groups),
        letters=narrowing.letter_urls(letters(view)),
        rows=_rows(found),
        page=Page(found, number, PER_PAGE, view.total),
        guide=_guide_words(found, narrowing.sort),
        heading=heading(narrowing, groups),
    )


@blueprint.get("/medicines/<slug>")
@blueprint.get("/medicines/<slug>/<strength>")
@public
@public_page(CATALOGUE)
def medicine(slug: str, strength: str | None = None) -> Response:
    """One medicine, at one of its strengths."""
    entry = find_medicine(slug)
    page = _composed(entry, strength, in_full=True) if entry else None
    if entry is None or page is None:
        if (slug, strength) != (small := (slug.lower(), strength and strength.lower())):
            return redirect(url_for(".medicine", slug=small[0], strength=small[1]), 301)  # type: ignore[return-value]
        return _not_found(slug)
    monograph = monographs.published(entry.monograph_slug) if entry.monograph_slug else None
    prescribed = _on_prescription(page) if entry.prescription_required else []
    waiting = page.sold_out and bool(session) and _is_waiting(page)
    html = render_template(
        "storefront/medicine.html",
        medicine=entry,
        page=page,
        monograph=monograph,
        around=columns().around(entry.product_id),
        elsewhere=_not_sent(entry.ingredients),
        drug=engines.drug(entry, page, settings(), request.path),
        on_prescription=prescribed,
        waiting=waiting,
    )
    response = make_response(html)
    if prescribed or waiting:  # who takes what: no browser keeps it for who sits there next
        response.headers["Cache-Control"] = "no-store"
    return response


def _on_prescription(page: MedicinePage) -> list[OnPrescription]:
    """What the prescriptions of a customer who has signed in give of it today."""
    if not session or not current_user.is_authenticated:
        return []
    wanted = next((total.quantity for total in page.totals if total.chosen), 1)
    return on_prescription(current_user.id, page.chosen.facts.id, wanted, today())


def _is_waiting(page: MedicinePage) -> bool:
    """Whether the customer who has signed in is told when it is back."""
    return current_user.is_authenticated and is_waiting(current_user.id, page.chosen.facts.id)


def _not_sent(ingredients: Sequence[str]) -> str | None:
    """Why it is not sent to the address a customer used last, once one has signed in and has one."""
    if not session or not current_user.is_authenticated:
        return None
    kept = accounts.addresses_of(current_user.id)
    return why_not_sent(kept[0].address, ingredients) if kept else None


@blueprint.get("/search")
@public
@public_page(CATALOGUE, LIST)
def search() -> str:
    """What was looked up: medicines, or a choice between names that come close."""
    query = " ".join(request.args.get("q", "")[: searching.MOST_LETTERS].split())
    narrowing = Narrowing.read(request.args, query)
    found = searching.look_up(narrowing, noted=not is_prefetch())
    if query and not found.total:
        count_visits()  # admins see searches without results
    groups = margin(narrowing, found.view, _amount) if found.total > 1 else []
    return render_template(
        "storefront/search.html",
        query=query,
        found=found,
        emergency=is_emergency(query),
        rows=_rows(found.page.rows),
        narrowing=narrowing,
        groups=groups,
        limits=limits(narrowing, groups),
        **({} if found.total else _index(columns().view(Chosen()))),
    )


@blueprint.get("/privacy")
@public
@public_page()
def privacy() -> str:
    """What is stored, how, and who sees it."""
    return render_template("storefront/privacy.html")


@blueprint.get(notice.ADDRESS)
@public
@public_page()
def privacy_notice() -> str:
    """The Notice of Privacy Practices in force, to read and to print."""
    return render_template("patients/notice.html", shipped=notice.edition() == notice.SHIPPED)


@blueprint.get("/robots.txt")
@public
@public_page()
def robots() -> Response:
    """Machines may read the public pages; nothing of anybody's own, and no endless searches."""
    closed = (
        "/search",
        "/identify?",
        "/basket",
        "/checkout",
        "/account",
        "/orders",
        "/guest-order",
        "/prescriptions",
        "/pharmacist/",
        "/admin/",
    )
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines += [f"Sitemap: {settings().public_url}/sitemap.xml"]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/sitemap.xml")
@public
@public_page(CATALOGUE)
def sitemap_index() -> Response:
    """The files that list the public pages."""
    return Response(engines.sitemap_index(settings()), mimetype="application/xml")


@blueprint.get("/sitemap-<int:number>.xml")
@public
@public_page(CATALOGUE)
def sitemap(number: int) -> Response:
    """One of them."""
    text = engines.sitemap(number, settings())
    if text is None:
        raise NotFound("We couldn’t find this page.", "Look at /sitemap.xml.")
    return Response(text, mimetype="application/xml")


def _composed(entry: Medicine, strength: str | None, in_full: bool = False) -> MedicinePage | None:
    shown = (*entry.strengths, *entry.equivalents) if in_full else entry.strengths
    ids = [one.facts.id for one in shown]
    page_shows(OFFERS, ids)
    left = free_units(ids, today(), settings().delivery_days)
    chosen = medicine_page.choose(entry, strength, settings().market, left)
    if chosen is None:
        return None
    paid = history(chosen.facts.id) if in_full else []
    config = settings()
    return medicine_page.compose(entry, chosen, left, paid, config.market, config.locale, _amount, today())


def _rows(found: Sequence[Card]) -> list[Row]:
    page_shows(LIST, (card.product_id for card in found))
    return rows(found, columns())


def _index(everything: View) -> dict[str, object]:
    """What leads on from the front page and from a search without a result: conditions and letters.

    Counted is what is sold here, as long as anything is; another market's medicines are pages to read.
    """
    sold = columns().view(PRICED)
    listed, _ = (sold if sold.total else everything).choices("category", MOST_IN_FULL)
    known = [one for one in listed if one.key in uses() or not is_plain(one.name)]
    few = sorted(known, key=lambda choice: -choice.count)[:CONDITIONS]
    return {
        "conditions": sorted(few, key=lambda choice: choice.name.casefold()),
        "more_conditions": len(known) - len(few),
        "letters": letters(everything),
        "total": everything.total,
        "sold": sold.total or everything.total,
    }


def _amount(price: Decimal) -> str:
    return format_unit_price(price, settings().currency, settings().locale)


def _guide_words(found: list[Card], sort: str) -> str:
    """First and last name on the page, as in a dictionary; only where the order is the alphabet's."""
    if not found or sort != "name":
        return ""
    return " – ".join(dict.fromkeys([found[0].name.lower(), found[-1].name.lower()]))


def _not_found(slug: str) -> Response:
    words = slug[: searching.MOST_LETTERS].replace("-", " ")
    found = searching.look_up(Narrowing(query=words, sort="relevance"), noted=False)
    page = render_template("storefront/not_found.html", words=words, rows=_rows(found.page.rows[:6]))
    return make_response(page, 404)


BLUEPRINTS = (blueprint, identifying.blueprint, suggesting.blueprint)
