"""A sent file has a state of its own, and an account a budget of uploads.

Documents that are there count as ready, and so do those that the release before this one still writes while it
is being replaced: both have pages.

Revision 0009, after 0008. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNREADY = sa.text("state <> 'ready'")
CHECKS = {
    "state_known": "state IN ('processing', 'ready', 'refused')",
    "raw_while_processing": "(state = 'processing') = (raw_file_id IS NOT NULL)",
    "refused_with_code": "(state = 'refused') = (refusal IS NOT NULL)",
}


def upgrade():
    with op.batch_alter_table("prescription_document") as table:
        table.add_column(sa.Column("state", sa.String(10), nullable=False, server_default="ready"))
        table.add_column(sa.Column("raw_file_id", sa.String(32)))
        table.add_column(sa.Column("refusal", sa.String(40)))
        table.add_column(sa.Column("opened_times", sa.Integer(), nullable=False, server_default="0"))
        for name, condition in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_prescription_document_{name}"), condition)
    op.create_index(
        "ix_prescription_document_unready", "prescription_document", ["prescription_id"],
        sqlite_where=UNREADY, postgresql_where=UNREADY,
    )
    op.create_table(
        "upload_allowance",
        sa.Column("user_id", Key, sa.ForeignKey("user.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "upload_use",
        sa.Column("id", Key, primary_key=True),
        sa.Column("user_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("cpu_ms", sa.Integer(), nullable=False),
    )
    op.create_index("ix_upload_use_user_id_at", "upload_use", ["user_id", "at"])


def downgrade():
    """Files that are not ready have no pages; their rows go, since the older release would show them empty."""
    op.drop_table("upload_use")
    op.drop_table("upload_allowance")
    op.execute("DELETE FROM prescription_document WHERE state <> 'ready'")
    op.drop_index("ix_prescription_document_unready", "prescription_document")
    with op.batch_alter_table("prescription_document") as table:
        for name in CHECKS:
            table.drop_constraint(op.f(f"ck_prescription_document_{name}"), type_="check")
        for name in ("opened_times", "refusal", "raw_file_id", "state"):
            table.drop_column(name)
