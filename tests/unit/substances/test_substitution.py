"""Which product may be dispensed where another was prescribed: the truth table."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.substances.substitution import Difference, ProductFacts, difference

BACLOFEN = ProductFacts(1, "Baclofen tablet 10 mg", ("baclofen",), "tablet", "10 mg", "pill", "oral")
BRAND = replace(BACLOFEN, variant_id=2, label="Specimal tablet 10 mg")
SUCCINATE = replace(
    BACLOFEN, ingredients=("metoprolol succinate",), form="extended-release tablet", release="ANDA076640"
)
TARTRATE = replace(BACLOFEN, variant_id=2, ingredients=("metoprolol tartrate",))
SR = replace(
    BACLOFEN,
    ingredients=("bupropion hydrochloride",),
    form="extended-release tablet",
    strength="150 mg",
    release="SR",
)
XL = replace(SR, variant_id=2, release="XL")
JOINED = {("bupropion hydrochloride", "XL"): "SR"}
DROPS = replace(
    BACLOFEN, form="eye drops", strength="0.5 %, 2.5 mL", unit="pack", content=(Decimal("2.5"), "mL")
)
KIT = replace(BACLOFEN, form="kit", unit="pack")


def other(facts: ProductFacts, **changes) -> ProductFacts:
    return replace(facts, variant_id=2, **changes)


TABLE = {
    "the very product": (BACLOFEN, BACLOFEN, None),
    "another brand of the same": (BACLOFEN, BRAND, None),
    "the generic of a brand": (BRAND, BACLOFEN, None),
    "a film coat": (BACLOFEN, other(BRAND, form="film-coated tablet"), None),
    "water of crystallization": (
        replace(BACLOFEN, ingredients=("amoxicillin",)),
        other(BACLOFEN, ingredients=("amoxicillin trihydrate",)),
        None,
    ),
    "another ingredient": (BACLOFEN, other(BACLOFEN, ingredients=("tizanidine",)), Difference.INGREDIENTS),
    "one ingredient more": (
        BACLOFEN,
        other(BACLOFEN, ingredients=("baclofen", "aspirin")),
        Difference.INGREDIENTS,
    ),
    "no ingredient stated": (
        replace(BACLOFEN, ingredients=()),
        other(BACLOFEN, ingredients=()),
        Difference.INGREDIENTS,
    ),
    "another salt": (
        replace(TARTRATE, ingredients=("metoprolol succinate",)),
        replace(TARTRATE, variant_id=3),
        Difference.INGREDIENTS,
    ),
    "another salt and another release": (SUCCINATE, TARTRATE, Difference.RELEASE),
    "another form": (BACLOFEN, other(BACLOFEN, form="capsule"), Difference.FORM),
    "one that dissolves in the mouth": (
        BACLOFEN,
        other(BACLOFEN, form="orally disintegrating tablet"),
        Difference.FORM,
    ),
    "another strength": (BACLOFEN, other(BACLOFEN, strength="20 mg"), Difference.STRENGTH),
    "25 mg, which two and a half would make": (
        replace(BACLOFEN, strength="25 mg"),
        other(BACLOFEN),
        Difference.STRENGTH,
    ),
    "the same strength in other words": (
        replace(BACLOFEN, strength="1 g"),
        other(BACLOFEN, strength="1000 mg"),
        None,
    ),
    "a strength that nobody states": (
        replace(BACLOFEN, strength="Strength not stated"),
        other(BACLOFEN, strength="Strength not stated"),
        Difference.STRENGTH,
    ),
    "two strengths the other way round": (
        replace(BACLOFEN, ingredients=("a", "b"), strength="10 mg / 5 mg"),
        other(BACLOFEN, ingredients=("a", "b"), strength="5 mg / 10 mg"),
        Difference.STRENGTH,
    ),
    "SR is not XL": (SR, XL, Difference.RELEASE),
    "one release, two products": (SR, replace(XL, release="sr"), None),
    "no release is known of either": (
        replace(SR, release=""),
        replace(XL, release=""),
        Difference.RELEASE,
    ),
    "no release is known of one": (SR, replace(XL, release=""), Difference.RELEASE),
    "taken elsewhere": (BACLOFEN, other(BACLOFEN, route="vaginal"), Difference.ROUTE),
    "containers of one size": (DROPS, other(DROPS), None),
    "containers of another size": (
        DROPS,
        other(DROPS, strength="0.5 %, 10 mL", content=(Decimal(10), "mL")),
        Difference.CONTENT,
    ),
    "packs of which nobody says what they hold": (KIT, other(KIT), Difference.CONTENT),
    "by the mL and by the container": (
        replace(DROPS, unit="mL", content=None),
        other(DROPS),
        Difference.CONTENT,
    ),
    "both approved": (
        replace(BACLOFEN, licenses=("NDA",)),
        other(BACLOFEN, licenses=("ANDA", "NDA AUTHORIZED GENERIC")),
        None,
    ),
    "one is compounded": (
        BACLOFEN,
        other(BACLOFEN, licenses=("COMPOUNDED",)),
        Difference.NOT_RATED,
    ),
    "a biologic": (
        replace(BACLOFEN, licenses=("BLA",)),
        other(BACLOFEN, licenses=("BLA",)),
        Difference.NOT_RATED,
    ),
    "narrow": (
        replace(BACLOFEN, ingredients=("levothyroxine sodium",)),
        other(BACLOFEN, ingredients=("levothyroxine sodium",)),
        Difference.NARROW,
    ),
    "unapproved": (BACLOFEN, other(BACLOFEN, licenses=("UNAPPROVED DRUG OTHER",)), Difference.NOT_RATED),
    "the catalog says they are one medicine": (
        replace(BACLOFEN, equivalence="one", ingredients=()),
        other(BACLOFEN, equivalence="one", ingredients=()),
        None,
    ),
    "the catalog cannot say it of an unknown release": (
        replace(SR, equivalence="one", release=""),
        replace(XL, equivalence="one", release=""),
        Difference.RELEASE,
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_which_product_fills_a_prescription_for_another(name):
    prescribed, product, found = TABLE[name]
    assert difference(prescribed, product) is found
    assert difference(product, prescribed) is found


@pytest.mark.parametrize("product", [BRAND, SR])
def test_as_written_only_the_product_itself(product):
    assert difference(BACLOFEN, BACLOFEN, as_written=True) is None
    assert difference(BACLOFEN, replace(product, variant_id=2), as_written=True) is Difference.AS_WRITTEN


@pytest.mark.parametrize("joins", [JOINED, {("bupropion hydrochloride", "SR"): "XL"}])
def test_two_releases_that_a_person_joined_are_one(joins):
    assert difference(SR, XL, joins=joins) is None
    assert difference(XL, SR, joins=joins) is None


def test_releases_of_another_substance_stay_apart():
    assert difference(SR, XL, joins={("diltiazem hydrochloride", "XL"): "SR"}) is Difference.RELEASE
