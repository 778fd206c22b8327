"""Tables of accounts, in the shape Flask-Security expects of users and roles."""

from datetime import datetime

from flask_security import RoleMixin, UserMixin, verify_password
from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from shop.addresses import AddressColumns
from shop.database import Base, Key, UtcDateTime

user_role = Table(
    "user_role",
    Base.metadata,
    Column("user_id", Key, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", Key, ForeignKey("role.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base, RoleMixin):
    """customer, pharmacist or admin; what each may do is in `shop.access`."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    description: Mapped[str | None] = mapped_column(String(255))


class User(Base, UserMixin):
    """An account. `fs_uniquifier` is what a session holds, so changing it signs everybody out.

    A guest (`guest_email` is set) has no password and no role, and an `email` that nobody can have: whoever
    looks for an account by its email never finds a guest, and guests may share an address with an account.
    """

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    email_wanted: Mapped[str | None] = mapped_column(String(254))  # asked for, not confirmed yet
    guest_email: Mapped[str | None] = mapped_column(String(254))  # where the mails of a guest go
    name: Mapped[str] = mapped_column(String(120), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    roles: Mapped[list[Role]] = relationship(secondary=user_role, lazy="selectin")  # type: ignore[assignment]

    @property
    def is_guest(self) -> bool:
        return self.guest_email is not None

    @property
    def reached_at(self) -> str:
        """The address that mails go to."""
        return self.guest_email or self.email

    @property
    def role_names(self) -> set[str]:
        return {role.name for role in self.roles}

    def verify_and_update_password(self, password: str) -> bool:
        """Only verifies: a sign-in reads, and opens no write transaction while a slow hash is computed."""
        return self.password is not None and verify_password(password, self.password)


DEFAULT = "is_default AND removed_at IS NULL"


class Address(AddressColumns, Base):
    """A delivery address a customer keeps; an order copies it and never points here.

    One is the default. A removed one can be put back until a job deletes it.
    """

    __tablename__ = "address"
    __table_args__ = (
        Index(
            "uq_address_default",
            "user_id",
            unique=True,
            sqlite_where=text(DEFAULT),
            postgresql_where=text(DEFAULT),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id", ondelete="CASCADE"), index=True)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime)
    is_default: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AccountDeletion(Base):
    """That an account is to be deleted, when, and that it was. A canceled one is gone."""

    __tablename__ = "account_deletion"

    user_id: Mapped[int] = mapped_column(Key, ForeignKey("user.id"), primary_key=True, autoincrement=False)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MutedMail(Base):
    """An email that an account does not want: the name of a template that is a choice."""

    __tablename__ = "muted_mail"

    user_id: Mapped[int] = mapped_column(
        Key, ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    template: Mapped[str] = mapped_column(String(40), primary_key=True)


class SignInFailure(Base):
    """One failed sign-in, counted by email and by address of origin; old rows are deleted by a job."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_email_at", "email", "at"),
        Index("ix_sign_in_failure_origin_at", "origin", "at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    origin: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
