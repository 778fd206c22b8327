"""Forms of signing in, registering and setting a new password: Flask-Security's, in the store's words."""

from typing import Any

from flask_security import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    RegisterFormV2,
    ResetPasswordForm,
)
from flask_security.forms import valid_user_email
from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, Email, EqualTo, Length, ValidationError

from shop.accounts.models import User
from shop.accounts.queries import STAFF_ROLES, person_by_email
from shop.accounts.rules import MOST_LETTERS, plain_email
from shop.form_fields import one_line
from shop.web import settings

EMAIL_ATTRIBUTES = {"autocomplete": "username", "inputmode": "email", "maxlength": 254, "spellcheck": "false"}


def email_field(*more: Any) -> EmailField:
    return EmailField(
        "Email",
        filters=[lambda text: plain_email(text or "")],
        validators=[
            DataRequired("Enter your email address."),
            # our mails could not reach a name with letters beyond ASCII: few hosts take SMTPUTF8
            Email("Enter a valid email address, such as name@host.example.", allow_smtputf8=False),
            Length(max=254),
            *more,
        ],
        render_kw=EMAIL_ATTRIBUTES,
    )


def new_password_field(label: str) -> PasswordField:
    """A password that is chosen; whether it is good enough, `rules.weakness` says."""
    return PasswordField(
        label,
        validators=[DataRequired("Choose a password.")],
        render_kw={"autocomplete": "new-password", "maxlength": MOST_LETTERS},
    )


def name_field() -> StringField:
    """An account's name, wherever it is asked for."""
    return StringField(
        "Your name",
        filters=[one_line],
        validators=[
            DataRequired("Enter your name as it appears on your prescriptions."),
            Length(max=120, message="Use at most 120 characters."),
        ],
        render_kw={"autocomplete": "name", "maxlength": 120},
    )


def stays_inside(target: str | None) -> bool:
    """Whether an address leads to a page of this store, however a browser may read it."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return False
    return "\\" not in target and not any(sign.isspace() or not sign.isprintable() for sign in target)


class SafeNext:
    """A `next` that leads out of the store is dropped, not complained about: the person did not write it."""

    def validate_next(self, field: Any) -> None:
        if not stays_inside(field.data):
            field.data = ""


class SignInForm(SafeNext, LoginForm):
    """Whatever is wrong, the answer is the same: it does not tell which emails have an account."""

    email = email_field()
    password = PasswordField(
        "Password",
        validators=[DataRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password", "maxlength": MOST_LETTERS},
    )
    remember = BooleanField("Keep me signed in on this device")

    user: User | None

    def validate(self, **kwargs: Any) -> bool:
        good: bool = super().validate(**kwargs)
        if good and self.user and self.user.is_demo and settings().is_production:
            self.email.errors = ["refused"]
            good = False
        if good and self.user and self.user.role_names.intersection(STAFF_ROLES):
            self.remember.data = False  # a desk is never remembered: it signs itself out when idle
        if self.email.errors:
            self.password.errors = []  # one sentence is enough
        return good


class RegisterForm(SafeNext, RegisterFormV2):
    """A customer's new account."""

    name = name_field()
    email = email_field()
    password = new_password_field("Password")

    def validate_email(self, field: Any) -> None:
        """Said openly, since the person is signed in at once otherwise; tries are limited instead."""
        if person_by_email(field.data):
            raise ValidationError(
                "An account with this email already exists. Sign in, or reset your password."
            )


def current_password_field(label: str = "Your password") -> PasswordField:
    """For what nobody should do at a browser that was left signed in."""
    return PasswordField(
        label,
        validators=[DataRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password", "maxlength": MOST_LETTERS},
    )


class OwnPasswordForm(ChangePasswordForm):
    password = current_password_field("Current password")
    new_password = new_password_field("New password")
    new_password_confirm = PasswordField(
        "Confirm new password",
        validators=[EqualTo("new_password", "The passwords don’t match.")],
        render_kw={"autocomplete": "new-password", "maxlength": MOST_LETTERS},
    )


class AskForResetForm(ForgotPasswordForm):
    """Answers alike for every address; the library squashes what this field finds."""

    email = email_field(valid_user_email)


class NewPasswordForm(ResetPasswordForm):
    password = new_password_field("New password")
    password_confirm = PasswordField(
        "Confirm new password",
        validators=[EqualTo("password", "The passwords don’t match.")],
        render_kw={"autocomplete": "new-password", "maxlength": MOST_LETTERS},
    )
