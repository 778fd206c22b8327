"""The index of lines on a prescription leaves out the lines without one, which are most of a store's.

Searching for lines without a prescription, SQLite began with that index and read them all: half a second a page
with a million orders.

Revision 0037, after 0036. 2026-11-30
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INDEX, TABLE, COLUMN = "ix_order_line_prescription_item_id", "order_line", "prescription_item_id"
ON_PRESCRIPTION = sa.text("prescription_item_id IS NOT NULL")


def upgrade():
    op.drop_index(INDEX, TABLE)
    op.create_index(
        INDEX, TABLE, [COLUMN], sqlite_where=ON_PRESCRIPTION, postgresql_where=ON_PRESCRIPTION
    )


def downgrade():
    op.drop_index(INDEX, TABLE)
    op.create_index(INDEX, TABLE, [COLUMN])
