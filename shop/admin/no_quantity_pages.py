"""The report of strengths that nobody can buy because no quantity of them is offered."""

from flask import render_template, request

from shop.access import Permission, requires
from shop.admin.blueprint import address, blueprint, query_arg
from shop.catalogue import no_quantity as report
from shop.catalogue.no_quantity import Which, Why
from shop.paging import page_number

WHICH = {Which.COULD: "Can be sold", Which.LISTED: "On sale", Which.REFUSED: "Never sold"}
WHY = {
    Why.NO_PACK: "No pack on file",
    Why.UNKNOWN_SIZE: "No pack of known size",
    Why.TOO_LARGE: "Packs larger than a household may order",
}


@blueprint.get("/no-quantity")
@requires(Permission.STOCK)
def no_quantity() -> str:
    """Strengths without a quantity, those on sale first, and what to do about each."""
    asked, q = query_arg("which"), query_arg()
    which = Which(asked) if asked in list(Which) else Which.COULD
    page = report.strengths(which, q, page_number(request.args.get("page")))
    return render_template(
        "admin/no_quantity.html",
        q=q,
        which=which,
        choices=WHICH,
        page=page,
        why=WHY,
        on_sale=report.count(Which.LISTED),
        url=lambda number: address(
            "admin.no_quantity", q=q, which=None if which is Which.COULD else which.value, page=number
        ),
    )
