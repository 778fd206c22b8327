"""What the safety data say of a product, and the facts of the directory they decide by.

`safety_code` is empty for every product until the data are applied: `flask safety apply`, an import or listing it
does that. Until then it is not sold.

Revision 0014, after 0013. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("product") as batch:
        batch.add_column(sa.Column("regulatory", sa.JSON(), nullable=True))
        batch.add_column(sa.Column("safety_code", sa.String(32), nullable=True))
        batch.add_column(sa.Column("safety_why", sa.String(200), nullable=True))


def downgrade():
    with op.batch_alter_table("product") as batch:
        batch.drop_column("safety_why")
        batch.drop_column("safety_code")
        batch.drop_column("regulatory")
