"""Which emails we send, and which of them the customer chooses."""

from flask import Response, flash, make_response, render_template
from flask_login import current_user

from shop.access import Permission, requires
from shop.account.blueprint import blueprint, to
from shop.account.forms import MailForm
from shop.accounts import mail_choices
from shop.accounts.mail_choices import OptionalMail
from shop.database import transaction


@blueprint.get("/emails")
@requires(Permission.SHOP)
def emails() -> Response:
    """Every kind of email, those that are a choice as boxes."""
    form, muted = MailForm(), mail_choices.muted_by(current_user.id)
    form.wanted.data = [one.value for one in OptionalMail if one not in muted]
    return _page(form)


@blueprint.post("/emails")
@requires(Permission.SHOP)
def choose_emails() -> Response:
    """Keep the choice."""
    form, user_id = MailForm(), current_user.id
    if not form.validate():
        return _page(form, 422)
    with transaction():
        mail_choices.choose(user_id, [OptionalMail(one) for one in form.wanted.data or ()])
    flash("Email choices saved.")
    return to("/account")  # type: ignore[return-value]


def _page(form: MailForm, status: int = 200) -> Response:
    return make_response(render_template("account/emails.html", form=form), status)
