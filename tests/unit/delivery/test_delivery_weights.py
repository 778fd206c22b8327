"""What a parcel weighs by the estimates of its kinds; what nobody can estimate has no weight."""

from decimal import Decimal

import pytest

from shop.delivery.weights import STANDARD, Item, Kind, kind_of, parcel_grams

PACKING = STANDARD[Kind.PACKING] // 1000


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (Item("film-coated tablet", "pill", 30), (Kind.PILL, 1)),
        (Item("oral solution", "mL", 240), (Kind.LIQUID, 1)),
        (Item("cream", "g", 30), (Kind.SEMISOLID, 1)),
        (Item("nasal spray", "pack", 1, Decimal("16"), "mL"), (Kind.LIQUID, 16)),
        (Item("ointment", "pack", 2, Decimal("15"), "g"), (Kind.SEMISOLID, 15)),
        (Item("nasal spray", "pack", 1), (Kind.SPRAY, 1)),
        (Item("patch", "pack", 1), (Kind.PATCH, 1)),
        (Item("rectal suppository", "pack", 12), (Kind.SUPPOSITORY, 1)),
        (Item("kit", "pack", 1), None),
        (Item("powder", "pack", 1, Decimal("1"), "dose"), None),
        (Item("dispatched thing", "pack", 1), None),  # no word of it is "patch"
    ],
)
def test_the_kind_of_an_item(item: Item, kind: tuple[Kind, int] | None) -> None:
    assert kind_of(item) == kind


@pytest.mark.parametrize(
    ("items", "weights", "grams"),
    [
        ([], {}, PACKING),
        ([Item("tablet", "pill", 90)], {}, PACKING + 72),
        ([Item("tablet", "pill", 1)], {}, PACKING + 1),  # rounded up
        ([Item("tablet", "pill", 90)], {Kind.PILL: 1000, Kind.PACKING: 50_000}, 140),
        ([Item("oral solution", "mL", 100), Item("tablet", "pill", 10)], {}, PACKING + 148),
        ([Item("spray", "pack", 2, Decimal("9.9"), "mL")], {}, PACKING + 28),
        ([Item("tablet", "pill", 90), Item("kit", "pack", 1)], {}, None),
    ],
)
def test_the_weight_of_a_parcel(items: list[Item], weights: dict[Kind, int], grams: int | None) -> None:
    assert parcel_grams(items, weights) == grams
