"""Indexes for the lists of staff: a page of a tray costs the same after a million orders.

Revision 0012, after 0011. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ON_HAND = sa.text("on_hand > 0")
HELD = sa.text("state = 'held'")
DISPENSED = sa.text("kind = 'dispensed'")
DECIDED = sa.text("status IN ('approved', 'refused')")
ENDED = sa.text("status IN ('cancelled', 'expired')")


def upgrade():
    op.create_index("ix_order_status_created", "order", ["status", "created_at"])
    op.create_index(
        "ix_order_ended", "order", ["created_at"], sqlite_where=ENDED, postgresql_where=ENDED
    )
    op.create_index(
        "ix_prescription_decided", "prescription", ["decided_at"],
        sqlite_where=DECIDED, postgresql_where=DECIDED,
    )
    op.create_index(
        "ix_lot_on_hand", "lot", ["variant_id", "expires_on"],
        sqlite_where=ON_HAND, postgresql_where=ON_HAND,
    )
    op.create_index(
        "ix_stock_movement_dispensed", "stock_movement", ["at"],
        sqlite_where=DISPENSED, postgresql_where=DISPENSED,
    )
    op.create_index(
        "ix_stock_hold_held", "stock_hold", ["lot_id"], sqlite_where=HELD, postgresql_where=HELD
    )
    op.create_table(
        "stock_dispensing_rate",
        sa.Column("variant_id", Key, sa.ForeignKey("variant.id"), primary_key=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("as_of", UtcDateTime, nullable=False),
    )


def downgrade():
    op.drop_table("stock_dispensing_rate")
    op.drop_index("ix_stock_hold_held", "stock_hold")
    op.drop_index("ix_stock_movement_dispensed", "stock_movement")
    op.drop_index("ix_lot_on_hand", "lot")
    op.drop_index("ix_prescription_decided", "prescription")
    op.drop_index("ix_order_ended", "order")
    op.drop_index("ix_order_status_created", "order")
