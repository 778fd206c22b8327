"""A guest: an account's row without a password, with the email of one order; and whose basket it was made of.

Revision 0033, after 0032. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("user", sa.Column("guest_email", sa.String(254)))
    with op.batch_alter_table("basket") as table:
        table.add_column(sa.Column("guest_id", Key))
        table.create_foreign_key(
            op.f("fk_basket_guest_id_user"), "user", ["guest_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index(op.f("ix_basket_guest_id"), ["guest_id"])


def downgrade():
    """Guests' orders stay. Without their email they are accounts that nobody can sign in to."""
    with op.batch_alter_table("basket") as table:
        table.drop_index(op.f("ix_basket_guest_id"))
        table.drop_constraint(op.f("fk_basket_guest_id_user"), type_="foreignkey")
        table.drop_column("guest_id")
    op.drop_column("user", "guest_email")
