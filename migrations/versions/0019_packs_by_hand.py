"""Deliveries are booked once; lots get their packs, and packs their sizes, from a person on record.

Revision 0019, after 0018. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("stock_movement", sa.Column("delivery", sa.String(32)))
    op.create_index("uq_stock_movement_delivery", "stock_movement", ["delivery"], unique=True)
    op.create_table(
        "lot_assignment",
        sa.Column("id", Key, primary_key=True),
        sa.Column("lot_id", Key, sa.ForeignKey("lot.id"), nullable=False),
        sa.Column("pack_id", Key, sa.ForeignKey("pack.id"), nullable=False),
        sa.Column("variant_id", Key, sa.ForeignKey("variant.id"), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("undone_at", UtcDateTime),
        sa.Column("undone_by", Key, sa.ForeignKey("user.id")),
    )
    op.create_index("ix_lot_assignment_lot_id", "lot_assignment", ["lot_id"])
    op.create_table(
        "stated_size",
        sa.Column("pack_id", Key, sa.ForeignKey("pack.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(8), nullable=False),
        sa.Column("description", sa.String(1000), nullable=False),
        sa.Column("source", sa.String(200), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id")),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.CheckConstraint("size > 0", name="size_positive"),
    )
    with op.batch_alter_table("release_join") as table:
        table.add_column(sa.Column("reason", sa.String(200), nullable=False, server_default=""))
        table.add_column(sa.Column("actor_id", Key))
        table.create_foreign_key(op.f("fk_release_join_actor_id_user"), "user", ["actor_id"], ["id"])


def downgrade():
    with op.batch_alter_table("release_join") as table:
        table.drop_constraint(op.f("fk_release_join_actor_id_user"), type_="foreignkey")
        table.drop_column("actor_id")
        table.drop_column("reason")
    op.drop_table("stated_size")
    op.drop_table("lot_assignment")
    op.drop_index("uq_stock_movement_delivery", "stock_movement")
    op.drop_column("stock_movement", "delivery")
