"""A postal address: its fields and their columns, for whoever keeps one. An order's is a copy."""

from dataclasses import asdict, dataclass

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from shop.telephone import written


@dataclass(frozen=True)
class PostalAddress:
    """Where a parcel goes. `country` is ISO 3166 alpha-2; `line2` and `phone` may be empty."""

    recipient: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str = ""


def exported(address: PostalAddress) -> dict[str, str]:
    """Its fields as an account's export has them: the telephone number as people write it."""
    return asdict(address) | {"phone": written(address.phone, address.country)}


class AddressColumns:
    """The same as columns of a table."""

    recipient: Mapped[str] = mapped_column(String(120))
    line1: Mapped[str] = mapped_column(String(120))
    line2: Mapped[str] = mapped_column(String(120), default="")
    city: Mapped[str] = mapped_column(String(80))
    region: Mapped[str] = mapped_column(String(40))
    postal_code: Mapped[str] = mapped_column(String(16))
    country: Mapped[str] = mapped_column(String(2))
    phone: Mapped[str] = mapped_column(String(32), default="")

    @property
    def address(self) -> PostalAddress:
        """As a value."""
        return PostalAddress(
            self.recipient,
            self.line1,
            self.line2,
            self.city,
            self.region,
            self.postal_code,
            self.country,
            self.phone,
        )
