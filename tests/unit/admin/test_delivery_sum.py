"""What a delivery comes to, and how the number of its packages is read."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shop.admin.delivery_sum import delivered, whole_number
from shop.catalogue.packs import PackFacts
from shop.catalogue.queries import VariantFacts

TABLET = VariantFacts(
    1,
    "b-10",
    1,
    "b",
    "Baclofen",
    "tablet",
    "tablets",
    "10 mg",
    "pill",
    None,
    (30,),
    True,
    True,
    ("US",),
    False,
    None,
    None,
)
DROPS = replace(TABLET, form="eye drops", unit="pack", content=Decimal("2.5"), content_unit="mL")
SYRUP = replace(TABLET, form="syrup", unit="mL")


def pack(size: int | None) -> PackFacts:
    return PackFacts(1, 1, "0527-1330-01", "Example Labs", "As filed", size)


@pytest.mark.parametrize(
    ("variant", "size", "packs", "units", "said"),
    [
        (TABLET, 100, 24, 2400, "24 packages × 100 tablets = 2,400 tablets"),
        (TABLET, 1, 1, 1, "1 package × 1 tablet = 1 tablet"),
        (SYRUP, 473, 3, 1419, "3 packages × 473 mL = 1,419 mL"),
        (DROPS, 1, 7, 7, "7 packages × 1 container of 2.5 mL = 7 containers of 2.5 mL (17.5 mL)"),
        (DROPS, 3, 3, 9, "3 packages × 3 containers of 2.5 mL = 9 containers of 2.5 mL (22.5 mL)"),
    ],
)
def test_packages_times_what_one_holds(variant, size, packs, units, said):
    found = delivered(variant, pack(size), packs, None, "en_US")
    assert (found.units, found.text, found.loose) == (units, said, False)


@pytest.mark.parametrize("unknown", [None, pack(None)])
def test_without_a_pack_of_known_size_units_are_loose(unknown):
    found = delivered(TABLET, unknown, None, 30, "en_US")
    assert (found.units, found.loose) == (30, True)


@pytest.mark.parametrize(
    ("text", "locale", "number"),
    [
        ("24", "en_US", 24),
        ("1,200", "en_US", 1200),
        ("1.200", "de_DE", 1200),
        ("1\u202f200", "fr_FR", 1200),
        ("0", "en_US", 0),
        ("1000000000", "en_US", 10**9),
        ("1,5", "en_US", None),
        ("90,0", "en_US", None),
        ("1.5", "en_US", None),
        ("-5", "en_US", None),
        ("+5", "en_US", None),
        ("1e9", "en_US", None),
        ("２４", "en_US", None),
        ("٢٤", "en_US", None),
        ("9" * 30, "en_US", None),
        ("", "en_US", None),
        ("ten", "en_US", None),
        ("1,200", "de_DE", None),
    ],
)
def test_only_what_is_a_whole_number_in_the_locale_is_read_as_one(text, locale, number):
    assert whole_number(text, locale) == number
