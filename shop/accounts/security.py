"""Flask-Security's settings: what the store uses of it, and in which words it speaks."""

from datetime import timedelta

from flask import Flask, session
from flask_login import current_user
from flask_security import Security, password_reset

from shop.accounts import failures, forms, sign_in
from shop.accounts.library import AccountStore, OutboxMail, PasswordJudge
from shop.accounts.models import Role, User
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import db

RESET_HOURS = 2
WRONG_SIGN_IN = "Incorrect email or password."
USED_LINK = "This link has expired or was already used. Request a new one."


def init_security(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (a scheme, no password)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # no pepper: it would be SECRET_KEY, and changing that key would then lock everybody out
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_REGISTER_URL="/register",
        SECURITY_RESET_URL="/reset-password",
        SECURITY_REGISTERABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_PASSWORD_CONFIRM_REQUIRED=False,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        # SQLite answers the library's one question (an outer join of a join) by reading every account's roles
        SECURITY_JOIN_USER_ROLES=False,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=RESET_HOURS),
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_EMAIL_PLAINTEXT=False,  # our own templates are set when the job runs
        SECURITY_EMAIL_HTML=False,
        SECURITY_FRESHNESS=timedelta(minutes=-1),  # no page asks for the password again yet
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CACHE_CONTROL={},  # the library writes "no-store=True"; every answer of ours says no-store
        SECURITY_API_ENABLED_METHODS=["session"],
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(WRONG_SIGN_IN, "error"),
        SECURITY_MSG_PASSWORD_RESET_NO_LOGIN=("Your password was changed. Sign in with the new one.", "info"),
        SECURITY_MSG_PASSWORD_RESET_EXPIRED=(USED_LINK, "error"),
        SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN=(USED_LINK, "error"),
        REMEMBER_COOKIE_DURATION=timedelta(days=30),
        REMEMBER_COOKIE_HTTPONLY=True,
    )
    app.extensions["user_datastore"] = store = AccountStore(db, User, Role)
    security = Security(
        app,
        store,
        login_form=forms.SignInForm,
        register_form=forms.RegisterForm,
        forgot_password_form=forms.AskForResetForm,
        reset_password_form=forms.NewPasswordForm,
        password_util_cls=PasswordJudge,
        mail_util_cls=OutboxMail,
    )
    security.want_json(lambda _request: False)  # pages only; tokens are never handed out …
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # … or taken
    password_reset.connect(_note_reset, app)
    sign_in.wrap_views(app)
    app.jinja_env.globals.update(signed_in=signed_in, has_session=lambda: bool(session))


def signed_in() -> bool:
    """Whether somebody is signed in, without asking the database of a visitor who has no session."""
    return bool(session.get("_user_id")) and current_user.is_authenticated


def _note_reset(_app: Flask, user: User, **_rest: object) -> None:
    record(Event.ACCOUNT_PASSWORD_RESET, at=now(), subject=("user", user.id), actor_id=user.id)
    failures.forgive(user.email)
