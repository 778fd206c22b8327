"""What is not sent by mail: the data's classes, and the admins' list: adding, removing, putting back."""

from flask import flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from shop.access import Permission, requires
from shop.admin.blueprint import ID, actor, blueprint
from shop.admin.mail_forms import ExclusionForm
from shop.clock import now
from shop.database import transaction
from shop.listing import mail_exclusions, queries
from shop.listing.mail_exclusions import ExclusionKnown
from shop.safety import refused_classes
from shop.safety.mailable import ListEntry, starting_list

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
        form.ingredient.errors = [f"{refusal.message} {refusal.todo}"]
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
