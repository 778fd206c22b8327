"""What Flask-Security asks the store: how to keep an account, judge a password, spell and send an email."""

from typing import Any

from flask_security import MailUtil, PasswordUtil, SQLAlchemyUserDatastore, hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from shop.accounts import service
from shop.accounts.errors import WHY_WEAK
from shop.accounts.models import Role, User, user_role
from shop.accounts.queries import plain_email
from shop.accounts.rules import weakness
from shop.clock import now
from shop.database import db, transaction
from shop.outbox.mail import enqueue_mail

RESET_TEMPLATE = "security/email/reset_instructions"
CHANGED_TEMPLATE = "security/email/reset_notice"


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
    """Mails become jobs. The link to set a new password is made when its job runs, and stands in no table."""

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
        elif template == CHANGED_TEMPLATE:  # inside the transaction that changes the password
            enqueue_mail("password_changed", user.id, f"password_changed:{user.fs_uniquifier}", now())
        else:
            raise LookupError(f"no mail of ours stands for {template}")
