"""What a review asks of a basket without a prescription: what is known holds it up, what is not is advice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.drug_review.review import review
from shop.drug_review.taking import From, Person
from shop.patients.profile import Kidneys, Profile, YesNo
from tests.unit.drug_review.small_facts import ADULT, TODAY, WELL, book_of, fact, facts, taking

IBUPROFEN = facts(
    "ibuprofen",
    fact("max_daily", "stops", amount=1200, prescription=False),
    fact("min_age", "needs", age_from=Decimal(12)),
    fact("interaction", "needs", "warfarin"),
    fact("allergy", "stops", "nsaids"),
    fact("condition", "needs", "stomach_ulcer"),
    fact("pregnancy", "needs"),
    fact("kidneys", "needs", kidneys=("reduced", "dialysis")),
    classes=("nsaids",),
)
ACETAMINOPHEN = facts("acetaminophen", fact("max_daily", "stops", amount=4000))
CETIRIZINE = facts(
    "cetirizine",
    fact("max_daily", "stops", amount=10, age_from=Decimal(6)),
    fact("max_daily", "stops", amount=5, age_under=Decimal(6)),
)
WARFARIN = facts("warfarin", fact("max_daily", "needs", amount=10))
BOOK = book_of(IBUPROFEN, ACETAMINOPHEN, CETIRIZINE, WARFARIN)


def bought(key, name, mg, **more):
    return taking(key, (name, mg), at_once=None, known=From.BASKET, prescription=False, directions="", **more)


ADVIL = bought("line-1", "ibuprofen", 200)
OTHER_ADVIL = bought("line-2", "ibuprofen", 100)
TYLENOL, COLD = bought("line-3", "acetaminophen", 500), bought("line-4", "acetaminophen", 325)
NIGHT = taking(
    "line-7",
    ("acetaminophen", 325),
    ("ibuprofen", 200),
    at_once=None,
    known=From.BASKET,
    prescription=False,
    directions="",
)
UNKNOWN, ZYRTEC = bought("line-5", "specimenol", 5), bought("line-8", "cetirizine", 10)
ON_WARFARIN = taking("taking-1", ("warfarin", 5), known=From.ACTIVE, item_id=1)
CHILD = replace(ADULT, age=Decimal(5))
NOBODY = Person(None, Profile(), TODAY)


def with_health(**answers):
    return replace(ADULT, profile=replace(WELL, **answers))


@pytest.mark.parametrize(
    ("lines", "others", "person", "held_up"),
    [
        ([ADVIL], [], ADULT, set()),
        ([ADVIL], [], NOBODY, set()),  # neither age, allergies, kidneys nor a pregnancy is known
        ([UNKNOWN], [], ADULT, set()),  # no facts on record: advice, the package has directions
        ([ADVIL], [ON_WARFARIN], ADULT, {("ibuprofen:interaction:1", "needs")}),
        ([ADVIL], [], with_health(medicines=("warfarin",)), {("ibuprofen:interaction:1", "needs")}),
        ([ADVIL], [], with_health(medicines=("blubberol",)), set()),
        ([ADVIL], [], with_health(allergies=("ibuprofen",)), {("allergy:ibuprofen", "stops")}),
        ([ADVIL], [], with_health(conditions=("stomach ulcer",)), {("ibuprofen:condition:1", "needs")}),
        ([ADVIL], [], with_health(pregnancy=YesNo.YES), {("ibuprofen:pregnancy:1", "needs")}),
        ([ADVIL], [], with_health(pregnancy=YesNo.UNKNOWN), set()),
        ([ADVIL], [], with_health(kidneys=Kidneys.REDUCED), {("ibuprofen:kidneys:1", "needs")}),
        ([ADVIL], [], with_health(kidneys=Kidneys.UNKNOWN), set()),
        (
            [ADVIL],
            [],
            with_health(kidneys=Kidneys.UNKNOWN, conditions=("kidney disease",)),
            {("ibuprofen:kidneys:1", "needs")},
        ),
        ([ADVIL], [], CHILD, {("ibuprofen:min_age:1", "needs")}),
        ([ADVIL], [], replace(CHILD, perhaps=frozenset({"line-1"})), set()),  # somebody else may take it
        ([TYLENOL, COLD], [], NOBODY, {("as_directed:acetaminophen", "needs")}),  # asked once, not twice
        ([TYLENOL], [replace(COLD, known=From.RECENT)], ADULT, {("as_directed:acetaminophen", "needs")}),
        (  # of a combination too, each of whose sums is said
            [NIGHT, replace(NIGHT, key="line-9")],
            [],
            ADULT,
            {("as_directed:acetaminophen", "needs"), ("as_directed:ibuprofen", "needs")},
        ),
        ([ZYRTEC], [], CHILD, {("cetirizine:max_daily:2", "needs")}),  # one tablet is above the child’s limit
        ([ZYRTEC], [], ADULT, set()),
        (  # two packages are too much for whoever of the household takes them
            [ZYRTEC, replace(ZYRTEC, key="line-9")],
            [],
            replace(ADULT, perhaps=frozenset({"line-8", "line-9"})),
            {("as_directed:cetirizine", "needs")},
        ),
        ([ZYRTEC], [], NOBODY, set()),
        ([ZYRTEC], [], replace(CHILD, perhaps=frozenset({"line-8"})), set()),
        ([ADVIL, OTHER_ADVIL], [], ADULT, {("as_directed:ibuprofen", "needs")}),
        ([UNKNOWN, replace(UNKNOWN, key="line-6")], [], ADULT, {("duplication:specimenol", "needs")}),
    ],
)
def test_only_what_is_known_holds_up_what_anybody_may_buy(lines, others, person, held_up):
    alerts = review(lines, others, person, BOOK)
    assert {(one.rule, str(one.verdict)) for one in alerts if one.verdict != "advice"} == held_up


def test_what_is_not_known_is_said_all_the_same():
    alerts = review([UNKNOWN, ADVIL], [], NOBODY, BOOK)
    said = {one.rule for one in alerts}
    assert {"no_dose_limit:specimenol", "not_answered:allergies", "ibuprofen:min_age:1"} <= said
    assert all(one.unsure and not one.outcomes for one in alerts)


def test_beside_a_prescription_it_is_asked_as_before():
    prescribed = taking("line-9", ("warfarin", 5), known=From.BASKET, item_id=9)
    alerts = review([UNKNOWN, prescribed], [], ADULT, BOOK)
    assert ("no_dose_limit:specimenol", "needs") in {(one.rule, str(one.verdict)) for one in alerts}
