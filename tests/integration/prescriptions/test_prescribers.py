"""The directory of prescribers: found by parts of a name, one entry an identifier, changes recorded."""

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.database import db, transaction
from shop.prescriptions import prescribers
from shop.prescriptions.prescribers import PrescriberKnown, Stated
from tests.integration.prescriptions.conftest import AT

pytestmark = pytest.mark.usefixtures("context")
IVOR = Stated("Ivor Sample, MD", "1234567893", "", "1 Example Road, Springfield, NY 10001", "(555) 555-0111")
IDA = Stated("Ída Sampler", "", "GMC 1234567")


def keep(stated: Stated, who: int, *, rename: bool = False, moved: bool = False) -> int:
    with transaction():
        return prescribers.keep(stated, who, AT, rename=rename, moved=moved)


def events() -> list[tuple[str, dict]]:
    db.session.rollback()
    question = select(AuditRecord).where(AuditRecord.event.like("prescriber:%")).order_by(AuditRecord.id)
    return [(one.event, one.detail) for one in db.session.scalars(question)]


def names(text: str) -> list[str]:
    return [one.name for one in prescribers.search(text)]


def test_they_are_found_by_what_the_words_begin_with_and_by_their_identifier(pharmacist):
    keep(IVOR, pharmacist)
    keep(IDA, pharmacist)
    for text in ("samp", "SAMPLE iv", "iv samp", "12345678", "123-456 7893"):
        assert "Ivor Sample, MD" in names(text), text
    assert names("sampl") == ["Ída Sampler", "Ivor Sample, MD"]
    assert names("ida") == names("gmc 12") == names("GMC 1234567") == ["Ída Sampler"]
    for nothing in ("", "…", "ample", "%", "_", "x" * 500):
        assert names(nothing) == []


def test_an_identifier_has_one_entry_and_what_it_lacks_is_filled_in(pharmacist):
    first = keep(Stated("Ivor Sample", IVOR.npi), pharmacist)
    assert keep(IVOR, pharmacist) == first
    (kept,) = prescribers.search("ivor")
    assert (kept.name, kept.address, kept.phone) == ("Ivor Sample", IVOR.address, IVOR.phone)
    other = Stated("Ivor Q. Sample", IVOR.npi, "", "9 Other Road", "(555) 555-0199")
    assert keep(other, pharmacist) == first
    assert prescribers.known(IVOR.npi, "") == kept
    keep(other, pharmacist, rename=True)
    keep(other, pharmacist, moved=True)
    (now,) = prescribers.search("ivor")
    assert (now.name, now.address, now.phone) == (other.name, other.address, other.phone)
    assert [event for event, _ in events()] == ["prescriber:added", *["prescriber:changed"] * 3]
    assert not any("Ivor" in str(detail) or "Road" in str(detail) for _, detail in events())


def test_an_entry_is_corrected_and_two_never_share_an_identifier(pharmacist):
    keep(IVOR, pharmacist)
    keep(IDA, pharmacist)
    ida = prescribers.search("ida")[0].reference
    with pytest.raises(PrescriberKnown), transaction():
        prescribers.correct(ida, Stated("Ida Sampler", IVOR.npi), pharmacist, AT)
    with transaction():
        prescribers.correct(ida, Stated("Ida Sampler", "", "GMC 7654321", "2 Road"), pharmacist, AT)
    assert prescribers.by_reference(ida).license == "GMC 7654321"
    assert prescribers.known("", "GMC 1234567") is None
    assert prescribers.known("", "") is None


def test_the_directory_is_read_by_name_a_page_at_a_time_in_both_directions(pharmacist, monkeypatch):
    monkeypatch.setattr(prescribers, "PER_PAGE", 2)
    for number, name in enumerate(("Cara Sample", "Abe Sample", "Bea Sample", "Abe Sample", "Dan Other")):
        keep(Stated(name, "", f"GMC {number}"), pharmacist)
    first = prescribers.page("", "")
    assert [one.license for one in first.rows] == ["GMC 1", "GMC 3"]
    second = prescribers.page("", first.next)
    assert [one.name for one in second.rows] == ["Bea Sample", "Cara Sample"]
    third = prescribers.page("", second.next)
    assert ([one.name for one in third.rows], third.next) == (["Dan Other"], None)
    assert prescribers.page("", third.previous).rows == second.rows
    back = prescribers.page("", second.previous)
    assert (back.rows, back.previous) == (first.rows, None)
    assert first.previous is None
    found = prescribers.page("sample", first.next)
    assert ([one.name for one in found.rows], found.next) == (["Bea Sample", "Cara Sample"], None)
    assert prescribers.page("", "no such").rows == first.rows
