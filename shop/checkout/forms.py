"""The form of the checkout page: a kept address or a new one, and the total the customer saw."""

from collections.abc import Iterator
from typing import Any

from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.core import Field
from wtforms.validators import ValidationError

from shop import numbers
from shop.accounts.forms import email_field
from shop.accounts.queries import AddressFacts
from shop.addresses import PostalAddress
from shop.orders.address_form import AddressFields, ForeignAddressFields
from shop.orders.destination import NotServed, is_served, zip_doubt
from shop.safety.states_served import COUNTRY

NEW = "new"
LONGEST_CODE = 24


def _cents(text: str | None) -> int:
    found = numbers.digits(text, 11)
    return -1 if found is None else found


class DeliveryField:
    """The choice of a delivery method, for any form of checkout. The address says which are offered."""

    method = RadioField("Delivery method", validate_choice=False, choices=[])

    @property
    def method_code(self) -> str:
        """The code that was chosen; "" for none."""
        return (self.method.data or "")[:LONGEST_CODE]


class CheckoutForm(DeliveryField, AddressFields):
    """`total_cents` comes back with the form, so that nobody pays another total than the one they read.

    `tax_cents` and `delivery_cents` are the sales tax and the delivery in it: they tell a state or a method
    that was chosen from a price that changed. `update` asks for the total without ordering.
    """

    address = RadioField("Send it to", validate_choice=False, default=NEW)
    of_age = StringField()
    notice = BooleanField()  # the privacy notice was received; only an order for a patient needs it
    nothing_new = SelectMultipleField(choices=[], validate_choice=False)  # references of patients
    total_cents = HiddenField()
    tax_cents = HiddenField()
    delivery_cents = HiddenField()
    update = StringField()

    def __init__(
        self,
        kept: list[AddressFacts],
        country: str,
        name: str,
        typed: MultiDict[str, str] | None,
        **more: Any,
    ) -> None:
        # what was kept is ours: its token was looked at when it was sent
        super().__init__(**more | ({"formdata": typed | {"csrf_token": generate_csrf()}} if typed else {}))
        self.kept, self.country = {str(one.id): one.address for one in kept}, country
        self.address.choices = [*self.kept, NEW]
        if not self.is_submitted() and not typed:
            self.address.data = next(iter(self.kept), NEW)
            self.recipient.data = name
        elif not self.kept or (typed and self.address.data not in self.kept):
            self.address.data = NEW

    def is_typed(self) -> bool:
        return bool(self.address.data == NEW)

    def validate_address(self, field: RadioField) -> None:
        if field.data != NEW and field.data not in self.kept:
            raise ValidationError("Choose one of your addresses, or enter a new one.")
        if field.data != NEW and not is_served(self.kept[field.data]):
            raise ValidationError(NotServed(self.kept[field.data].region).message)
        if field.data != NEW and (doubt := zip_doubt(self.kept[field.data])):
            raise ValidationError(f"{doubt} Choose another address, or enter it again.")

    @property
    def shown_total_cents(self) -> int:
        """The total on the page the customer sent, or -1 when somebody changed it into no number."""
        return _cents(self.total_cents.data)

    @property
    def shown_tax_cents(self) -> int:
        """The sales tax in it; 0 where the page said none."""
        return max(_cents(self.tax_cents.data), 0)

    @property
    def shown_delivery_cents(self) -> int:
        """The delivery in it; 0 where the page said none."""
        return max(_cents(self.delivery_cents.data), 0)

    @property
    def age_declared(self) -> int | None:
        """The age the customer declared, in years; None where they declared none."""
        return numbers.digits(self.of_age.data, 3)

    def address_so_far(self) -> PostalAddress | None:
        """Where it would go, before validation: a kept address, or a new one once its state is known."""
        if self.address.data in self.kept:
            return self.kept[self.address.data]
        return self.typed_address() if self.region.data else None

    def delivery_address(self) -> PostalAddress:
        """Where it goes, after validation."""
        if kept := self.kept.get(self.address.data):
            return kept
        return self.typed_address()


class ForeignCheckoutForm(ForeignAddressFields, CheckoutForm):
    """For a store outside the United States."""


class GuestFields:
    """What a guest says beside the address: where the mails about the order go."""

    email = email_field()

    def __iter__(self) -> Iterator[Field]:
        """In the order of the page, so that errors are listed in it."""
        fields: Iterator[Field] = super().__iter__()  # type: ignore[misc]
        return iter(sorted(fields, key=lambda field: field.name != "email"))


class GuestCheckoutForm(GuestFields, CheckoutForm):
    """Nobody is known, so nothing is kept."""


class ForeignGuestCheckoutForm(GuestFields, ForeignCheckoutForm):
    """For a store outside the United States."""


def guest_form(country: str, typed: MultiDict[str, str] | None = None) -> CheckoutForm:
    """The form of a guest, with what they `typed` before, and did not send."""
    return (GuestCheckoutForm if country == COUNTRY else ForeignGuestCheckoutForm)([], country, "", typed)


def checkout_form(
    kept: list[AddressFacts], country: str, name: str, typed: MultiDict[str, str] | None = None
) -> CheckoutForm:
    """The form of a store in `country`, with the addresses that the customer keeps, and the account's name
    where a new one is addressed; or with what they `typed` before, and did not send."""
    return (CheckoutForm if country == COUNTRY else ForeignCheckoutForm)(kept, country, name, typed)
