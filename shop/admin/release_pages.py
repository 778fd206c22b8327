"""Extended releases that stand apart: what tells them apart, joining two of them, parting them again."""

from flask import flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice

from shop.access import Permission, requires
from shop.accounts.queries import names_of
from shop.admin.blueprint import actor, address, blueprint, flash_refusal, query_arg
from shop.catalogue import releases
from shop.catalogue.releases import Group
from shop.clock import now
from shop.database import transaction
from shop.errors import DomainError, NotFound
from shop.handmade import typed
from shop.paging import page_number

GROUP = "/releases/<slug>"


class JoinForm(FlaskForm):  # type: ignore[misc]
    """Which release is the same medicine as which, and why. Nothing is chosen beforehand."""

    joined = SelectField("This release", validate_choice=False)
    into = SelectField("is the same medicine as", validate_choice=False)
    reason = StringField("Reason", render_kw={"autocomplete": "off", "maxlength": typed.LONGEST_SOURCE})

    def fill(self, group: Group) -> None:
        """The releases of the group to choose from."""
        offered = [SelectChoice("", "Choose a product")]
        offered += [SelectChoice(one.slug, f"{one.label} ({one.says})") for one in group.products]
        self.joined.choices = self.into.choices = offered

    def why(self, group: Group) -> str | None:
        """The reason, where everything was chosen; otherwise fields have errors."""
        slugs = {one.slug for one in group.products}
        for field in (self.joined, self.into):
            if field.data not in slugs:
                field.errors = ["Choose a product of this page."]
        if not self.joined.errors and self.joined.data == self.into.data:
            self.into.errors = ["Choose another product than the first."]
        try:
            reason = typed.source(self.reason.data)
        except typed.Unreadable:
            self.reason.errors = ["Say why they are the same: the reference product, and where you read it."]
        return None if self.errors else reason


@blueprint.get("/releases")
@requires(Permission.STOCK)
def releases_apart() -> str:
    """Groups of products of one name and form that stand apart by their release."""
    q = query_arg()
    return render_template(
        "admin/releases.html",
        q=q,
        page=releases.groups(q, page_number(request.args.get("page"))),
        url=lambda number: address("admin.releases_apart", q=q, page=number),
    )


@blueprint.get(GROUP)
@requires(Permission.STOCK)
def release_group(slug: str) -> str:
    """One group: labelers, application numbers, hours, what is joined, and the form that joins two."""
    return _page(_group(slug), JoinForm(formdata=None))


@blueprint.post(GROUP)
@requires(Permission.STOCK)
def join_releases(slug: str) -> Response | tuple[str, int]:
    """Join two releases of the group."""
    group, form = _group(slug), JoinForm()
    reason = form.why(group)
    if reason is None:
        return _page(group, form), 422
    try:
        with transaction():
            _, kept = releases.join(form.joined.data, form.into.data, now(), actor(), reason)
    except DomainError as refusal:
        flash_refusal(refusal)
    else:
        flash(f"Joined: from the next import on, both are {kept}.")
    return redirect(url_for("admin.release_group", slug=slug), 303)


@blueprint.post(f"{GROUP}/part")
@requires(Permission.STOCK)
def part_releases(slug: str) -> Response:
    """Undo a joining."""
    try:
        reason = typed.source(request.form.get("reason", ""))
        with transaction():
            releases.part(slug, request.form.get("release", "")[:40], now(), actor(), reason)
    except typed.Unreadable:
        flash("Not parted: say why they are different after all.", "error")
    except NotFound as refusal:
        flash_refusal(refusal)
    else:
        flash("Parted: from the next import on, they stand apart again.")
    return redirect(url_for("admin.release_group", slug=slug), 303)


def _group(slug: str) -> Group:
    found = releases.group_of(slug)
    if found is None:
        raise NotFound("No extended release has this address.", "Go back to the list of releases.")
    return found


def _page(group: Group, form: JoinForm) -> str:
    form.fill(group)
    joined = releases.joined(group.key)
    return render_template(
        "admin/release_group.html",
        group=group,
        form=form,
        details=releases.details(one.id for one in group.products),
        joined=joined,
        pending={one.release: one.joins for one in joined},
        names=names_of(one.actor_id for one in joined),
    )
