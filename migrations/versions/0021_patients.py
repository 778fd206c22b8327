"""Patients: for whom a medicine is, with a sealed health profile.

Revision 0021, after 0020. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ONE_SELF = sa.text("relation = 'self' AND removed_at IS NULL")
OF_PATIENT = sa.text("subject_type = 'patient'")


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


def downgrade():
    op.drop_index("ix_audit_record_patient", "audit_record")
    op.drop_table("patient")
