"""An order is packed before it ships.

Revision 0034, after 0033. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

ORDER, ENTRY = "ck_order_status_known", "ck_order_staff_entry_kind_known"


def upgrade():
    _known("order", ORDER, "status", "awaiting_payment", "placed", "packed", "shipped", "cancelled", "expired")
    _known(
        "order_staff_entry", ENTRY, "kind", "note", "mail_resent", "tracking", "address", "packed", "unpacked"
    )


def downgrade():
    op.execute(sa.text("UPDATE \"order\" SET status = 'placed' WHERE status = 'packed'"))
    op.execute(sa.text("DELETE FROM order_event WHERE event IN ('packed', 'unpacked')"))
    op.execute(sa.text("DELETE FROM order_staff_entry WHERE kind IN ('packed', 'unpacked')"))
    _known("order", ORDER, "status", "awaiting_payment", "placed", "shipped", "cancelled", "expired")
    _known("order_staff_entry", ENTRY, "kind", "note", "mail_resent", "tracking", "address")


def _known(table: str, name: str, column: str, *codes: str):
    listed = ", ".join(f"'{code}'" for code in codes)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), f"{column} IN ({listed})")
