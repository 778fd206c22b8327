"""Seven invented products of a search index, and how tests ask it."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from shop.search.current_index import Index
from shop.search.documents import SearchDocument
from shop.search.writing import build
from tests.running_store import PATIENCE

BACLOFEN, LIORESAL, DACLOFEN, DIPHENHYDRAMINE, TRIMOXAZOLE, IRON, SYRUP = range(1, 8)
Seen = TypeVar("Seen")

SHELF = [
    SearchDocument(
        BACLOFEN,
        "baclofen-tablet",
        "Baclofen",
        "tablet",
        ("baclofen",),
        (),
        (("spasticity", "Muscle spasticity"),),
        "Eases stiffness in multiple sclerosis.",
        90,
        ("0603-2406-21",),
        ("WPI 2265",),
    ),
    SearchDocument(LIORESAL, "lioresal", "Lioresal", "tablet", ("baclofen",), ("Lioresal",), (), "", 10),
    SearchDocument(DACLOFEN, "daclofen", "Daclofen", "tablet", ("daclofen",), (), (), "", 99),
    SearchDocument(
        DIPHENHYDRAMINE,
        "diphenhydramine",
        "Diphenhydramine",
        "capsule",
        ("diphenhydramine",),
        ("Benadryl",),
        (("allergy", "Allergy"),),
        "",
        50,
        ("12345-678-90",),
    ),
    SearchDocument(
        TRIMOXAZOLE,
        "co-trimoxazole",
        "Co-trimoxazole",
        "tablet",
        ("sulfamethoxazole", "trimethoprim"),
        (),
        (("infection", "Infection"),),
        "",
        40,
        ("11122233344",),
    ),
    SearchDocument(IRON, "iron", "Iron", "tablet", ("ferrous sulphate",), (), (), "", 30, ("00093-0123-01",)),
    SearchDocument(
        SYRUP,
        "senna-syrup",
        "Séna",
        "syrup",
        ("sennosides",),
        (),
        (("constipation", "Constipation"),),
        "",
        20,
    ),
]


def index_of(folder: Path, products: Iterable[SearchDocument]) -> Index:
    """An index of these products, written into an empty folder."""
    build(folder, products, "1")
    return Index(folder)


def found(index: Index, text: str) -> list[int]:
    """The products found, in their order."""
    return [hit.product_id for hit in index.search(text).hits]


def wait_for(look: Callable[[], Seen]) -> Seen:
    """The first true answer of `look`; a reader looks at the pointer only twice a second."""
    until = time.monotonic() + PATIENCE
    while not (seen := look()) and time.monotonic() < until:
        time.sleep(0.05)
    return seen


def spoil(file: Path, content: bytes) -> None:
    """Other bytes in a file of another inode: cutting one that is mapped short would end the process."""
    file.unlink()
    file.write_bytes(content)
