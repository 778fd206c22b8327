"""Whether one product may be dispensed where another was prescribed. Pure; facts of both come in.

The same ingredients with their salts, the same form, release, place, strength, and, where the container is
sold, the same content: then a generic or another brand fills the prescription. Never another strength, though
two of one would make it; never another release, unless a person joined the two (`identity.Releases`). What a
product doesn't state is not taken to be the same. Where the prescriber wants the product as written, only
that one will do. What no application rates against another (compounded, biologic, unapproved) fills itself.

Source: state laws on generic selection ask for the same ingredient, strength, form and route, and a rating of
therapeutic equivalence; the catalog has no such ratings, so a pharmacist reviews this rule (adr/0021).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shop.substances.forms import form_word
from shop.substances.identity import is_extended, set_key
from shop.substances.names import moiety
from shop.substances.strengths import NOT_STATED, parse_amounts, without_content

Joins = Mapping[tuple[str, str], str]
"""By ingredients and release, the release a person joined it to (`identity.Releases`)."""
RATED = ("NDA", "ANDA", "OTC MONOGRAPH")
"""Beginnings of the licenses under which one product may stand for another: "NDA AUTHORIZED GENERIC"."""


NARROW = frozenset(
    (
        "carbamazepine",
        "cyclosporine",
        "digoxin",
        "levothyroxine",
        "lithium",
        "phenytoin",
        "tacrolimus",
        "theophylline",
        "warfarin",
    )
)
"""Between a dose too small and one too large lies little: these fill only themselves. General knowledge of
states' lists, and stricter than most: a pharmacist reviews it."""


class Difference(StrEnum):
    """Why a product does not fill a prescription for another, the first that is found."""

    AS_WRITTEN = "as_written"
    INGREDIENTS = "ingredients"
    FORM = "form"
    RELEASE = "release"
    ROUTE = "route"
    STRENGTH = "strength"
    CONTENT = "content"
    NARROW = "narrow"
    NOT_RATED = "not_rated"


@dataclass(frozen=True)
class ProductFacts:
    """One strength of a product, as far as it decides. `label` is its name for people.

    `equivalence` is the catalog's mark of ingredients, form and release together (`identity.equivalence`),
    None where it has none; `release` is "" where none is known; `content` what one container holds, None
    where units are counted; `licenses` as the directory states them.
    """

    variant_id: int
    label: str
    ingredients: tuple[str, ...]
    form: str
    strength: str
    unit: str
    route: str
    release: str = ""
    equivalence: str | None = None
    content: tuple[Decimal, str] | None = None
    licenses: tuple[str, ...] = ()


def difference(
    prescribed: ProductFacts, other: ProductFacts, as_written: bool = False, joins: Joins | None = None
) -> Difference | None:
    """Why `other` may not be dispensed where `prescribed` was, or None where it may."""
    if prescribed.variant_id == other.variant_id:
        return None
    if as_written:
        return Difference.AS_WRITTEN
    return (
        _medicine(prescribed, other, joins or {})
        or (Difference.ROUTE if _folded(prescribed.route) != _folded(other.route) else None)
        or _strength(prescribed, other)
        or (Difference.NARROW if any(moiety(one) in NARROW for one in prescribed.ingredients) else None)
        or (Difference.NOT_RATED if not (_is_rated(prescribed) and _is_rated(other)) else None)
    )


def _medicine(one: ProductFacts, other: ProductFacts, joins: Joins) -> Difference | None:
    extended = is_extended(one.form) or is_extended(other.form)
    if extended and not (one.release and other.release):
        return Difference.RELEASE
    if one.equivalence and one.equivalence == other.equivalence:
        return None
    if not one.ingredients or set_key(one.ingredients) != set_key(other.ingredients):
        return Difference.INGREDIENTS
    if form_word(one.form) != form_word(other.form):
        return Difference.FORM
    return Difference.RELEASE if _release(one, joins) != _release(other, joins) else None


def _release(product: ProductFacts, joins: Joins) -> str:
    return joins.get((set_key(product.ingredients), product.release), product.release).lower()


def _strength(one: ProductFacts, other: ProductFacts) -> Difference | None:
    said = without_content(one.strength), without_content(other.strength)
    amounts = parse_amounts(said[0])
    if NOT_STATED in said or (amounts is None and said[0] != said[1]) or amounts != parse_amounts(said[1]):
        return Difference.STRENGTH
    if one.unit != other.unit or one.content != other.content:
        return Difference.CONTENT
    return Difference.CONTENT if one.unit == "pack" and one.content is None else None


def _is_rated(product: ProductFacts) -> bool:
    """Whether its licenses are of a kind that is rated; one made by hand without a license states nothing."""
    return not product.licenses or all(one.upper().startswith(RATED) for one in product.licenses)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
