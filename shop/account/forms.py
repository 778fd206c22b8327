"""Forms of the account's pages. Fields that registration has too are its own."""

from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice

from shop.accounts.forms import current_password_field, email_field, name_field
from shop.accounts.mail_choices import OptionalMail
from shop.addresses import PostalAddress
from shop.errors import DomainError
from shop.orders.address_form import AddressFields, ForeignAddressFields
from shop.safety.states_served import COUNTRY
from shop.telephone import written


class NameForm(FlaskForm):  # type: ignore[misc]
    name = name_field()


class PasswordAsked:
    """A form for what nobody should do at a browser that was left signed in."""

    password = current_password_field()


class PasswordForm(PasswordAsked, FlaskForm):  # type: ignore[misc]
    """Nothing but the password."""


class EmailForm(PasswordAsked, FlaskForm):  # type: ignore[misc]
    email = email_field()


class MailForm(FlaskForm):  # type: ignore[misc]
    """The emails that are a choice, each worded as what it tells."""

    wanted = SelectMultipleField(
        "Email me when",
        choices=[
            SelectChoice(OptionalMail.PRESCRIPTION_RECEIVED.value, "We received a prescription you sent"),
            SelectChoice(OptionalMail.ORDER_SHIPPED.value, "An order ships: tracking number and charge"),
        ],
    )


class AddressForm(AddressFields):
    """A delivery address of a store in `country`; a correction starts from the one that is kept, or from what
    was `typed` before, and not sent."""

    def __init__(
        self,
        country: str,
        kept: PostalAddress | None = None,
        typed: MultiDict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(**more | ({"formdata": typed} if typed else {}))
        self.country = country
        if kept is not None and not typed and not self.is_submitted():
            for field in ("recipient", "line1", "line2", "city", "region", "postal_code"):
                self[field].data = getattr(kept, field)
            self.phone.data = written(kept.phone, country)

    def refused(self, refusal: DomainError) -> None:
        """Say what the store refused, above the fields."""
        self.form_errors = [f"{refusal.message} {refusal.todo}"]


class ForeignAddressForm(ForeignAddressFields, AddressForm):
    """The same for a store elsewhere."""


def address_form(
    country: str, kept: PostalAddress | None = None, typed: MultiDict[str, str] | None = None
) -> AddressForm:
    """The form of a store in `country`."""
    return (AddressForm if country == COUNTRY else ForeignAddressForm)(country, kept, typed)
