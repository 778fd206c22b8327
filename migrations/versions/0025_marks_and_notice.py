"""What pages look like, so that a prescription sent twice is noticed; who acknowledged the privacy notice.

Revision 0025, after 0024. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("document_page", sa.Column("mark", sa.String(64)))
    op.create_table(
        "document_page_band",
        sa.Column(
            "page_id",
            Key,
            sa.ForeignKey("document_page.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("band", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    op.create_index("ix_document_page_band_value", "document_page_band", ["band", "value"])
    op.create_table(
        "notice_acknowledgment",
        sa.Column("user_id", Key, sa.ForeignKey("user.id"), primary_key=True, autoincrement=False),
        sa.Column("edition", sa.String(20), primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False),
    )


def downgrade():
    op.drop_table("notice_acknowledgment")
    op.drop_table("document_page_band")
    op.drop_column("document_page", "mark")
