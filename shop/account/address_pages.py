"""The addresses a customer keeps: listed, added, corrected, removed and put back, one of them the default."""

from flask import Response, flash, make_response, render_template
from flask_login import current_user

from shop.access import Permission, requires
from shop.account.blueprint import blueprint, to
from shop.account.forms import AddressForm, address_form
from shop.accounts import address_book, queries
from shop.accounts.queries import AddressFacts
from shop.accounts.typed import ADDRESS_FIELDS, forget_typed, keep_typed, keeps_typed, typed_before
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.orders.destination import destination_refusal
from shop.web import can_come_back, settings

LIST = "/account/addresses"


@blueprint.get("/addresses")
@requires(Permission.SHOP)
def addresses() -> str:
    """The list, the default first; what of it can't be shipped to says why."""
    kept = queries.addresses_of(current_user.id)
    refusals = {one.id: destination_refusal(one.address, settings().market) for one in kept}
    return render_template(
        "account/addresses.html",
        addresses=kept,
        refusals={address_id: refusal for address_id, refusal in refusals.items() if refusal},
        removed=queries.removed_address(current_user.id),
        most=address_book.MOST_ADDRESSES,
    )


@blueprint.get("/addresses/add")
@requires(Permission.SHOP)
def new_address() -> Response:
    """The form for another address, with the account's name."""
    typed = typed_before()
    form = address_form(settings().market, typed=typed)
    if not typed:
        form.recipient.data = current_user.name
    return _page(form, None)


@blueprint.post("/addresses/add")
@requires(Permission.SHOP)
@keeps_typed(*ADDRESS_FIELDS)
@can_come_back
def add_address() -> Response:
    """Keep another address. One that is kept already is not kept twice."""
    form, user_id = address_form(settings().market), current_user.id
    keep_typed()
    if not form.validate():
        return _page(form, None, 422)
    try:
        with transaction():
            address_book.add(user_id, form.typed_address(), now())
    except DomainError as refusal:
        form.refused(refusal)
        return _page(form, None, refusal.status)
    forget_typed()
    flash("Address saved.")
    return to(LIST)  # type: ignore[return-value]


@blueprint.get("/addresses/<int:address_id>")
@requires(Permission.SHOP)
def edit_address(address_id: int) -> Response:
    """The form with what is kept."""
    kept = _own(address_id)
    return _page(address_form(settings().market, kept.address, typed_before()), kept)


@blueprint.post("/addresses/<int:address_id>")
@requires(Permission.SHOP)
@keeps_typed(*ADDRESS_FIELDS)
@can_come_back
def save_address(address_id: int) -> Response:
    """Correct an address. Orders that were placed keep theirs."""
    kept, form, user_id = _own(address_id), address_form(settings().market), current_user.id
    keep_typed()
    if not form.validate():
        return _page(form, kept, 422)
    with transaction():
        address_book.change(user_id, address_id, form.typed_address())
    forget_typed()
    flash("Address saved. Orders you’ve already placed keep the address they had.")
    return to(LIST)  # type: ignore[return-value]


@blueprint.post("/addresses/<int:address_id>/default")
@requires(Permission.SHOP)
def default_address(address_id: int) -> Response:
    """Offer this one first."""
    user_id = current_user.id
    with transaction():
        address_book.make_default(user_id, address_id)
    return to(LIST)  # type: ignore[return-value]


@blueprint.post("/addresses/<int:address_id>/remove")
@requires(Permission.SHOP)
def remove_address(address_id: int) -> Response:
    """Take one off the list; the list offers to put it back."""
    user_id = current_user.id
    with transaction():
        address_book.remove(user_id, address_id, now())
    flash("Address removed. You can restore it at the bottom of this page.")
    return to(LIST)  # type: ignore[return-value]


@blueprint.post("/addresses/<int:address_id>/put-back")
@requires(Permission.SHOP)
def put_back_address(address_id: int) -> Response:
    """Undo a removal."""
    user_id = current_user.id
    with transaction():
        address_book.put_back(user_id, address_id)
    return to(LIST)  # type: ignore[return-value]


def _own(address_id: int) -> AddressFacts:
    kept = queries.own_address(current_user.id, address_id)
    if kept is None:
        raise NotFound("We couldn’t find this address.", "Go back to your addresses.")
    return kept


def _page(form: AddressForm, kept: AddressFacts | None, status: int = 200) -> Response:
    return make_response(render_template("account/address_form.html", form=form, kept=kept), status)
