"""Why what a pharmacist looks for is not sold, each with its own reason; near names where nothing matches.

The catalogue answers for what it has, listed or not. What was never taken in, as every controlled substance,
only the safety data know by name.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rapidfuzz.distance import OSA
from sqlalchemy import select

from shop.catalogue import queries as catalogue
from shop.catalogue.models import Ingredient, Product
from shop.catalogue.queries import VariantFacts
from shop.clock import format_day
from shop.database import db
from shop.prescriptions.reasons import WORDS, Reason
from shop.safety import controlled, mailable
from shop.safety.sale import SaleRefusal, is_about_control, refusal_asked_for, refusal_by_name, sale_refusal
from shop.safety.subject import Refusal
from shop.safety.wording import words
from shop.search import staff
from shop.substances.query_text import edits_forgiven
from shop.web import settings

MOST_REASONS = 3
SHORTEST_NAME = 5
SALE = {
    SaleRefusal.NOT_LISTED: "not listed for sale",
    SaleRefusal.OTHER_MARKET: "not marketed in the country we sell in",
    SaleRefusal.STRENGTH_TO_CHECK: "implausible strength; an admin has to check it",
    SaleRefusal.NO_PRICE: "no price right now",
}


def find(text: str, most: int) -> list[VariantFacts]:
    """What `search.staff` finds, as the safety data see it today, in its order."""
    found = staff.find_variants(text, most)
    known = catalogue.variants(one.id for one in found)
    return [known[one.id] for one in found]


def note(facts: VariantFacts) -> str:
    """Why a strength is not sold, as a note beside its name: "withdrawn from sale on …"; "" where it is."""
    if is_about_control(facts.refused):
        return "controlled substance, not sold here"
    if facts.not_by_mail:
        return f"not sent by mail: {facts.not_by_mail}"
    if facts.withdrawn_on:
        return f"withdrawn from sale on {format_day(facts.withdrawn_on, settings().locale)}"
    refusal = sale_refusal(facts, settings().market)
    return SALE[refusal] if refusal else ""


class Trouble(NamedTuple):
    """A sentence about what was looked for, and the reason for which it may be declined, if any."""

    sentence: str
    decline: Reason | None = None


def trouble(text: str, found: Sequence[VariantFacts]) -> list[Trouble]:
    """What to say of a search: that nothing it finds is sold, and why; or that it finds nothing."""
    if refusal := refusal_asked_for(text):
        return [_refused(refusal)]
    if found:
        return _reasons(found) if all(map(note, found)) else []
    if refusal := refusal_by_name(text):
        return [_refused(refusal)]
    near = list(_near(text))
    if not near:
        return [Trouble(f"Nothing matches “{text}”. Try fewer letters, or decline it.", Reason.NOT_SOLD)]
    return [_asked(f"Nothing matches “{text}”. Did you mean {name}?", _of_name(name)) for name in near]


def _of_name(name: str) -> list[Trouble]:
    if refusal := refusal_asked_for(name):
        return [_refused(refusal)]
    if found := find(name, MOST_REASONS):
        return _reasons(found) if all(map(note, found)) else []
    refusal = refusal_by_name(name)
    return [_refused(refusal)] if refusal else []


def _asked(question: str, of_name: Sequence[Trouble]) -> Trouble:
    """A near name is a question, so what it would be declined for is what this is declined for."""
    sentences = " ".join([question, *(one.sentence for one in of_name)])
    return Trouble(sentences, next((one.decline for one in of_name if one.decline), None))


def _reasons(found: Sequence[VariantFacts]) -> list[Trouble]:
    """One sentence for each reason, with what to do."""
    by_reason: dict[str, VariantFacts] = {}
    for facts in found:
        by_reason.setdefault(note(facts), facts)
    return [_about(reason, facts) for reason, facts in list(by_reason.items())[:MOST_REASONS]]


def _about(reason: str, facts: VariantFacts) -> Trouble:
    if facts.refused:
        refused = _refused(facts.refused)
        return Trouble(f"{facts.label}: {refused.sentence}", refused.decline)
    if facts.not_by_mail or facts.withdrawn_on:
        return _declined_for(Reason.NOT_SOLD, f"{facts.label}: {reason}.")
    choose = "Choose it to record it or to ask an admin to list it."
    return Trouble(f"{facts.label}: {reason}. {choose}", Reason.NOT_SOLD)


def _refused(refusal: Refusal) -> Trouble:
    reason = Reason.CONTROLLED if is_about_control(refusal) else Reason.NOT_SOLD
    return _declined_for(reason, refusal.sentence)


def _declined_for(reason: Reason, sentence: str) -> Trouble:
    return Trouble(f"{sentence} Decline this medicine as “{WORDS[reason].short}.”", reason)


def _near(text: str) -> Iterator[str]:
    """The names nearest to a word of the text, of medicines sold or not: at most three, all as near.

    Said as a question and never put in its place: a near name may be another medicine.
    """
    for word in words(text):
        if len(word) < SHORTEST_NAME or not word.isalpha():
            continue
        most = edits_forgiven(word)
        steps = {name: OSA.distance(word, name, score_cutoff=most) for name in _names(word[0])}
        far = {name: count for name, count in steps.items() if count <= most}
        if far:
            nearest = min(far.values())
            yield from sorted(name for name, count in far.items() if count == nearest)[:MOST_REASONS]
            return


def _names(initial: str) -> set[str]:
    """Words of names that begin so: of the safety data, of ingredients and of brands."""
    known: Iterable[str] = (*controlled.asked_words(), *mailable.names())
    begun = Ingredient.name.istartswith(initial), Product.brand.istartswith(initial)
    stored = (
        *db.session.scalars(select(Ingredient.name).where(begun[0])),
        *db.session.scalars(select(Product.brand).where(begun[1]).distinct()),
    )
    said = (*known, *(name for name in stored if name))
    return {
        word[0]
        for name in said
        if (word := words(name)) and word[0][0] == initial and len(word[0]) >= SHORTEST_NAME - 1
    }
