"""Who is told once that a medicine is back in stock.

Revision 0031, after 0029. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLE = "stock_notice"


def upgrade():
    op.create_table(
        TABLE,
        sa.Column(
            "user_id",
            Key,
            sa.ForeignKey("user.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("variant_id", Key, sa.ForeignKey("variant.id"), primary_key=True, autoincrement=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("told_at", UtcDateTime),
    )
    op.create_index("ix_stock_notice_variant_id", TABLE, ["variant_id"])
    op.create_index("ix_stock_notice_told_at", TABLE, ["told_at"])


def downgrade():
    op.drop_table(TABLE)
