"""What is for sale: every strength with its price and markets, and the one decision made here."""

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.desk import ID, LONGEST_SEARCH, actor, address, asked, asked_page, blueprint
from shop.admin.words import SALE
from shop.catalogue import desk as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue import service
from shop.catalogue.rules import sale_refusal
from shop.database import now, transaction
from shop.errors import NotFound
from shop.web import settings


@blueprint.get("/catalogue")
@requires(Permission.STOCK)
def catalogue_list() -> str:
    """All strengths, or those a search finds."""
    q, market = asked(), settings().market
    page = catalogue_desk.variants_page(q, asked_page())
    refusals = {one.id: sale_refusal(one, market) for one in page.rows}
    return render_template(
        "admin/catalogue.html", q=q, page=page, market=market,
        sale={variant_id: SALE[refusal] for variant_id, refusal in refusals.items() if refusal},
        url=lambda number: address("admin.catalogue_list", q=q, page=number),
    )  # fmt: skip


@blueprint.post(f"/variants/<{ID}:variant_id>/sale")
@requires(Permission.STOCK)
def variant_sale(variant_id: int) -> Response:
    """Sell a strength here although it is registered elsewhere only, or stop doing so. Audited."""
    variant = catalogue.variant(variant_id)
    if variant is None:
        raise NotFound("There is no such strength.", "Look it up in the list of medicines.")
    allowed = request.form.get("allowed") == "1"
    with transaction():
        service.set_sold_outside_market(variant_id, allowed, actor(), now(), market=settings().market)
    market = settings().market
    flash(
        f"{variant.label} is sold in {market} although it is registered elsewhere only."
        if allowed
        else f"{variant.label} is sold only where it is registered."
    )
    page = request.form.get("page", "")
    q = request.form.get("q", "").strip()[:LONGEST_SEARCH]
    back = address("admin.catalogue_list", q=q, page=int(page) if page.isdecimal() and len(page) < 9 else 1)
    return redirect(f"{back}#v{variant_id}", 303)
