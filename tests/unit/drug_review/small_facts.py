"""Facts made small for tests, in the shape of the files: what they say is invented unless a test says so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from shop.drug_review.patient_rules import UNSURE
from shop.drug_review.review import review
from shop.drug_review.taking import From, Part, Person, Taking, Use
from shop.patients.profile import Kidneys, Profile, YesNo
from shop.safety.drug_facts.book import Book, Condition
from shop.safety.drug_facts.facts import Fact, IngredientFacts, Kind, LabelSentence, Scope, Weight
from shop.safety.drug_facts.reading import book as store_book

NOT_ON_RECORD = (
    "no_dose_limit",
    "no_minimum_age",
    "no_do_not_crush_fact",
    *(f"no_{kind}_fact" for kind in UNSURE),
)
TODAY = date(2026, 11, 29)
LABEL = LabelSentence(
    "00000000-0000-4000-8000-000000000000", date(2026, 7, 8), "34068-7", "the label’s sentence"
)
WELL = Profile((), (), (), YesNo.NO, YesNo.NO, Decimal(70), Kidneys.NO_PROBLEM)
ADULT = Person(Decimal(40), WELL, TODAY)
CONDITIONS = {
    "liver_disease": Condition("liver_disease", ("cirrhosis",)),
    "stomach_ulcer": Condition("stomach_ulcer", ("ulcer", "ulcers")),
}


def fact(
    kind,
    weight,
    *others,
    amount=None,
    unit="mg",
    days=None,
    times=None,
    quote=LABEL.quote,
    say="Said.",
    **scope,
):
    """A fact without its ingredient, which `facts` adds."""
    return (Kind(kind), Weight(weight), others, amount, unit, (days, times), quote, say, Scope(**scope))


def facts(ingredient, *said, classes=()):
    """All facts of an ingredient, keyed as the files are."""
    made, counted = [], {}
    for kind, weight, others, amount, unit, often, quote, say, scope in said:
        counted[kind] = counted.get(kind, 0) + 1
        label = LabelSentence(LABEL.set_id, LABEL.effective, LABEL.section, quote)
        made.append(
            Fact(
                f"{ingredient}:{kind}:{counted[kind]}",
                *(ingredient, kind, weight, say, "Do.", label, scope),
                *(None if amount is None else Decimal(str(amount)), unit if amount else "", others, *often),
            )
        )
    return IngredientFacts(ingredient, "1", TODAY, tuple(classes), tuple(made))


def book_of(*all_facts, classes=None):
    """A book of these facts, with the store's own classes unless others are given."""
    classes = store_book().classes if classes is None else classes
    return Book({one.ingredient: one for one in all_facts}, classes, CONDITIONS)


def taking(key, *parts, at_once=1, a_day=1, known=From.DOCUMENT, **more):
    """A medicine of ("ingredient", mg) parts; `at_once` None: its directions aren't read."""
    made = tuple(Part(name, None if mg is None else Decimal(str(mg))) for name, mg in parts)
    read = at_once is not None
    use = Use(
        Fraction(str(at_once)) if read else None,
        Fraction(str(a_day)) if read else None,
        more.pop("days_a_week", 7),
        more.pop("for_days", None),
        more.pop("phased", False),
    )
    more.setdefault("directions", "as it says" if read else "as directed")
    label = " and ".join(f"{name} {mg} mg" for name, mg in parts) or more.pop("label", "something")
    return Taking(key, label, known, made, use=use, **more)


def said(under_review, others=(), person=ADULT, book=None):
    """What a review says: (rule, verdict) of each alert, without those on what is not on record."""
    alerts = review(under_review, others, person, book)
    return {(one.rule, str(one.verdict)) for one in alerts if not one.rule.startswith(NOT_ON_RECORD)}


def person(age=40, **profile):
    """A patient of whom nothing else is the matter."""
    return replace(ADULT, age=None if age is None else Decimal(str(age)), profile=replace(WELL, **profile))


def rules(book, under_review, others=(), who=ADULT):
    """What a review says: (its rule without the medicine’s name, the verdict)."""
    return {
        (one.rule.partition(":")[2] or one.rule, str(one.verdict))
        for one in review(under_review, others, who, book)
    }
