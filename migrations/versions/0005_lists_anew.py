"""Let the rows of lists be derived anew: the price per mg, and what is sold, are found otherwise.

A row derived for no market counts as one of another market, and is served until the worker has made its new one.

Revision 0005, after 0004. 2026-11-22
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("UPDATE listing SET market = ''")


def downgrade():
    op.execute("UPDATE listing SET market = ''")
