"""Strengths can be withdrawn, and packs say whether the directory or a person made them.

Revision 0017, after 0016. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("variant") as table:
        table.add_column(sa.Column("withdrawn_on", sa.Date()))
    with op.batch_alter_table("pack") as table:
        table.add_column(sa.Column("origin", sa.String(8), nullable=False, server_default="ndc"))


def downgrade():
    with op.batch_alter_table("pack") as table:
        table.drop_column("origin")
    with op.batch_alter_table("variant") as table:
        table.drop_column("withdrawn_on")
