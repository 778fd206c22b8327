"""Another email for the account: asked for with the password, confirmed by a link that arrived there."""

from flask import Response, flash, make_response, render_template
from flask_login import current_user

from shop.access import Permission, public, requires
from shop.account.blueprint import blueprint, to
from shop.account.forms import EmailForm
from shop.accounts import email_change, failures
from shop.accounts.errors import EmailAskedTooOften, EmailTaken, PasswordWrong, SameEmail
from shop.accounts.rules import shown_email
from shop.accounts.sign_in import begin_attempt, confirm_password, sign_in_again
from shop.clock import now
from shop.database import transaction


@blueprint.get("/email")
@requires(Permission.SHOP)
def email() -> Response:
    """The form for another address."""
    return _page(EmailForm())


@blueprint.post("/email")
@requires(Permission.SHOP)
def ask_for_email() -> Response:
    """Mail a link to the new address. Until it is opened, the old one counts."""
    form, user_id = EmailForm(), current_user.id
    if not form.validate():
        return _page(form, 422)
    try:
        confirm_password(form.password.data)
        # whoever tries addresses in a row is stopped like one who tries passwords
        attempt = begin_attempt(current_user.email)
        with transaction():
            email_change.ask(user_id, form.email.data, now())
            failures.undo(attempt)
    except PasswordWrong as refusal:
        form.password.errors = [refusal.in_full]
        return _page(form, refusal.status)
    except (EmailTaken, SameEmail, EmailAskedTooOften) as refusal:
        form.email.errors = [refusal.message]
        return _page(form, refusal.status)
    flash(f"We sent a link to {shown_email(form.email.data)}. Open it within 24 hours to confirm.")
    return to("/account")  # type: ignore[return-value]


@blueprint.post("/email/keep")
@requires(Permission.SHOP)
def keep_email() -> Response:
    """Take the wish back."""
    user_id = current_user.id
    with transaction():
        email_change.take_back(user_id)
    flash("Your email stays the same.")
    return to("/account")  # type: ignore[return-value]


@blueprint.get("/email/confirm/<token>")
@public
def confirm_email(token: str) -> str:
    """The page that the link opens. Opening changes nothing: mail scanners open links too."""
    return render_template("account/email_confirm.html", wanted=email_change.wanted(token).email_wanted)


@blueprint.post("/email/confirm/<token>")
@public
def take_email(token: str) -> Response:
    """From now on the new address counts. Whoever asked from this browser stays signed in here."""
    signed_in_as = current_user.id if current_user.is_authenticated else None
    with transaction():
        user_id = email_change.confirm(token, now())
    if signed_in_as == user_id:
        sign_in_again(user_id)
    flash("Your email was changed. Your other devices are signed out.")
    return to("/account")  # type: ignore[return-value]


def _page(form: EmailForm, status: int = 200) -> Response:
    return make_response(render_template("account/email.html", form=form), status)
