"""Changes of offers say which strengths they are of, so that a kept page is old only when what it shows changed.

`offers_version.changes` goes on counting every change; beside it `named` counts those that name their
strengths in `variant_version`, and `priced` those of prices. Code of before raises `changes` alone, which
reads as a change of anything.

Revision 0013, after 0012. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COUNTERS = ("named", "priced")


def upgrade():
    for name in COUNTERS:
        op.add_column("offers_version", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "variant_version",
        sa.Column("variant_id", Key, primary_key=True, autoincrement=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_index("ix_variant_version_number", "variant_version", ["counter", "number"])


def downgrade():
    op.drop_table("variant_version")
    with op.batch_alter_table("offers_version") as table:
        for name in COUNTERS:
            table.drop_column(name)
