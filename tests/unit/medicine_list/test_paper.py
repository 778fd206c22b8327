"""The medicine list as PDF: what it says in any alphabet, what it cannot print, and its pages."""

import re
from datetime import UTC, date, datetime

import pypdfium2
import pytest

from shop.config import Pharmacy
from shop.medicine_list.contents import Bought, MedicineList, Prescribed
from shop.medicine_list.paper import (
    NONE_BOUGHT,
    NONE_KNOWN,
    NOT_ANSWERED,
    PRESCRIBED_HEAD,
    SOURCE,
    UNPRINTED,
    Writing,
    as_pdf,
)
from shop.medicine_list.printable import MISSING, printable
from shop.prescriptions.ledger.fills import Covered, Why

AT = datetime(2026, 11, 29, 15, tzinfo=UTC)
WRITE = Writing(lambda day: day.isoformat(), lambda count: f"{count:,}")
LATIN = range(0x20, 0x250)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Specimen", "Ada Specimen"),
        ("  two\n lines ", "two lines"),
        ("Z\u0307aneta", "Żaneta"),
        ("山田 Ada", f"{MISSING} Ada"),
        ("Ada 山", f"Ada {MISSING}"),
        ("\u202eadA\u0000", "adA"),
        ("", ""),
    ],
)
def test_what_no_font_knows_is_named_and_never_an_empty_box(text, shown):
    assert printable(text, LATIN) == shown


def prescribed(number: int = 10, **changes) -> Prescribed:
    facts = {
        "medicine": f"Baclofen tablet {number} mg",
        "directions": "1 tablet three times a day",
        "prescriber": "Ivor Sample, MD",
        "last_sent": date(2026, 11, 22),
        "next": Covered(Why.TOO_EARLY, 0, date(2026, 12, 12), 90),
    }
    return Prescribed(**(facts | changes))


def made(**changes) -> MedicineList:
    facts = {
        "patient": "Ada Specimen",
        "born": date(1971, 3, 2),
        "day": date(2026, 11, 29),
        "prescribed": (prescribed(),),
        "bought": (Bought("Loratadine tablet 10 mg", 30, date(2026, 10, 2)),),
        "elsewhere": ("vitamin D 1,000 IU, once a day",),
        "allergies": ("penicillin: rash",),
        "answers_confirmed_on": date(2026, 11, 2),
    }
    return MedicineList(**(facts | changes))


def pages_of(one: MedicineList) -> list[str]:
    """The text of each page, as a reader of the file gets it, spaces evened out."""
    document = pypdfium2.PdfDocument(as_pdf(one, Pharmacy(), WRITE, AT))
    texts = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return [re.sub(r"\s+", " ", text) for text in texts]


def test_one_page_says_whose_it_is_from_when_and_everything_on_it():
    (page,) = pages_of(made())
    for fact in (
        "Ada Specimen",
        "1971-03-02",
        f"2026-11-29. {SOURCE}",
        "Baclofen tablet 10 mg",
        "1 tablet three times a day",
        "Ivor Sample, MD",
        "2026-11-22",
        "2026-12-12",
        "Loratadine tablet 10 mg",
        "vitamin D 1,000 IU, once a day",
        "penicillin: rash",
        "2026-11-02",
        "Formulary Pharmacy, 12 Example Street",
        "Page 1 of 1",
    ):
        assert fact in page
    assert MISSING not in page


@pytest.mark.parametrize(
    "name", ["Żaneta Łącka-Święć", "Ελένη Παράδειγμα", "Иван Образцов", "Nguyễn Thị Mẫu"]
)
def test_names_in_latin_greek_and_cyrillic_letters_are_printed(name):
    assert name in pages_of(made(patient=name))[0]


def test_other_letters_are_said_to_be_missing():
    (page,) = pages_of(made(patient="山田 花子", allergies=("ペニシリン",)))
    assert page.count(MISSING) >= 3
    assert UNPRINTED in page


def test_nothing_known_is_said_and_differs_from_none():
    (page,) = pages_of(made(prescribed=(), bought=(), elsewhere=None, allergies=()))
    for said in (NOT_ANSWERED, NONE_KNOWN, NONE_BOUGHT, "None."):
        assert page.count(said) == 1
    assert NOT_ANSWERED != NONE_KNOWN


def test_a_long_list_goes_on_with_its_head_on_every_page():
    pages = pages_of(made(prescribed=tuple(prescribed(number) for number in range(60))))
    tables = [page for page in pages if "Baclofen tablet" in page]
    assert len(tables) >= 2
    assert all(column in page for page in tables for column in PRESCRIBED_HEAD)
    assert all(f"Page {number} of {len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert all("Ada Specimen, 2026-11-29" in page for page in pages)
    found = [number for page in pages for number in re.findall(r"Baclofen tablet (\d+) mg", page)]
    assert found == [str(number) for number in range(60)]


def test_text_that_is_markup_somewhere_is_text_here():
    hostile = "**bold** <b>x</b> (end) Tj {nb} \\"
    assert "**bold** <b>x</b> (end) Tj" in pages_of(made(elsewhere=(hostile,)))[0]
