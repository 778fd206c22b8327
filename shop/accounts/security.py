"""Flask-Security's settings and the few things added to it."""

from flask import Flask, session
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore

from shop.accounts.models import Role, User
from shop.database import db


def init_security(app: Flask) -> None:
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  (a scheme, no password)
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_REGISTER_URL="/register",
        SECURITY_RESET_URL="/reset-password",
        SECURITY_REGISTERABLE=True,
        SECURITY_RECOVERABLE=True,
        SECURITY_SEND_REGISTER_EMAIL=False,
        SECURITY_PASSWORD_LENGTH_MIN=10,
        SECURITY_USE_REGISTER_V2=True,
    )
    app.extensions["user_datastore"] = datastore = SQLAlchemyUserDatastore(db, User, Role)
    Security(app, datastore)
    app.jinja_env.globals.update(signed_in=signed_in, has_session=lambda: bool(session))


def signed_in() -> bool:
    """Whether somebody is signed in, without asking the database of a visitor who has no session."""
    return bool(session.get("_user_id")) and current_user.is_authenticated
