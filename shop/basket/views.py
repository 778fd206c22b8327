"""The forms that change a basket, and the line count in the masthead. The page itself is checkout's."""

from flask import Blueprint, Response, flash, g, redirect, request, session
from flask.blueprints import BlueprintSetupState
from flask_login import user_loaded_from_cookie, user_logged_in

from shop.access import public
from shop.accounts.models import User
from shop.basket import queries, service
from shop.basket.forms import wanted_patient, wanted_quantity, wanted_taker, wanted_variant
from shop.basket.owner import NEWS, TOKEN, BasketOwner, StaffCannotShop, current_owner, new_owner
from shop.catalogue import queries as catalogue
from shop.clock import now
from shop.database import transaction
from shop.errors import NotFound
from shop.web import same_origin

blueprint = Blueprint("basket", __name__)


@blueprint.post("/basket")
@public
@same_origin
def add() -> Response:
    """Put a medicine in; a visitor's session begins here, and not before the form was found good."""
    variant = wanted_variant(request)
    quantity = wanted_quantity(request, variant)
    owner = current_owner() or new_owner()
    with transaction():
        patient_id = wanted_patient(request, owner.user_id) if variant.prescription_required else None
        added = service.add(owner, variant.id, quantity, now(), patient_id)
    session[NEWS] = {"line": added.line_id, "before": added.before}
    return _to_basket()


@blueprint.post("/basket/lines/<int:line_id>")
@public
def change(line_id: int) -> Response:
    """Change a line's quantity, and for whom it is where the form says so."""
    owner = _owner()
    line = next((line for line in queries.lines(owner) if line.id == line_id), None)
    variant = catalogue.variant(line.variant_id) if line else None
    if variant is None:
        raise NotFound("This item is no longer in your basket.", "Check your basket, then try again.")
    quantity = wanted_quantity(request, variant)
    with transaction():
        taker = wanted_taker(request, owner.user_id)
        service.set_quantity(owner, line_id, quantity, now())
        if taker is not None and (taker[0] is not None or not variant.prescription_required):
            service.set_patient(owner, line_id, taker[0], now(), taker[1])
    return _to_basket()


@blueprint.post("/basket/lines/<int:line_id>/remove")
@public
def remove(line_id: int) -> Response:
    """Take a line out; the basket page offers to put it back."""
    owner = _owner()
    with transaction():
        service.remove(owner, line_id, now())
    return _to_basket()


@blueprint.post("/basket/lines/<int:line_id>/put-back")
@public
def put_back(line_id: int) -> Response:
    """Undo a removal."""
    owner = _owner()
    with transaction():
        service.put_back(owner, line_id, now())
    return _to_basket()


def _owner() -> BasketOwner:
    owner = current_owner()
    if owner is None:
        raise NotFound(
            "Your basket is empty.", "Baskets are kept for 30 days, on the device where you added items."
        )
    return owner


def _to_basket() -> Response:
    return redirect("/basket", 303)  # type: ignore[return-value]


# --- The count in the masthead, and signing in --------------------------------------------------------------


def basket_count() -> int:
    """Lines in the basket of whoever looks; a visitor without a session costs no query, staff have none."""
    if not session:
        return 0
    if "basket_count" not in g:
        try:
            g.basket_count = queries.count(current_owner())
        except StaffCannotShop:
            g.basket_count = 0
    count: int = g.basket_count
    return count


def _note_sign_in(_sender: object, user: User, **_rest: object) -> None:
    # The sign-in itself is still uncommitted here; `carry_basket` runs when it is done.
    if session.get(TOKEN) and user.has_role("customer"):
        g.signed_in_with_basket = user.id


@blueprint.after_app_request
def carry_basket(response: Response) -> Response:
    """After a sign-in or a registration, move what the visitor had chosen into the account's basket."""
    user_id = g.pop("signed_in_with_basket", None)
    if user_id and (token := session.pop(TOKEN, None)):
        with transaction():
            left_out = service.merge(token, user_id, now())
        if left_out:
            one = "1 medicine" if left_out == 1 else f"{left_out} medicines"
            flash(f"{one} of your basket didn’t fit: a basket holds at most {service.MOST_LINES}.", "error")
    return response


@blueprint.record
def _register(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["basket_count"] = basket_count
    user_logged_in.connect(_note_sign_in, state.app)
    user_loaded_from_cookie.connect(_note_sign_in, state.app)


BLUEPRINTS = (blueprint,)
CSRF_EXEMPT = (add,)
