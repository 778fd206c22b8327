"""Let what is removed after its time be found without reading whole tables.

Revision 0011, after 0010. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_webhook_event_received_at", "webhook_event", "received_at", None),
    ("ix_stock_hold_ended", "stock_hold", "created_at", "state <> 'held'"),
)


def upgrade():
    for name, table, column, where in INDEXES:
        condition = sa.text(where) if where else None
        op.create_index(name, table, [column], postgresql_where=condition, sqlite_where=condition)


def downgrade():
    for name, table, _column, _where in INDEXES:
        op.drop_index(name, table)
