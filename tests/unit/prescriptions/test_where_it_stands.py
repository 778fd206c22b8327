"""Where a prescription stands, whole: what is stored, and what follows."""

import pytest

from shop.prescriptions.standing import WORDS
from shop.prescriptions.states import Facts, PrescriptionStatus, Standing, standing

WAITING, APPROVED = PrescriptionStatus.WAITING, PrescriptionStatus.APPROVED
EVERYTHING = {"claimed": True, "answered": True, "declined": True, "used_up": True, "expired": True}

TABLE = [
    # a waiting one
    (WAITING, {}, "received"),
    (WAITING, {"claimed": True}, "in_review"),
    (WAITING, {"answered": True}, "answered"),
    (WAITING, {"answered": True, "claimed": True}, "in_review"),
    (WAITING, {"files": "processing"}, "checking"),
    (WAITING, {"files": "refused"}, "file_refused"),
    (WAITING, {"files": "processing", "claimed": True, "answered": True}, "checking"),
    (WAITING, {"declined": True, "used_up": True, "expired": True}, "received"),  # an undone decision
    # an approved one
    (APPROVED, {}, "approved"),
    (APPROVED, {"declined": True}, "partly"),
    (APPROVED, {"used_up": True}, "used_up"),
    (APPROVED, {"used_up": True, "declined": True}, "used_up"),
    (APPROVED, {"expired": True}, "expired"),
    (APPROVED, {"expired": True, "used_up": True, "declined": True}, "expired"),
    (APPROVED, {"claimed": True, "answered": True, "files": "refused"}, "approved"),
    # whatever else is true of it, the others are what is stored
    (PrescriptionStatus.ASKED, EVERYTHING, "asked"),
    (PrescriptionStatus.REFUSED, EVERYTHING, "refused"),
    (PrescriptionStatus.REVOKED, EVERYTHING, "revoked"),
    (PrescriptionStatus.TRANSFERRED, EVERYTHING, "transferred"),
    (PrescriptionStatus.WITHDRAWN, EVERYTHING, "withdrawn"),
    (PrescriptionStatus.WITHDRAWN, {"entered": True}, "discarded"),
]


@pytest.mark.parametrize(("status", "facts", "where"), TABLE)
def test_where_it_stands(status, facts, where):
    assert standing(Facts(status, **facts)) == where


def test_every_status_stands_somewhere_and_every_standing_has_words():
    assert {status for status, _, _ in TABLE} == set(PrescriptionStatus)
    assert {where for _, _, where in TABLE} | {"declined"} == set(Standing)
    assert set(WORDS) == set(Standing)
