"""Lots that were received without a pack: listing them, choosing the pack of one, taking that back."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin.blueprint import ID, actor, address, blueprint, flash_refusal, query_arg
from shop.admin.stock_pages import MOST_MATCHES
from shop.catalogue import packs as catalogue_desk
from shop.catalogue import queries as catalogue
from shop.catalogue.packs import PackFacts
from shop.clock import now
from shop.database import transaction
from shop.errors import NotFound
from shop.numbers import digits
from shop.paging import page_number
from shop.search import staff
from shop.stock import assigning, inventory, queries
from shop.stock.assigning import NotAssigned
from shop.stock.rules import Misfit, misfit

MISFITS = {
    Misfit.UNKNOWN_SIZE: "Size unknown, and sold sealed",
    Misfit.PART_OF_A_PACK: "Units left aren’t whole packages",
}


@dataclass(frozen=True)
class Option:
    """A pack that the lot may have come in, and why it cannot have."""

    pack: PackFacts
    why_not: str | None


@blueprint.get("/lots/without-pack")
@requires(Permission.STOCK)
def loose_lots() -> str:
    """Lots without a pack that have units left, and what was assigned lately."""
    q = query_arg()
    found = [one.id for one in staff.find_variants(q, MOST_MATCHES)] if q else []
    page = assigning.loose_lots(page_number(request.args.get("page")), words=q, variant_ids=found)
    done = assigning.recently_assigned()
    wanted = {one.variant_id for one in page.rows} | {one.variant_id for one in done}
    return render_template(
        "admin/loose_lots.html",
        q=q,
        page=page,
        done=done,
        variants=catalogue.variants(wanted),
        counts=catalogue_desk.pack_counts(one.variant_id for one in page.rows),
        packs=catalogue_desk.packs(one.pack_id for one in done),
        names=names_of(one.actor_id for one in done),
        url=lambda number: address("admin.loose_lots", q=q, page=number),
    )


@blueprint.get(f"/lots/<{ID}:lot_id>/pack")
@requires(Permission.STOCK)
def choose_pack(lot_id: int) -> str:
    """The packs of the lot's strength, those first that its units can have come in."""
    lot = inventory.lot(lot_id)
    if lot is None:
        raise NotFound("There is no such lot.", "Go back to the stock list.")
    q, closed = query_arg(), queries.sold_closed(lot.variant_id)
    page = catalogue_desk.packs_page(
        lot.variant_id, page_number(request.args.get("page")), q, lot.on_hand if closed else 0
    )
    whys = [misfit(lot.on_hand, pack.size, closed) for pack in page.rows]
    return render_template(
        "admin/lot_pack.html",
        lot=lot,
        q=q,
        page=page,
        closed=closed,
        variant=catalogue.variant(lot.variant_id),
        options=[
            Option(pack, MISFITS[why] if why else None) for pack, why in zip(page.rows, whys, strict=True)
        ],
        url=lambda number: address("admin.choose_pack", lot_id=lot_id, q=q, page=number),
    )


@blueprint.post(f"/lots/<{ID}:lot_id>/pack")
@requires(Permission.STOCK)
def assign_pack(lot_id: int) -> Response:
    """Say which pack the lot came in."""
    pack = digits(request.form.get("pack")) or 0
    try:
        with transaction():
            assigning.assign(lot_id, pack, actor(), now())
    except NotAssigned as refusal:
        flash_refusal(refusal)
        return redirect(url_for("admin.choose_pack", lot_id=lot_id), 303)
    flash("Package assigned. The units are for sale in that package.")
    return redirect(url_for("admin.loose_lots"), 303)


@blueprint.post(f"/lots/<{ID}:lot_id>/pack/undo")
@requires(Permission.STOCK)
def take_pack_back(lot_id: int) -> Response:
    """Clear the lot's pack."""
    try:
        with transaction():
            assigning.take_back(lot_id, actor(), now())
    except NotAssigned as refusal:
        flash_refusal(refusal)
        return redirect(url_for("admin.lot", lot_id=lot_id), 303)
    flash("Undone: the lot has no package again.")
    return redirect(url_for("admin.choose_pack", lot_id=lot_id), 303)
