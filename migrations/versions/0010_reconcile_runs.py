"""Keep what each comparison with the payment service found.

Revision 0010. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "reconcile_run",
        sa.Column("id", Key, primary_key=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("in_flight", sa.Integer(), nullable=False),
        sa.Column("difference_count", sa.Integer(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(80), nullable=True),
    )
    op.create_index("ix_reconcile_run_started_at", "reconcile_run", ["started_at"])


def downgrade():
    op.drop_table("reconcile_run")
