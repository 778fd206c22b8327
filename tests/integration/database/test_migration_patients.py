"""The migration that gives each account patients for what was decided before."""

import pytest
from sqlalchemy import select, text

from shop.database import db, transaction
from shop.patients import queries
from shop.prescriptions.models import Prescription
from shop.vault.current import current_keyring
from shop.vault.sealing import seal_text
from tests.migrating import downgrade, upgrade


def write(user_id: int, name: str | None, born: str | None = None, status: str = "approved") -> str:
    """A prescription as the release before wrote it."""
    reference = f"rx-{user_id}-{len(rows())}"

    def sealed(value: str | None, column: str) -> str | None:
        return None if value is None else seal_text(current_keyring(), value, f"prescription.{column}")

    values = {
        "reference": reference,
        "user_id": user_id,
        "status": status,
        "note": sealed("", "customer_note"),
        "by_pharmacist": sealed("", "pharmacist_note"),
        "name": sealed(name, "patient_name"),
        "born": sealed(born, "patient_birth_date"),
        "decided_by": user_id if status == "approved" else None,
        "at": f"2026-11-20 10:00:{len(rows()):02}",
    }
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO prescription (reference, user_id, status, submitted_at, customer_note,"
                " pharmacist_note, decided_by, decided_at, patient_name, patient_birth_date)"
                " VALUES (:reference, :user_id, :status, :at, :note, :by_pharmacist, :decided_by, :at,"
                " :name, :born)"
            ),
            values,
        )
    return reference


def rows() -> list:
    with db.engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM prescription")))


@pytest.fixture
def before(context, make_user):
    """Two customers in the schema as it was, and the newest again afterwards."""
    customers = make_user("customer"), make_user("customer", name="Bo Placeholder")
    downgrade("0021")
    yield customers
    upgrade()


def people(user_id: int) -> list[tuple]:
    db.session.rollback()
    return [
        (one.name, one.born and one.born.isoformat(), one.relation) for one in queries.of_account(user_id)
    ]


def patient_of(reference: str) -> str | None:
    row = db.session.scalars(select(Prescription).where(Prescription.reference == reference)).one()
    return queries.names_of([row.patient_id]).get(row.patient_id)


def test_each_name_and_birth_date_becomes_one_patient_and_no_two_are_merged(before):
    ada, bo = before
    first = write(ada, "ADA SPECIMEN", "1988-05-04")
    write(ada, "Specimen, Áda", "1988-05-04")
    child = write(ada, "Ben Specimen", "2019-01-01")
    adult = write(ada, "Cyd Specimen", "1950-01-01")
    unknown = write(ada, "Ben Specimen")
    waiting = write(ada, None, status="waiting")
    other = write(bo, "Ada Specimen", "1988-05-04")
    upgrade()
    assert sorted(people(ada), key=str) == [
        ("Ben Specimen", "2019-01-01", "child"),
        ("Ben Specimen", None, None),
        ("Cyd Specimen", "1950-01-01", None),
        ("Specimen, Áda", "1988-05-04", "self"),
    ]
    assert people(bo) == [("Ada Specimen", "1988-05-04", None)]
    assert [patient_of(one) for one in (first, child, adult, unknown, waiting, other)] == [
        "Specimen, Áda",
        "Ben Specimen",
        "Cyd Specimen",
        "Ben Specimen",
        None,
        "Ada Specimen",
    ]


def test_a_namesake_of_the_account_holder_is_somebody_else(before):
    ada, _ = before
    write(ada, "Ada Specimen", "2015-01-01")
    write(ada, "Ada Specimen", "1988-05-04")
    upgrade()
    assert people(ada) == [("Ada Specimen", "1988-05-04", "self"), ("Ada Specimen", "2015-01-01", None)]


def test_it_goes_down_and_up_again_with_rows(before):
    ada, _ = before
    write(ada, "Ada Specimen", "1988-05-04")
    for _ in range(2):
        upgrade()
        assert people(ada) == [("Ada Specimen", "1988-05-04", "self")]
        assert len(queries.found_by("ada specimen", queries.of_account(ada)[0].born)) == 1
        downgrade("0021")
    with transaction():
        pass
