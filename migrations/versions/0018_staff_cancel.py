"""Staff cancel an order for a coded reason, with a sealed note.

Revision 0018, after 0017. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

REASONS = "'must_not_ship', 'out_of_stock', 'not_deliverable', 'customer_asked', 'payment_doubtful', 'other'"


def upgrade():
    op.create_table(
        "order_cancellation",
        sa.Column("id", Key, primary_key=True),
        sa.Column("order_id", Key, sa.ForeignKey("order.id"), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_order_cancellation_reason_known")),
        sa.UniqueConstraint("order_id", name=op.f("uq_order_cancellation_order_id")),
    )


def downgrade():
    op.drop_table("order_cancellation")
