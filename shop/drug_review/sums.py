"""Milligrams: of one medicine, of several together, and of a limit. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from shop.drug_review.case import Case, Fit, is_local
from shop.drug_review.taking import From, Part, Taking
from shop.prescriptions.verification.directions_text import WEEKDAYS
from shop.safety.drug_facts.facts import Fact, Kind

_IN_MG = {"mg": Fraction(1), "g": Fraction(1000), "mcg": Fraction(1, 1000), "µg": Fraction(1, 1000)}


@dataclass(frozen=True)
class Limit:
    """A limit for this patient in mg. `fit_but_use` is how it fits whatever the medicine is for."""

    fact: Fact
    mg: Fraction
    fit: Fit
    fit_but_use: Fit
    doubt: str

    def counts(self, case: Case, taking: Taking) -> bool:
        """Whether this medicine's amount belongs to it; a cream's only where the limit is about creams."""
        if is_local(taking) and not self.fact.scope.route:
            return False
        return case.fit(self.fact.scope, taking, indication=False) is not Fit.NO


def limit_of(case: Case, fact: Fact, reviewed: Iterable[Taking]) -> Limit | None:
    """The limit of a fact, where it is about one of these medicines; None also while a weight is missing."""
    fitting = [one for one in reviewed if fact.scope.route or not is_local(one)]
    fit = max((case.fit(fact.scope, one) for one in fitting), default=Fit.NO)
    mg = limit_mg(fact, case.person.profile.weight)
    if fit is Fit.NO or mg is None:
        return None
    but_use = max(case.fit(fact.scope, one, indication=False) for one in fitting)
    return Limit(fact, mg, fit, but_use, _doubt(case, fact))


def limit_mg(fact: Fact, weight: Decimal | str | None) -> Fraction | None:
    """The amount of a fact in mg; None in units that are not compared, or without the weight it goes by."""
    unit, _, per = fact.unit.partition("/")
    if fact.amount is None or unit not in _IN_MG:
        return None
    mg = Fraction(fact.amount) * _IN_MG[unit]
    if per != "kg":
        return mg
    return mg * Fraction(weight) if isinstance(weight, Decimal) else None


def _doubt(case: Case, fact: Fact) -> str:
    """Why nobody knows whether the limit holds."""
    scope = fact.scope
    if case.person.age is None and (scope.age_from is not None or scope.age_under is not None):
        return " The patient’s age isn’t on record."
    if scope.kidneys and case.kidneys_fit(scope.kidneys) is Fit.MAYBE:
        return " Kidney function isn’t known."
    return f" The limit is for {scope.indication}." if scope.indication else ""


def mg_of(case: Case, ingredient: str, taking: Taking, kind: Kind) -> Fraction | None:
    """The mg of an ingredient that a medicine brings in a day or at one time; None where nobody knows."""
    units = taking.use.most_a_day if kind is Kind.MAX_DAILY else taking.use.at_once
    parts = [part for part in taking.parts if case.book.name_of(part.ingredient) == ingredient]
    if units is None or not all(_is_amount(part) for part in parts):
        return None
    each = sum((Fraction(part.amount or 0) * _IN_MG[part.unit] for part in parts), Fraction())
    return units * each


def _is_amount(part: Part) -> bool:
    return part.unit in _IN_MG and part.amount is not None and part.amount.is_finite() and part.amount > 0


def summed(
    case: Case, ingredient: str, takings: Iterable[Taking], kind: Kind, *, at_worst: bool = False
) -> Fraction:
    """The mg of an ingredient from all of these whose amount is known.

    Of medicines that follow each other (a titration, a taper) only the highest counts; `at_worst`, of those
    that must follow each other, and what may as well be taken beside the other is added.
    """
    follows = in_sequence if at_worst else may_follow
    known = [(one, mg) for one in takings if (mg := mg_of(case, ingredient, one, kind)) is not None]
    following = [mg for one, mg in known if any(follows(case, one, other) for other, _ in known)]
    together = [(one, mg) for one, mg in known if not any(follows(case, one, other) for other, _ in known)]
    by_day = (sum((mg for one, mg in together if one.use.on(day)), Fraction()) for day in WEEKDAYS)
    return max(by_day) + max(following, default=Fraction())


def on_other_days(case: Case, one: Taking, other: Taking) -> bool:
    """Whether they are taken on different days of the week by their directions: one schedule, not twice.

    Not of what may only be taken so often (methotrexate): two days in two items are more than either says.
    """
    if any(one.use.on(day) and other.use.on(day) for day in WEEKDAYS):
        return False
    return not any(True for _ in case.facts(one, Kind.FREQUENCY))


def figure(amount: Fraction | Decimal) -> str:
    """ "6,000", "0.25"."""
    return f"{float(amount):,.3f}".rstrip("0").rstrip(".")


def may_follow(case: Case, one: Taking, other: Taking) -> bool:
    """Whether two items of one document may follow each other (a titration, a taper): the same ingredients,
    another strength or directions, and a use that ends or changes."""
    return _are_steps(case, one, other) and (
        in_sequence(case, one, other) or one.use.for_days != other.use.for_days
    )


def in_sequence(case: Case, one: Taking, other: Taking) -> bool:
    """Whether they can hardly be meant otherwise: the words say so, or each has an end of its own.

    One that ends beside one that doesn't may be a step of it, or an addition. Two courses of the same length
    may as well be a slip; they count as a taper only of what is tapered.
    """
    if not _are_steps(case, one, other):
        return False
    if one.use.phased or other.use.phased:
        return True
    ends = one.use.for_days, other.use.for_days
    if None in ends:
        return False
    return ends[0] != ends[1] or any(True for _ in case.facts(one, Kind.TAPER))


def _are_steps(case: Case, one: Taking, other: Taking) -> bool:
    return (
        one is not other
        and one.known is other.known is From.DOCUMENT
        and set(case.ingredients(one)) == set(case.ingredients(other))
        and (one.parts, one.directions) != (other.parts, other.directions)
    )
