"""Flask-Security: what the store uses of it, in which words it speaks, and what it asks the store."""

from datetime import timedelta
from typing import Any

from flask import Flask, session
from flask_login import current_user
from flask_security import (
    MailUtil,
    PasswordUtil,
    Security,
    SQLAlchemyUserDatastore,
    hash_password,
    password_changed,
    password_reset,
)
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from shop.accounts import email_change, failures, forms, service, sign_in, typed
from shop.accounts.errors import WHY_WEAK
from shop.accounts.models import Role, User, user_role
from shop.accounts.rules import plain_email, shown_email, weakness
from shop.audit.events import Event
from shop.audit.service import record
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.mail import enqueue_mail

# --- What the library asks the store: to keep an account, judge a password, send an email -----------------

RESET_TEMPLATE = "security/email/reset_instructions"
CHANGED_TEMPLATES = ("security/email/reset_notice", "security/email/change_notice")


class AccountStore(SQLAlchemyUserDatastore):
    """Accounts are made by our service, in one transaction that holds the audit record too."""

    def create_user(self, **values: Any) -> User:
        with transaction():
            user_id = service.add_account(
                values["name"], values["email"], values["password"], "customer", now()
            )
        user = db.session.get(User, user_id)
        assert user is not None
        return user

    def find_user(self, case_insensitive: bool = False, **attribute: Any) -> User | None:
        """The account with this attribute, its roles in the same query: every signed-in request asks."""
        ((name, value),) = attribute.items()
        column = getattr(User, name)
        same = func.lower(column) == func.lower(value) if case_insensitive else column == value
        with_roles = select(User).outerjoin(user_role).outerjoin(Role).options(contains_eager(User.roles))
        return db.session.scalars(with_roles.where(same)).unique().one_or_none()


class PasswordJudge(PasswordUtil):
    """The store's own rule, which needs no network."""

    def normalize(self, password: str) -> str:
        return service.plain_password(password)

    def validate(self, password: str, is_register: bool, **about: Any) -> tuple[list[str] | None, str]:
        password = self.normalize(password)
        user = about.get("user")
        email, name = (user.email, user.name) if user else (about.get("email"), about.get("name"))
        why = weakness(password, email or "", name or "")
        return ([WHY_WEAK[why]] if why else None), password


class OutboxMail(MailUtil):
    """Mails become jobs. The link to set a new password is made when its job runs, and is in no table."""

    def normalize(self, email: str) -> str:
        return plain_email(super().normalize(email))

    def validate(self, email: str) -> str:
        return plain_email(super().validate(email))

    def send_mail(self, template: str, *_said: Any, **context: Any) -> None:
        user: User = context["user"]
        if template == RESET_TEMPLATE:
            hash_password("as slow as for an unknown email")  # so that the time tells nothing either
            with transaction():
                service.ask_for_reset(user.id, now())
        elif template in CHANGED_TEMPLATES:  # inside the transaction that changes the password
            enqueue_mail("password_changed", user.id, f"password_changed:{user.fs_uniquifier}", now())
        else:
            raise LookupError(f"no email of ours replaces {template}")


# --- Its settings -----------------------------------------------------------------------------------------

RESET_HOURS = 2
WRONG_SIGN_IN = "Incorrect email or password."
USED_LINK = "This link has expired or was already used. Request a new one."


def init_security(app: Flask) -> None:
    """Set up Flask-Security: password hashing, the addresses of sign-in and password pages, forms and mail.

    Call it once, while the app is made: it writes to `app.config`, and reads SECRET_KEY from there.
    """
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (a scheme, no password)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # no pepper: it would be SECRET_KEY, and changing that key would then lock everybody out
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        # A link to set a password holds a digest of the password’s own slow hash, so a quick one will do;
        # the second scheme reads links that the release before sent.
        SECURITY_HASHING_SCHEMES=["hex_sha256", "sha256_crypt"],
        SECURITY_DEPRECATED_HASHING_SCHEMES=["sha256_crypt"],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_REGISTER_URL="/register",
        SECURITY_RESET_URL="/reset-password",
        SECURITY_CHANGE_URL="/account/password",
        SECURITY_CHANGEABLE=True,
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
        SECURITY_CLI_USERS_NAME=None,  # its commands would bypass our services
        SECURITY_CLI_ROLES_NAME=None,
        SECURITY_MSG_GENERIC_AUTHN_FAILED=(WRONG_SIGN_IN, "error"),
        SECURITY_MSG_PASSWORD_CHANGE=(
            "Password changed. Your other devices are signed out.",
            "info",
        ),
        SECURITY_MSG_INVALID_PASSWORD=("Incorrect password.", "error"),
        SECURITY_MSG_PASSWORD_IS_THE_SAME=("This is already your password. Choose another one.", "error"),
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
        change_password_form=forms.OwnPasswordForm,
        password_util_cls=PasswordJudge,
        mail_util_cls=OutboxMail,
    )
    security.want_json(lambda _request: False)  # pages only; tokens are never handed out …
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]  # … or taken
    password_reset.connect(_note_reset, app)
    password_changed.connect(_note_change, app)
    sign_in.wrap_views(app)
    typed.init_app(app)
    app.jinja_env.filters["email"] = shown_email
    app.jinja_env.globals.update(signed_in=signed_in, has_session=lambda: bool(session))


def signed_in() -> bool:
    """Whether somebody is signed in, without asking the database of a visitor who has no session."""
    return bool(session.get("_user_id")) and current_user.is_authenticated


def _note_change(_app: Flask, user: User, **_rest: object) -> None:
    email_change.forget_wish(user)
    record(Event.ACCOUNT_PASSWORD_CHANGED, at=now(), subject=("user", user.id), actor_id=user.id)


def _note_reset(_app: Flask, user: User, **_rest: object) -> None:
    email_change.forget_wish(user)
    record(Event.ACCOUNT_PASSWORD_RESET, at=now(), subject=("user", user.id), actor_id=user.id)
    failures.forgive(user.email)
