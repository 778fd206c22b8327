"""The facts of the drug utilization review: found by ingredient, read with their labels, changed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from shop.access import Permission, requires
from shop.accounts import queries as accounts
from shop.clock import now
from shop.database import transaction
from shop.drug_review import change_queries, effective, fact_changes
from shop.drug_review.case import class_words
from shop.drug_review.change_errors import (
    FactChanged,
    FigureWrong,
    NothingChanges,
    ReasonMissing,
    WaitsAlready,
)
from shop.drug_review.change_models import LONGEST_REASON, ChangeStatus, FactChange
from shop.drug_review.fact_changes import Both, both_of
from shop.drug_review.fact_rules import figure_of, fingerprint, may_change
from shop.errors import DomainError, NotFound
from shop.numbers import decimal
from shop.paging import Page, page_number, within
from shop.pharmacist import fact_words
from shop.pharmacist.blueprint import blueprint
from shop.prescriptions.verification import queue
from shop.safety.drug_facts import reading
from shop.safety.drug_facts.facts import Kind, Weight
from shop.web import settings

PER_PAGE = 50
LONGEST_SEARCH = 80
WRONG_FIELDS = {FigureWrong.code: "figure", ReasonMissing.code: "reason"}
REFUSALS = (FactChanged, FigureWrong, NothingChanges, ReasonMissing, WaitsAlready)


@dataclass(frozen=True)
class Row:
    """An ingredient with facts, and how many of them count otherwise than its file says."""

    name: str
    facts: int
    changed: int
    reviewed: date


@dataclass(frozen=True)
class OneFact:
    """A fact as a page shows it, with the change in force and the one that waits."""

    both: Both
    change: FactChange | None
    waiting: FactChange | None

    @property
    def may_change(self) -> bool:
        return may_change(self.both.file)

    @property
    def conflict(self) -> bool:
        return self.change is not None and self.change.rested_on != fingerprint(self.both.file)


@blueprint.get("/facts")
@requires(Permission.VERIFY)
def facts_page() -> str:
    """Ingredients with facts, by name; or those whose name has every word that was typed."""
    text = request.args.get("q", "").strip()[:LONGEST_SEARCH]
    files, counts = reading.book().facts, effective.book().facts
    words = text.casefold().split()
    names = sorted(name for name in files if all(word in name for word in words))
    number = within(page_number(request.args.get("page")), PER_PAGE, len(names))
    rows = [
        Row(
            name,
            len(files[name].facts),
            sum(one != other for one, other in zip(files[name].facts, counts[name].facts, strict=True)),
            files[name].reviewed,
        )
        for name in names[(number - 1) * PER_PAGE : number * PER_PAGE]
    ]
    return render_template(
        "pharmacist/facts.html",
        tab="facts",
        text=text,
        page=Page(rows, number, PER_PAGE, len(names)),
        conflicts=len(change_queries.conflicts()),
        counts=queue.counts(),
    )


@blueprint.get("/facts/<ingredient>")
@requires(Permission.VERIFY)
def ingredient_facts(ingredient: str) -> Response:
    """Every fact of an ingredient, with the label’s sentence, and a form to change it."""
    return _page(ingredient)


@blueprint.post("/facts/<ingredient>")
@requires(Permission.VERIFY)
def change_fact(ingredient: str) -> Response:
    """Change one fact's weight or figure: at once where it is tighter, else for a second pharmacist."""
    form, pharmacist_id = request.form, current_user.id
    key = form.get("fact", "")
    both = both_of(key, effective.book())
    if both is None or both.file.ingredient != ingredient:
        raise NotFound("This fact is no longer on record.", "Go back to the list of facts.")
    try:
        weight, figure = _weight(form.get("weight", "")), _figure(both, form.get("figure", ""))
        with transaction():
            row = fact_changes.ask(
                key, weight, figure, form.get("reason", ""), form.get("seen", ""), pharmacist_id, now()
            )
    except REFUSALS as refusal:
        return _page(ingredient, key, refusal)
    flash(said_of(row))
    page = url_for("pharmacist.ingredient_facts", ingredient=ingredient)
    return redirect(page, 303)  # type: ignore[return-value]


def said_of(row: FactChange) -> str:
    """What became of a change, for the next page."""
    if row.status is ChangeStatus.WAITING:
        return "Saved. It’s looser, so it takes effect once a second pharmacist accepts it."
    return "Saved. It’s in effect now."


def _weight(text: str) -> Weight:
    try:
        return Weight(text)
    except ValueError:
        raise FigureWrong("Choose a weight.") from None


def _figure(both: Both, text: str) -> Decimal | None:
    """The figure as typed, with or without the fact's unit behind it; None for a fact without one."""
    known, unit = figure_of(both.file)
    if known is None:
        return None
    typed = text.strip()
    if unit and typed.casefold().endswith(unit.casefold()):
        typed = typed[: -len(unit)]
    figure = decimal(typed, settings().locale)
    if figure is None:
        raise FigureWrong(f"Enter a number, in {unit}.")
    return figure


def _page(ingredient: str, wrong: str = "", refusal: DomainError | None = None) -> Response:
    files = reading.book().facts.get(ingredient)
    if files is None:
        raise NotFound("No facts of this ingredient are on record.", "Go back to the list of facts.")
    book, standing = effective.book(), change_queries.standing_of(ingredient)
    history = change_queries.history_of(ingredient)
    in_force = {row.fact: row for row in standing if row.status is ChangeStatus.IN_FORCE}
    waiting = {row.fact: row for row in standing if row.status is ChangeStatus.WAITING}
    facts = [
        OneFact(both, in_force.get(fact.key), waiting.get(fact.key))
        for fact in files.facts
        if (both := both_of(fact.key, book))
    ]
    gone = [row for key, row in in_force.items() if key not in {fact.key for fact in files.facts}]
    people = {one for row in (*standing, *history) for one in (row.requested_by, row.decided_by)}
    html = render_template(
        "pharmacist/ingredient_facts.html",
        tab="facts",
        ingredient=ingredient,
        files=files,
        classes=[class_words(name) for name in files.classes],
        kinds={kind: some for kind in Kind if (some := [one for one in facts if one.both.file.kind is kind])},
        gone=gone,
        history=history,
        names=accounts.names_of(people),
        words=fact_words,
        typed=request.form,
        wrong=wrong,
        wrong_field=WRONG_FIELDS.get(refusal.code) if refusal else None,
        error=refusal.in_full if refusal else "",
        longest=LONGEST_REASON,
        counts=queue.counts(),
    )
    return make_response(html, refusal.status if refusal else 200)
