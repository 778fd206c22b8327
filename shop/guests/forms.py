"""Forms of guests."""

from flask_wtf import FlaskForm
from wtforms import EmailField, StringField
from wtforms.validators import DataRequired, EqualTo, ValidationError

from shop.accounts.forms import EMAIL_ATTRIBUTES, email_field, new_password_field
from shop.accounts.rules import plain_email
from shop.form_fields import one_line
from shop.orders.rules import number_of


class LinkForm(FlaskForm):  # type: ignore[misc]
    """What a new link to an order is asked for with."""

    number = StringField(
        "Order number",
        [DataRequired("Enter the order number.")],
        filters=[one_line],
        render_kw={"maxlength": 20, "autocomplete": "off", "spellcheck": "false"},
    )
    email = email_field()

    def validate_number(self, field: StringField) -> None:
        if number_of(field.data or "") is None:
            raise ValidationError("Enter the order number as it appears in our email, such as F-7K3M-92QX.")


class KeepForm(FlaskForm):  # type: ignore[misc]
    """The password of an account that a guest’s order begins."""

    password = new_password_field("Password")


class CorrectForm(FlaskForm):  # type: ignore[misc]
    """A guest's email, corrected: typed twice, since nothing else would catch a second mistake."""

    email = email_field()
    email_again = EmailField(
        "Email, again",
        filters=[lambda text: plain_email(text or "")],
        validators=[EqualTo("email", "The two emails don’t match.")],
        render_kw=EMAIL_ATTRIBUTES,
    )
