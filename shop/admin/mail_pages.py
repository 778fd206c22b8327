"""What is not sent by mail: the data's classes, and the admins' list: adding, removing, putting back."""

from typing import Any

from flask import flash, redirect, render_template, session, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length, ValidationError

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint
from shop.clock import now
from shop.database import transaction
from shop.listing import mail_exclusions, queries
from shop.listing.mail_exclusions import ExclusionKnown
from shop.safety import refused_classes
from shop.safety.mailable import ListEntry, starting_list

# --- The form ---------------------------------------------------------------------------------------------

LONGEST_SUBSTANCE, LONGEST_FORM, LONGEST_REASON, LONGEST_SOURCE = 200, 80, 200, 300
TOO_LONG = "At most %(max)d characters."
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def _as_listed(text: str | None) -> str:
    """As the list keeps it: lower case, single spaces."""
    return " ".join((text or "").lower().split())


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split()).rstrip(".")


class ExclusionForm(FlaskForm):  # type: ignore[misc]
    """A substance, a word of the form, or both; why, and what says so."""

    ingredient = StringField(
        "Substance",
        filters=[_as_listed],
        render_kw=PLAIN,
        validators=[Length(max=LONGEST_SUBSTANCE, message=TOO_LONG)],
    )
    form_word = StringField(
        "Word of the form",
        filters=[_as_listed],
        render_kw=PLAIN,
        validators=[Length(max=LONGEST_FORM, message=TOO_LONG)],
    )
    reason = StringField(
        "Reason",
        filters=[_sentence],
        render_kw={"autocomplete": "off"},
        validators=[
            DataRequired("Enter why it can’t be mailed: customers see this."),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )
    source = StringField(
        "Source",
        filters=[_sentence],
        render_kw={"autocomplete": "off"},
        validators=[
            DataRequired("Enter the source: a rule, a label, or this pharmacy’s decision and its date."),
            Length(max=LONGEST_SOURCE, message=TOO_LONG),
        ],
    )

    def validate_ingredient(self, field: Any) -> None:
        if not field.data and not self.form_word.data:
            raise ValidationError("Enter a substance, a word of the form, or both.")
        if field.data and not any(c.isalnum() for c in field.data):
            raise ValidationError(f"“{field.data}” has no letters or digits.")

    def validate_form_word(self, field: Any) -> None:
        if field.data and not any(c.isalnum() for c in field.data):
            raise ValidationError(f"“{field.data}” has no letters or digits.")

    def entry(self) -> ListEntry:
        """What was typed, for the list."""
        return ListEntry(self.ingredient.data, self.form_word.data, self.reason.data, self.source.data)


# --- The pages --------------------------------------------------------------------------------------------

REMOVED = "removed_exclusion"


@blueprint.get("/not-by-mail")
@requires(Permission.STOCK)
def not_by_mail() -> str:
    """What the store's data refuse, the admins' list that adds to it, and after a removal the way back."""
    return _page(ExclusionForm(formdata=None))


@blueprint.post("/not-by-mail")
@requires(Permission.STOCK)
def exclude() -> Response | tuple[str, int]:
    """Add an entry; also puts back one that was just removed."""
    form = ExclusionForm()
    if not form.validate():
        return _page(form), 400
    entry = form.entry()
    try:
        with transaction():
            changed = mail_exclusions.add(entry, actor(), now())
    except ExclusionKnown as refusal:
        form.ingredient.errors = [refusal.in_full]
        return _page(form), refusal.status
    flash(f"{_named(entry)} is on the list. {_touched(changed, 'no longer sold')}")
    return redirect(url_for("admin.not_by_mail"), 303)


@blueprint.post(f"/not-by-mail/<{ID}:exclusion_id>/remove")
@requires(Permission.STOCK)
def stop_excluding(exclusion_id: int) -> Response:
    """Remove an entry, and keep what it said for putting it back."""
    with transaction():
        entry, changed = mail_exclusions.remove(exclusion_id, actor(), now())
    session[REMOVED] = entry._asdict()
    flash(f"{_named(entry)} is off the list. {_touched(changed, 'no longer held back by it')}")
    return redirect(url_for("admin.not_by_mail"), 303)


@blueprint.post("/not-by-mail/load")
@requires(Permission.STOCK)
def load_exclusions() -> Response:
    """Add what comes with the store and is not on the list."""
    with transaction():
        added = mail_exclusions.load(now(), actor())
    flash(f"{added} entries were added." if added else "All of them are already on the list.")
    return redirect(url_for("admin.not_by_mail"), 303)


def _page(form: ExclusionForm) -> str:
    removed = session.pop(REMOVED, None)
    listed = mail_exclusions.entries()
    known = {(row.ingredient, row.form) for row in listed}
    return render_template(
        "admin/not_by_mail.html",
        form=form,
        entries=listed,
        counts=mail_exclusions.products_by_entry(),
        groups=refused_classes.groups(),
        refused=queries.counts_by_code(),
        removed=ListEntry(**removed) if removed else None,
        missing=sum((one.ingredient, one.form) not in known for one in starting_list()),
    )


def _named(entry: ListEntry) -> str:
    substance = entry.ingredient[:1].upper() + entry.ingredient[1:] if entry.ingredient else "Any substance"
    return f"{substance} as {entry.form}" if entry.form else substance


def _touched(count: int, what: str) -> str:
    if not count:
        return "No products changed."
    return f"1 product is {what}." if count == 1 else f"{count:,} products are {what}."
