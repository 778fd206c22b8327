"""The stock desk: every lot with its expiry and state, and the figures above. One lot: `lot_pages`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask import render_template, request

from shop import money
from shop.access import Permission, requires
from shop.admin.blueprint import Sorted, address, blueprint, query_arg
from shop.admin.chart import MONTHS, Chart, expiry_chart, month_after
from shop.admin.labels import SOON_DAYS, by_name, cover_tag, lot_tag, whole_cents
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.queries import VariantFacts
from shop.clock import DAY, business_date, days_ahead, now
from shop.paging import page_number
from shop.search import staff
from shop.stock import assigning, figures, inventory
from shop.stock.figures import Supply
from shop.stock.inventory import SORTS, LotFilter
from shop.stock.rules import good_on
from shop.web import settings

EXPIRES_WITHIN = (30, 90, 180)
STATES = ("pick", "quarantined", "expired", "empty")
ORDER_SOON_DAYS = 14
MOST_LISTED = 6
ROUND_FROM = 10
MOST_MATCHES = 200


@dataclass(frozen=True)
class Choice(Sorted):
    """What the address asks for: the filter, the order and the page, and the addresses of its neighbors."""

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
        query_arg(),
        int(within) if within in map(str, EXPIRES_WITHIN) else None,
        state if state in STATES else "",
        sort=column if column in SORTS else "medicine",
        descending=column in SORTS and sort.startswith("-"),
    )


@blueprint.get("/")
@requires(Permission.STOCK)
def stock() -> str:
    """Figures, what expires when, what runs out, and the lots."""
    choice, today = _choice(), business_date(now())
    supply = figures.supply(today)
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
        loose=assigning.loose_count(),
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
