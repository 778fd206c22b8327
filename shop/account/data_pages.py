"""What is on file about an account: all of it as a ZIP, and the deletion of the account."""

from tempfile import SpooledTemporaryFile

from flask import Response, flash, make_response, render_template, send_file
from flask_login import current_user
from flask_security import logout_user

from shop.access import Permission, requires
from shop.account.blueprint import blueprint, to
from shop.account.export import write_archive
from shop.account.forms import PasswordForm
from shop.accounts import deletion, dependents, service
from shop.accounts.errors import AccountNeeded, PasswordWrong
from shop.accounts.sessions import empty_session
from shop.accounts.sign_in import confirm_password
from shop.clock import business_date, format_day, now
from shop.database import transaction
from shop.patients import queries as patients
from shop.patients import service as patient_steps
from shop.web import settings

IN_MEMORY_BYTES = 4 * 1024 * 1024
"""What is larger is written to a temporary file that nobody else can open and that ends with the answer."""


@blueprint.get("/data")
@requires(Permission.SHOP)
def data() -> Response:
    """What an export holds, and what a deletion does."""
    return _data_page(PasswordForm())


@blueprint.post("/data")
@requires(Permission.SHOP)
def export() -> Response:
    """Everything as a ZIP, for who knows the password. It is recorded, as is the reading of each patient."""
    form, user_id, at = PasswordForm(), current_user.id, now()
    if not _knows_password(form):
        return _data_page(form, 422)
    with transaction():
        service.record_export(user_id, at)
        for patient in patients.of_account(user_id):
            patient_steps.record_reading(patient.id, user_id, "customer", at)
    made = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  (the answer closes it)
    write_archive(user_id, at, made)
    made.seek(0)
    name = f"account-{business_date(at).isoformat()}.zip"
    response: Response = send_file(made, "application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/delete")
@requires(Permission.SHOP)
def delete() -> Response:
    """What goes, what stays, and the last question."""
    return _delete_page(PasswordForm())


@blueprint.post("/delete")
@requires(Permission.SHOP)
def ask_for_deletion() -> Response:
    """Delete the account at the end of the grace period, and sign it out everywhere."""
    form, user_id = PasswordForm(), current_user.id
    if not _knows_password(form):
        return _delete_page(form, 422)
    try:
        with transaction():
            due_at = deletion.ask(user_id, now())
    except AccountNeeded as refusal:
        form.form_errors = [refusal.in_full]
        return _delete_page(form, refusal.status)
    logout_user()
    empty_session()
    day = format_day(business_date(due_at), settings().locale)
    flash(f"Your account will be deleted on {day}. To keep it, sign in before then.")
    return to("/sign-in")  # type: ignore[return-value]


def _knows_password(form: PasswordForm) -> bool:
    if not form.validate():
        return False
    try:
        confirm_password(form.password.data)
    except PasswordWrong as refusal:
        form.password.errors = [refusal.in_full]
        return False
    return True


def _data_page(form: PasswordForm, status: int = 200) -> Response:
    return make_response(render_template("account/data.html", form=form), status)


def _delete_page(form: PasswordForm, status: int = 200) -> Response:
    page = render_template(
        "account/delete.html",
        form=form,
        reasons=dependents.what_keeps(current_user.id, now()),
        days=deletion.GRACE.days,
    )
    return make_response(page, status)
