"""What the rules of a review share: whom a fact holds for, how grave an answer is, what it says. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from shop.drug_review import outcomes
from shop.drug_review.taking import Alert, From, Person, Taking
from shop.patients.profile import UNKNOWN, Profile
from shop.prescriptions.verification.typed import Verdict
from shop.safety.drug_facts.book import Book
from shop.safety.drug_facts.facts import Fact, Kind, Scope
from shop.safety.drug_facts.matching import Matching, Meant

RANK = {Verdict.STOPS: 0, Verdict.NEEDS: 1, Verdict.ADVICE: 2, Verdict.PASSED: 3}
_LOCAL = frozenset(
    ["topical", "cutaneous", "ophthalmic", "eye", "conjunctival", "otic", "ear", "nasal", "dental", "vaginal"]
)
_ON_SKIN = frozenset(["topical", "cutaneous", "otic", "ear"])
_ROUTES = {
    "mouth": "oral",
    "by mouth": "oral",
    "auricular (otic)": "otic",
    "respiratory (inhalation)": "inhaled",
}
_SAID_OF = {
    Kind.KIDNEYS: re.compile(r"\b(kidney|renal|ckd|dialysis|nephr)"),
    Kind.PREGNANCY: re.compile(r"pregnan|\bexpecting\b"),
    Kind.BREASTFEEDING: re.compile(r"breast[- ]?fe|\bnursing\b"),
}
_KIDNEY_STONES = re.compile(r"\b(kidney|renal)[ -]stones?\b")


class Fit(IntEnum):
    """Whether a fact holds for somebody; `MAYBE` where what it asks is not known."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True)
class Case:
    """One review: what is about to be given, what else is taken, for whom, by which book."""

    under_review: tuple[Taking, ...]
    others: tuple[Taking, ...]
    person: Person
    book: Book
    matching: Matching

    @cached_property
    def beside(self) -> tuple[Taking, ...]:
        """What else is taken, each medicine once, without refills of what is under review."""
        items = {one.item_id for one in self.under_review if one.item_id is not None}
        bought = {one.variant_id for one in self.under_review if one.variant_id and not one.prescription}
        kept: list[Taking] = []
        for one in self.others:
            if one.item_id is not None and one.item_id in items:
                continue
            if one.known is From.RECENT and not one.prescription and one.variant_id in bought:
                continue
            if one.item_id is not None:
                items.add(one.item_id)
            kept.append(one)
        return tuple(kept)

    @cached_property
    def everything(self) -> tuple[Taking, ...]:
        return (*self.under_review, *self.beside)

    @cached_property
    def bought_only(self) -> bool:
        """Whether nothing under review is on prescription: a basket or order of what anybody may buy."""
        return all(
            one.known is From.BASKET and one.item_id is None and not one.prescription
            for one in self.under_review
        )

    @cached_property
    def allergies(self) -> tuple[Meant, ...]:
        return tuple(map(self.matching.allergy, self.person.profile.allergies or ()))

    @cached_property
    def conditions(self) -> tuple[Meant, ...]:
        return tuple(map(self.matching.condition, self.person.profile.conditions or ()))

    def ingredients(self, taking: Taking) -> tuple[str, ...]:
        """The ingredients of a medicine by their names on record, each once."""
        return tuple(
            dict.fromkeys(name for part in taking.parts if (name := self.book.name_of(part.ingredient)))
        )

    def facts(self, taking: Taking, *kinds: Kind) -> Iterator[Fact]:
        """The facts of all its ingredients."""
        for name in self.ingredients(taking):
            if found := self.book.of(name):
                yield from found.of(*kinds)

    def minor(self) -> bool:
        """Whether the patient is known to be under 18."""
        return self.person.age is not None and self.person.age < 18

    def fit(self, scope: Scope, taking: Taking, *, ages: bool = True, indication: bool = True) -> Fit:
        """Whether a fact of this scope holds for this medicine and patient."""
        answers = [
            _flag(scope.release, taking.release),
            _flag(scope.prescription, taking.prescription, unless=None),
            _route(scope, taking),
            self._kidneys(scope),
        ]
        if ages:
            answers.append(self._age(scope))
        if indication and scope.indication:
            answers.append(Fit.YES if same_use(scope.indication, taking.indication) else Fit.MAYBE)
        return min(answers)

    def _age(self, scope: Scope) -> Fit:
        if scope.age_from is None and scope.age_under is None:
            return Fit.YES
        age = self.person.age
        if age is None:
            return Fit.MAYBE
        old_enough = scope.age_from is None or age >= scope.age_from
        young_enough = scope.age_under is None or age < scope.age_under
        return Fit.YES if old_enough and young_enough else Fit.NO

    def weighed(self, fact: Fact, fit: Fit) -> Verdict:
        """The verdict of a fact that fits so; asked a step milder where only the kidneys are not known.

        Most people cannot say how their kidneys work: what would stop is asked, what would need a decision is
        shown. Who told of a kidney disease is asked in full.
        """
        open_ = bool(fact.scope.kidneys) and self.kidneys_fit(fact.scope.kidneys) is Fit.MAYBE
        if fit is Fit.MAYBE and open_ and not self.told_of_kidneys and not fact.scope.indication:
            return milder(fact.weight)
        return capped(fact.weight, fit)

    def unsure(self, fact: Fact, fit: Fit) -> bool:
        """Whether nobody knows that a fact holds; who told of a kidney disease has told enough."""
        told = self.told_of_kidneys and self.kidneys_fit(fact.scope.kidneys) is Fit.MAYBE
        return fit is Fit.MAYBE and not (fact.scope.kidneys and told)

    @cached_property
    def told_of_kidneys(self) -> bool:
        """Whether a condition in the patient's words is about the kidneys (stones are not)."""
        return bool(said_of(Kind.KIDNEYS, self.person.profile))

    def _kidneys(self, scope: Scope) -> Fit:
        if not scope.kidneys:
            return Fit.YES
        return self.kidneys_fit(scope.kidneys)

    def kidneys_fit(self, codes: Sequence[str]) -> Fit:
        """Whether the patient's kidneys are among these; those on dialysis are reduced too."""
        answer = self.person.profile.kidneys
        if answer is None or answer == UNKNOWN or (answer == "no_problem" and self.told_of_kidneys):
            return Fit.MAYBE
        found = {"reduced", "dialysis"} if answer == "dialysis" else {str(answer)}
        return Fit.YES if found & set(codes) else Fit.NO


def said_of(kind: Kind, profile: Profile) -> tuple[str, ...]:
    """The conditions in the patient's words that speak of their kidneys, a pregnancy or breastfeeding.

    An alert rests on them as on the answer itself. Stones of the kidneys are not a disease of them.
    """
    entries = [_KIDNEY_STONES.sub(" ", entry.casefold()) for entry in profile.conditions or ()]
    return tuple(sorted(entry for entry in entries if _SAID_OF[kind].search(entry)))


def _flag(wanted: object, had: object, unless: object = "") -> Fit:
    return Fit.YES if wanted in (unless, had) else Fit.NO


def _route(scope: Scope, taking: Taking) -> Fit:
    if not scope.route:
        return Fit.YES
    if not taking.route:
        return Fit.MAYBE
    return Fit.YES if _ways(scope.route) & _ways(taking.route) else Fit.NO


def _ways(route: str) -> frozenset[str]:
    ways = (
        one.strip() for part in route.casefold().split(" or ") for one in part.replace(";", ",").split(",")
    )
    return frozenset(_ROUTES.get(one, one) for one in ways)


def is_local(taking: Taking) -> bool:
    """Whether it acts where it is put: its amount is no dose of the whole body."""
    if not taking.route:
        return taking.unit == "g" or taking.form.partition(" ")[0] in _LOCAL
    return _ways(taking.route) <= _LOCAL


def is_on_skin(taking: Taking) -> bool:
    """Whether it is local and stays outside: not even a mucous membrane takes it up."""
    ways = _ways(taking.route) if taking.route else {taking.form.partition(" ")[0]} & _LOCAL
    return is_local(taking) and ways <= _ON_SKIN


def same_use(wanted: str, stated: str) -> bool:
    """Whether what it is prescribed for is what a fact is limited to: one has all the other's words."""
    filler = {"", "of", "the", "and", "in"}
    one, other = (
        {word.strip(".,;()").rstrip("s") for word in text.casefold().replace("’", "'").split()} - filler
        for text in (wanted, stated)
    )
    return bool(one and other) and (one <= other or other <= one)


_ABBREVIATIONS = (
    *("NSAIDs", "SSRIs", "SNRIs", "MAOIs", "ARBs", "ACE", "CNS", "QT", "H2", "PDE5", "DPP-4", "SGLT2"),
    "GLP-1",
)
_CAPITALS = {word.casefold(): word for word in _ABBREVIATIONS}


def class_words(name: str) -> str:
    """A class for people to read: "nsaids" is "NSAIDs", "ace inhibitors" is "ACE inhibitors"."""
    return " ".join(_CAPITALS.get(word, word) for word in name.split())


def capped(weight: str, fit: Fit) -> Verdict:
    """The verdict of a fact; where nobody knows whether it holds it stops nothing, and is asked."""
    verdict = Verdict(weight)
    return Verdict.NEEDS if fit is Fit.MAYBE and verdict is Verdict.STOPS else verdict


def milder(weight: str) -> Verdict:
    """A step below: what would stop is asked, what would be asked is shown."""
    return Verdict.NEEDS if Verdict(weight) is Verdict.STOPS else Verdict.ADVICE


def at_most(verdict: Verdict, limit: Verdict) -> Verdict:
    """The milder of two verdicts."""
    return max(verdict, limit, key=lambda one: RANK[one])


def of_fact(
    fact: Fact,
    verdict: Verdict,
    sentence: str,
    about: Iterable[Taking],
    beside: Iterable[str] = (),
    *,
    unsure: bool = False,
) -> Alert:
    """The alert of a fact, with what settles it."""
    return Alert(
        rule=fact.key,
        verdict=verdict,
        sentence=sentence,
        do=fact.do,
        about=_keys(about),
        fact=fact,
        outcomes=outcomes.BY_KIND[fact.kind] if verdict is Verdict.NEEDS else {},
        beside=tuple(beside),
        unsure=unsure,
    )


def general(
    rule: str, verdict: Verdict, sentence: str, do: str, about: Iterable[Taking], beside: Iterable[str] = ()
) -> Alert:
    """The alert of a rule that no fact states: something is not known, or not on record."""
    needs = outcomes.UNKNOWN if verdict is Verdict.NEEDS else {}
    return Alert(rule, verdict, sentence, do, _keys(about), None, needs, tuple(beside), unsure=True)


def _keys(takings: Iterable[Taking]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(taking.key for taking in takings))


def gravest(alerts: Iterable[Alert]) -> Iterator[Alert]:
    """The first of the gravest alerts, or nothing."""
    found = sorted(alerts, key=lambda one: RANK[Verdict(one.verdict)])
    yield from found[:1]


def gravest_known(alerts: Iterable[Alert]) -> Iterator[Alert]:
    """The same; of equally grave ones, one that is known to hold."""
    yield from sorted(alerts, key=gravity)[:1]


def gravity(alert: Alert) -> tuple[int, bool]:
    """What alerts are sorted by, the gravest first."""
    return RANK[Verdict(alert.verdict)], alert.unsure
