"""For whom what needs no prescription is, where that was said; until when a decision of the drug review holds.

Revision 0035, after 0034. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

LINES = ("basket_line", "order_line")


def upgrade():
    for table in LINES:
        op.add_column(
            table, sa.Column("someone_else", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.add_column("review_alert", sa.Column("holds_until", sa.Date()))


def downgrade():
    op.drop_column("review_alert", "holds_until")
    for table in LINES:
        op.drop_column(table, "someone_else")
