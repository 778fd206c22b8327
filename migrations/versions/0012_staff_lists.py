"""Indexes for the lists of staff: a page of a tray costs the same after a million orders.

Revision 0012, after 0006. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0006"
branch_labels = None
depends_on = None

ENDED = sa.text("status IN ('cancelled', 'expired')")


def upgrade():
    op.create_index("ix_order_status_created", "order", ["status", "created_at"])
    op.create_index(
        "ix_order_ended", "order", ["created_at"], sqlite_where=ENDED, postgresql_where=ENDED
    )


def downgrade():
    op.drop_index("ix_order_ended", "order")
    op.drop_index("ix_order_status_created", "order")
