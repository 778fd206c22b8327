"""Orders that can be mended: refunds, returns, staff notes, lines removed before shipping.

Revision 0028, after 0026. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

REFUND_REASONS = (
    "'damaged', 'lost_in_mail', 'late', 'wrong_item', 'recalled', 'returned', 'goodwill', 'line_removed', 'other'"
)
RETURN_REASONS = "'damaged', 'wrong_item', 'recalled', 'undeliverable', 'unwanted', 'other'"
STAFF_ACTS = "'note', 'mail_resent', 'tracking', 'address'"
RETURNED = "stock_return"


def upgrade():
    op.create_table(
        "order_refund",
        sa.Column("id", Key, primary_key=True),
        sa.Column("order_id", Key, sa.ForeignKey("order.id"), nullable=False),
        sa.Column("movement_id", Key, sa.ForeignKey("payment_movement.id"), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("delivery_cents", sa.Integer(), nullable=False),
        sa.Column("tax_cents", sa.Integer(), nullable=False),
        sa.Column("refused_at", UtcDateTime),
        sa.CheckConstraint(f"reason IN ({REFUND_REASONS})", name=op.f("ck_order_refund_reason_known")),
        sa.CheckConstraint(
            "delivery_cents >= 0 AND tax_cents >= 0", name=op.f("ck_order_refund_parts_not_negative")
        ),
        sa.UniqueConstraint("movement_id", name=op.f("uq_order_refund_movement_id")),
    )
    op.create_index("ix_order_refund_order_id", "order_refund", ["order_id"])
    op.create_table(
        "order_refund_line",
        sa.Column("id", Key, primary_key=True),
        sa.Column("refund_id", Key, sa.ForeignKey("order_refund.id"), nullable=False),
        sa.Column("order_line_id", Key, sa.ForeignKey("order_line.id"), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_order_refund_line_cents_positive")),
        sa.UniqueConstraint("refund_id", "order_line_id", name=op.f("uq_order_refund_line_refund_id_order_line_id")),
    )
    op.create_index("ix_order_refund_line_order_line_id", "order_refund_line", ["order_line_id"])
    op.create_table(
        "order_return",
        sa.Column("id", Key, primary_key=True),
        sa.Column("order_id", Key, sa.ForeignKey("order.id"), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("form", sa.String(32), nullable=False),
        sa.CheckConstraint(f"reason IN ({RETURN_REASONS})", name=op.f("ck_order_return_reason_known")),
        sa.UniqueConstraint("form", name=op.f("uq_order_return_form")),
    )
    op.create_index("ix_order_return_order_id", "order_return", ["order_id"])
    op.create_table(
        RETURNED,
        sa.Column("id", Key, primary_key=True),
        sa.Column("lot_id", Key, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("order_line_id", Key, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.CheckConstraint("kind IN ('quarantined', 'destroyed')", name=op.f("ck_stock_return_kind_known")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_return_quantity_positive")),
    )
    op.create_index("ix_stock_return_lot_id", RETURNED, ["lot_id"])
    op.create_index("ix_stock_return_order_line_id", RETURNED, ["order_line_id"])
    op.create_table(
        "order_staff_entry",
        sa.Column("id", Key, primary_key=True),
        sa.Column("order_id", Key, sa.ForeignKey("order.id"), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN ({STAFF_ACTS})", name=op.f("ck_order_staff_entry_kind_known")),
    )
    op.create_index("ix_order_staff_entry_order_id", "order_staff_entry", ["order_id"])
    op.add_column("order_line", sa.Column("removed_at", UtcDateTime))
    op.add_column("payment", sa.Column("authorized_cents", sa.Integer()))
    for change in ("update", "delete"):
        _protect(change)


def downgrade():
    op.drop_column("payment", "authorized_cents")
    op.drop_column("order_line", "removed_at")
    for table in ("order_staff_entry", RETURNED, "order_return", "order_refund_line", "order_refund"):
        op.drop_table(table)


def _protect(change):
    """What came back is a ledger like the others: never edited, never removed."""
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{RETURNED} is append-only'); END"
    op.execute(
        sa.text(f"CREATE TRIGGER {RETURNED}_no_{change} BEFORE {change.upper()} ON {RETURNED} {body}")
    )
