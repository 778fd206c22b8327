"""Alerts of the drug utilization review, and what was decided about them.

Revision 0029, after 0026. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

TABLE = "review_alert"
OPEN = "outcome IS NULL AND lifted_at IS NULL AND order_id IS NOT NULL"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", Key, primary_key=True),
        sa.Column("rule", sa.String(160), nullable=False),
        sa.Column("verdict", sa.String(8), nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("prescription_id", Key, sa.ForeignKey("prescription.id")),
        sa.Column("order_id", Key, sa.ForeignKey("order.id")),
        sa.Column("patient_id", Key, sa.ForeignKey("patient.id")),
        sa.Column("basis", sa.String(64), nullable=False),
        sa.Column("facts_version", sa.String(40), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("shown_at", UtcDateTime, nullable=False),
        sa.Column("outcome", sa.String(40)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", Key, sa.ForeignKey("user.id")),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("lifted_at", UtcDateTime),
        sa.CheckConstraint(
            "verdict IN ('stops', 'needs', 'advice', 'passed')", name=op.f("ck_review_alert_verdict_known")
        ),
        sa.CheckConstraint(
            "stage IN ('entry', 'order', 'dispensing')", name=op.f("ck_review_alert_stage_known")
        ),
        sa.CheckConstraint(
            "(prescription_id IS NULL) <> (order_id IS NULL)", name=op.f("ck_review_alert_about_one")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_review_alert_decided_by_someone"),
        ),
    )
    _index("uq_review_alert_prescription", ["prescription_id", "rule", "basis"], "prescription_id IS NOT NULL")
    _index("uq_review_alert_order", ["order_id", "patient_id", "rule", "basis"], "order_id IS NOT NULL")
    _index("ix_review_alert_open", ["order_id"], OPEN, unique=False)
    op.create_index("ix_review_alert_shown_at", TABLE, ["shown_at"])
    op.create_index("ix_review_alert_patient_id", TABLE, ["patient_id"])


def _index(name, columns, where, unique=True):
    condition = sa.text(where)
    op.create_index(
        name, TABLE, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def downgrade():
    op.drop_table(TABLE)
