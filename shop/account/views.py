"""The account's own page and its name; the other pages stand beside this."""

from flask import Response, flash, make_response, render_template
from flask_login import current_user

from shop.access import Permission, requires
from shop.account import address_pages, data_pages, email_pages, mail_pages, stock_pages
from shop.account.blueprint import blueprint, to
from shop.account.forms import NameForm
from shop.accounts import email_change, service
from shop.accounts import queries as accounts
from shop.clock import now
from shop.database import transaction
from shop.patients import queries as patients

PAGES = (address_pages, data_pages, email_pages, mail_pages, stock_pages)


@blueprint.get("")
@requires(Permission.SHOP)
def show() -> str:
    """Everything about the account, each with the way to change it."""
    return render_template(
        "account/account.html",
        addresses=accounts.addresses_of(current_user.id),
        patients=patients.of_account(current_user.id),
        email_over=bool(current_user.email_wanted) and email_change.is_over(current_user, now()),
    )


@blueprint.get("/name")
@requires(Permission.SHOP)
def name() -> Response:
    """The form with the account's name."""
    form = NameForm()
    form.name.data = current_user.name
    return _name_page(form)


@blueprint.post("/name")
@requires(Permission.SHOP)
def save_name() -> Response:
    """Change the account's name. Patients and orders keep theirs."""
    form, user_id = NameForm(), current_user.id
    if not form.validate():
        return _name_page(form, 422)
    with transaction():
        service.rename(user_id, form.name.data, now())
    flash("Name saved.")
    return to("/account")  # type: ignore[return-value]


def _name_page(form: NameForm, status: int = 200) -> Response:
    return make_response(render_template("account/name.html", form=form), status)


BLUEPRINTS = (blueprint,)
