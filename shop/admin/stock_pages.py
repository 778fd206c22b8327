"""The stock desk: every lot with its expiry and state, one lot with its ledger, putting it aside and back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop import money
from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin.chart import MONTHS, Chart, expiry_chart, month_after
from shop.admin.desk import ID, actor, address, asked, blueprint
from shop.admin.forms import LiftForm, QuarantineForm
from shop.admin.sorting import Sorted
from shop.admin.words import LIFT_REASONS, REASONS, SOON_DAYS, by_name, cover_tag, lot_tag, whole_cents
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import DAY, business_date, days_ahead, now
from shop.database import transaction
from shop.errors import NotFound
from shop.orders.queue import numbers_of_lines
from shop.paging import page_number
from shop.search import staff
from shop.stock import figures, inventory, queries, service
from shop.stock.figures import Supply
from shop.stock.inventory import SORTS, LotFilter
from shop.stock.rules import RATE_DAYS, Reason, good_on
from shop.web import settings

EXPIRES_WITHIN = (30, 90, 180)
STATES = ("pick", "quarantined", "expired", "empty")
ORDER_SOON_DAYS = 14
MOST_LISTED = 6
ROUND_FROM = 10
MOST_MATCHES = 200


@dataclass(frozen=True)
class Choice(Sorted):
    """What the address asks for: the filter, the order and the page, and the addresses of its neighbours."""

    q: str
    within: int | None
    state: str

    @property
    def narrowed(self) -> bool:
        return bool(self.q or self.within or self.state)

    def url(self, page: int = 1, **change: Any) -> str:
        """The address of this choice with something else in it."""
        order = f"-{self.sort}" if self.descending else self.sort
        values = {"q": self.q, "within": self.within, "state": self.state, "sort": order, **change}
        return address("admin.stock", **values, page=page)


def _choice() -> Choice:
    within, sort = request.args.get("within", ""), request.args.get("sort", "")
    state, column = request.args.get("state", ""), sort.removeprefix("-")
    return Choice(
        asked(),
        int(within) if within in map(str, EXPIRES_WITHIN) else None,
        state if state in STATES else "",
        sort=column if column in SORTS else "medicine",
        descending=column in SORTS and sort.startswith("-"),
    )


@blueprint.get("/")
@requires(Permission.STOCK)
def stock() -> str:
    """Figures, what expires when, what runs out, and the lots."""
    at, choice = now(), _choice()
    today = business_date(at)
    supply = figures.supply(at - timedelta(days=RATE_DAYS), today)
    ordered = by_name(catalogue.variants(supply).values())
    variants = {one.id: one for one in ordered}
    page = inventory.lots_page(
        _filter(choice, today),
        number=page_number(request.args.get("page")),
        sort=choice.sort,
        descending=choice.descending,
        variant_order=list(variants),
    )
    return render_template(
        "admin/stock.html",
        choice=choice,
        page=page,
        variants=variants,
        supply=supply,
        today=today,
        packs=catalogue_desk.packs(row.pack_id for row in page.rows if row.pack_id),
        health=figures.health(today, days_ahead(today, SOON_DAYS)),
        soon_days=SOON_DAYS,
        chart=_chart(today),
        low=_low(supply, ordered),
        lot_tag=lot_tag,
        good_on=good_on,
        cover_tag=cover_tag,
        cents=whole_cents,
        round_money=_round_money,
        within=EXPIRES_WITHIN,
        most_listed=MOST_LISTED,
        reorder=ORDER_SOON_DAYS,
    )


def _filter(choice: Choice, today: date) -> LotFilter:
    by = days_ahead(today, choice.within) if choice.within else None
    if not choice.q:
        return LotFilter(today, expires_by=by, state=choice.state)
    packs = catalogue_desk.packs_by_code(choice.q)
    found = staff.find_variants(choice.q, MOST_MATCHES)
    return LotFilter(
        today, choice.q, [one.id for one in found], [pack.id for pack in packs], by, choice.state
    )


def _chart(today: date) -> Chart:
    config = settings()
    values = figures.expiring_by_month(
        today, month_after(today, MONTHS) - DAY, soon=days_ahead(today, SOON_DAYS)
    )
    return expiry_chart(values, today, config.locale, _round_money)


def _round_money(value: Decimal) -> str:
    """A value for a figure or an axis: without cents from ten on, and never rounded down to nothing."""
    config = settings()
    if value < ROUND_FROM and value != value.to_integral_value():
        return money.format_cents(whole_cents(value), config.currency, config.locale)
    return format_currency(value, config.currency, "¤#,##0", locale=config.locale, currency_digits=False)


def _low(supply: dict[int, Supply], variants: list[VariantFacts]) -> list[tuple[VariantFacts, int]]:
    """What is gone or lasts less than `ORDER_SOON_DAYS` at the present rate, the most urgent first."""
    lasting = [(one, 0 if not supply[one.id].free else supply[one.id].days) for one in variants if one.listed]
    short = [(one, days) for one, days in lasting if days is not None and days < ORDER_SOON_DAYS]
    return sorted(short, key=lambda pair: pair[1])


@blueprint.get(f"/lots/<{ID}:lot_id>")
@requires(Permission.STOCK)
def lot(lot_id: int) -> str:
    """One lot: what it is, who keeps units of it, and every movement."""
    return _lot_page(lot_id, now(), QuarantineForm(), LiftForm())


@blueprint.post(f"/lots/<{ID}:lot_id>/quarantine")
@requires(Permission.STOCK)
def quarantine(lot_id: int) -> Response | tuple[str, int]:
    """Put a lot aside, with the reason."""
    form, at = QuarantineForm(), now()
    if not form.validate_on_submit():
        return _lot_page(lot_id, at, form, LiftForm()), 422
    with transaction():
        changed = service.quarantine(lot_id, form.reason.data, actor(), at)
    words = REASONS[Reason(form.reason.data)]
    flash(f"The lot is put aside: {words}." if changed else "The lot was put aside before.")
    return redirect(url_for("admin.lot", lot_id=lot_id), 303)


@blueprint.post(f"/lots/<{ID}:lot_id>/lift")
@requires(Permission.STOCK)
def lift(lot_id: int) -> Response | tuple[str, int]:
    """Put a lot back on the shelf, with the reason."""
    form, at = LiftForm(), now()
    if not form.validate_on_submit():
        return _lot_page(lot_id, at, QuarantineForm(), form), 422
    with transaction():
        changed = service.lift_quarantine(lot_id, form.reason.data, actor(), at)
    flash("The lot is back on the shelf." if changed else "The lot stood on the shelf already.")
    return redirect(url_for("admin.lot", lot_id=lot_id), 303)


def _lot_page(lot_id: int, at: datetime, aside: QuarantineForm, back: LiftForm) -> str:
    found = inventory.lot(lot_id)
    if found is None:
        raise NotFound("There is no such lot.", "Go back to the list of lots.")
    ledger, kept = inventory.movements(found), queries.kept_of(lot_id)
    lines = [one.order_line_id for one in kept] + [one.order_line_id for one in ledger if one.order_line_id]
    packs = catalogue_desk.packs([found.pack_id] if found.pack_id else [])
    return render_template(
        "admin/lot.html",
        lot=found,
        variant=catalogue.variant(found.variant_id),
        ledger=ledger,
        kept=kept,
        pack=packs.get(found.pack_id or 0),
        tag=lot_tag(found, business_date(at)),
        cents=whole_cents,
        names=names_of(entry.actor_id for entry in ledger),
        orders=numbers_of_lines(lines) if lines else {},
        aside_form=aside,
        lift_form=back,
        lift_reasons=LIFT_REASONS,
        full=inventory.NEWEST_MOVEMENTS,
    )
