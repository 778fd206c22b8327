"""The table of the not-by-mail list."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.database import Base, Key


class MailExclusion(Base):
    """A substance, in some form or in all, that is not sent by post; admins keep the list."""

    __tablename__ = "mail_exclusion"
    __table_args__ = (UniqueConstraint("ingredient", "form"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ingredient: Mapped[str] = mapped_column(String(200))  # in lower case; "" stands for every substance
    form: Mapped[str] = mapped_column(String(80))  # a word of the form ("injection"), "" for every form
    reason: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(300))
