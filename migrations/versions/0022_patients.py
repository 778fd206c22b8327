"""Patients: for whom a medicine is, with a sealed health profile; a prescription names its patient.

Each account gets a patient for every distinct name and birth date of its decided prescriptions; spellings of
one name are one person, and nobody else is. Whoever has the account's own name is the account holder. What
nobody has decided stays without a patient.

Lines of baskets and orders may say for whom they are; those of orders learn it from their prescriptions.

Revision 0022, after 0021. 2026-11-29
"""

from datetime import date
from itertools import groupby
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from shop.clock import now, today
from shop.database import Key, UtcDateTime
from shop.patients.finding import keys_of
from shop.patients.rules import plain_person, relation_of
from shop.vault.current import current_keyring
from shop.vault.sealing import open_text, seal_text

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ONE_SELF = sa.text("relation = 'self' AND removed_at IS NULL")
OF_PATIENT = sa.text("subject_type = 'patient'")
NO_PATIENT = sa.text("patient_id IS NULL")
LINES = {"basket_line": "basket_id", "order_line": "order_id"}
PRESCRIPTION_KEY = "fk_prescription_patient_id_patient"
ACCOUNTS_AT_ONCE = 100


def upgrade():
    op.create_table(
        "patient",
        sa.Column("id", Key, primary_key=True),
        sa.Column("reference", sa.String(32), nullable=False, unique=True),
        sa.Column("user_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("relation", sa.String(8)),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Text()),
        sa.Column("find_key", sa.String(64), nullable=False),
        sa.Column("health", sa.Text()),
        sa.Column("health_confirmed_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.CheckConstraint("relation IN ('self', 'child', 'adult')", name="relation_known"),
    )
    op.create_index("ix_patient_user_id", "patient", ["user_id"])
    op.create_index("ix_patient_find_key", "patient", ["find_key"])
    op.create_index(
        "uq_patient_self",
        "patient",
        ["user_id"],
        unique=True,
        sqlite_where=ONE_SELF,
        postgresql_where=ONE_SELF,
    )
    op.create_index(
        "ix_audit_record_patient",
        "audit_record",
        ["subject_id", "id"],
        sqlite_where=OF_PATIENT,
        postgresql_where=OF_PATIENT,
    )
    with op.batch_alter_table("prescription") as table:
        table.add_column(sa.Column("patient_id", Key))
        table.create_foreign_key(op.f(PRESCRIPTION_KEY), "patient", ["patient_id"], ["id"])
        table.create_index("ix_prescription_patient_id", ["patient_id"])
    _make_patients()
    for name, whole in LINES.items():
        with op.batch_alter_table(name) as table:
            table.drop_constraint(op.f(f"uq_{name}_{whole}_variant_id"), type_="unique")
            table.add_column(sa.Column("patient_id", Key))
            table.create_foreign_key(op.f(f"fk_{name}_patient_id_patient"), "patient", ["patient_id"], ["id"])
            table.create_unique_constraint(
                op.f(f"uq_{name}_{whole}_variant_id_patient_id"), [whole, "variant_id", "patient_id"]
            )
            table.create_index(f"ix_{name}_patient_id", ["patient_id"])
        op.create_index(
            f"uq_{name}_without_patient",
            name,
            [whole, "variant_id"],
            unique=True,
            sqlite_where=NO_PATIENT,
            postgresql_where=NO_PATIENT,
        )
    op.execute(
        "UPDATE order_line SET patient_id = (SELECT prescription.patient_id FROM prescription_item"
        " JOIN prescription ON prescription.id = prescription_item.prescription_id"
        " WHERE prescription_item.id = order_line.prescription_item_id)"
        " WHERE prescription_item_id IS NOT NULL"
    )


USER = sa.table("user", sa.column("id", Key), sa.column("name"))
PRESCRIPTION = sa.table(
    "prescription",
    *(sa.column(name, Key) for name in ("id", "user_id", "patient_id")),
    *(sa.column(name) for name in ("status", "patient_name", "patient_birth_date")),
    sa.column("decided_at", UtcDateTime),
)
PATIENT = sa.table(
    "patient",
    *(sa.column(name) for name in ("id", "reference", "user_id", "relation", "name", "birth_date", "find_key")),
    sa.column("created_at", UtcDateTime),
)


def _make_patients():
    """For some accounts at a time: what is sealed is opened for those only."""
    bind, last = op.get_bind(), 0
    decided = PRESCRIPTION.c.status.in_(("approved", "refused", "revoked")) & PRESCRIPTION.c.patient_name.is_not(None)
    while True:
        accounts = bind.scalars(
            sa.select(PRESCRIPTION.c.user_id)
            .distinct()
            .where(decided, PRESCRIPTION.c.user_id > last)
            .order_by(PRESCRIPTION.c.user_id)
            .limit(ACCOUNTS_AT_ONCE)
        ).all()
        if not accounts:
            return
        rows = bind.execute(
            sa.select(PRESCRIPTION, USER.c.name.label("account_name"))
            .join(USER, USER.c.id == PRESCRIPTION.c.user_id)
            .where(decided, PRESCRIPTION.c.user_id.in_(accounts))
            .order_by(PRESCRIPTION.c.user_id, PRESCRIPTION.c.decided_at.desc(), PRESCRIPTION.c.id.desc())
        ).all()
        for user_id, own in groupby(rows, key=lambda row: row.user_id):
            _patients_of(bind, user_id, list(own))
        last = accounts[-1]


def _patients_of(bind, user_id, rows):
    """One patient a person, as the newest prescription spells the name; the newest namesake is the holder."""
    made, has_self = {}, False
    for row in rows:
        name, born = _opened(row.patient_name, "name"), _opened(row.patient_birth_date, "birth_date")
        if not name or not name.strip():
            continue
        person = plain_person(name, date.fromisoformat(born) if born else None)
        if person not in made:
            relation = _relation(name, row.account_name, born)
            relation = None if relation == "self" and has_self else relation
            has_self = has_self or relation == "self"
            made[person] = _insert(bind, user_id, relation, name, born)
        bind.execute(
            PRESCRIPTION.update().where(PRESCRIPTION.c.id == row.id).values(patient_id=made[person])
        )


def _relation(name, account_name, born):
    found = relation_of(name, account_name, date.fromisoformat(born) if born else None, today())
    return found.value if found else None


def _insert(bind, user_id, relation, name, born):
    keyring = current_keyring()
    values = {
        "reference": uuid4().hex,
        "user_id": user_id,
        "relation": relation,
        "name": seal_text(keyring, name, "patient.name"),
        "birth_date": seal_text(keyring, born, "patient.birth_date") if born else None,
        "find_key": keys_of(name, date.fromisoformat(born) if born else None)[0],
        "created_at": now(),
    }
    return bind.execute(PATIENT.insert().values(**values).returning(PATIENT.c.id)).scalar_one()


def _opened(sealed, column):
    return open_text(current_keyring(), sealed, f"prescription.patient_{column}") if sealed else None


def downgrade():
    """The release before knows one line a medicine: of several for different patients the larger one stays in a
    basket. Orders are not rewritten: with two lines of one medicine in one, this refuses."""
    twice = "SELECT 1 FROM order_line GROUP BY order_id, variant_id HAVING count(*) > 1 LIMIT 1"
    if op.get_bind().scalar(sa.text(twice)):
        raise RuntimeError("An order has one medicine for two patients; the release before cannot hold it.")
    op.execute(
        "DELETE FROM basket_line WHERE EXISTS (SELECT 1 FROM basket_line AS other"
        " WHERE other.basket_id = basket_line.basket_id AND other.variant_id = basket_line.variant_id"
        " AND (other.quantity > basket_line.quantity"
        " OR (other.quantity = basket_line.quantity AND other.id < basket_line.id)))"
    )
    for name, whole in LINES.items():
        op.drop_index(f"uq_{name}_without_patient", name)
        with op.batch_alter_table(name) as table:
            table.drop_index(f"ix_{name}_patient_id")
            table.drop_constraint(op.f(f"uq_{name}_{whole}_variant_id_patient_id"), type_="unique")
            table.drop_constraint(op.f(f"fk_{name}_patient_id_patient"), type_="foreignkey")
            table.drop_column("patient_id")
            table.create_unique_constraint(op.f(f"uq_{name}_{whole}_variant_id"), [whole, "variant_id"])
    with op.batch_alter_table("prescription") as table:
        table.drop_index("ix_prescription_patient_id")
        table.drop_constraint(op.f(PRESCRIPTION_KEY), type_="foreignkey")
        table.drop_column("patient_id")
    op.drop_index("ix_audit_record_patient", "audit_record")
    op.drop_table("patient")
