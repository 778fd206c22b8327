"""Pharmacists' changes to facts of the drug utilization review.

Revision 0030, after 0029. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "fact_change"
WEIGHTS = "('stops', 'needs', 'advice')"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column("id", Key, primary_key=True),
        sa.Column("fact", sa.String(160), nullable=False),
        sa.Column("ingredient", sa.String(120), nullable=False),
        sa.Column("weight", sa.String(8)),
        sa.Column("figure", sa.BigInteger()),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("was_weight", sa.String(8)),
        sa.Column("was_figure", sa.BigInteger()),
        sa.Column("rested_on", sa.Text(), nullable=False),
        sa.Column("loosens", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("asked_by", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("decided_by", Key, sa.ForeignKey("user.id")),
        sa.Column("decided_at", UtcDateTime),
        sa.Column("decision_reason", sa.String(500), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'in_force', 'put_back', 'declined', 'withdrawn', 'replaced')",
            name=op.f("ck_fact_change_status_known"),
        ),
        sa.CheckConstraint(
            f"weight IS NULL OR weight IN {WEIGHTS}", name=op.f("ck_fact_change_weight_known")
        ),
        sa.CheckConstraint(
            f"was_weight IS NULL OR was_weight IN {WEIGHTS}", name=op.f("ck_fact_change_was_weight_known")
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_fact_change_reason_given")),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (decided_at IS NULL)", name=op.f("ck_fact_change_decided_by_someone")
        ),
        sa.CheckConstraint(
            "status = 'withdrawn' OR decided_by IS NULL OR decided_by <> asked_by",
            name=op.f("ck_fact_change_second_pharmacist"),
        ),
        sa.CheckConstraint(
            "NOT loosens OR status IN ('waiting', 'declined', 'withdrawn') OR decided_by IS NOT NULL",
            name=op.f("ck_fact_change_loosened_by_two"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('declined', 'withdrawn') OR decided_by IS NOT NULL",
            name=op.f("ck_fact_change_ended_by_someone"),
        ),
    )
    _one_of_a_fact("uq_fact_change_in_force", "status = 'in_force'")
    _one_of_a_fact("uq_fact_change_waiting", "status = 'waiting'")
    op.create_index("ix_fact_change_ingredient", TABLE, ["ingredient"])
    op.create_index("ix_fact_change_asked_at", TABLE, ["asked_at", "id"])


def _one_of_a_fact(name, where):
    condition = sa.text(where)
    op.create_index(
        name, TABLE, ["fact"], unique=True, sqlite_where=condition, postgresql_where=condition
    )


def downgrade():
    op.drop_table(TABLE)
