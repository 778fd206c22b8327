"""Delivery methods with prices by state and weight; an order keeps its method and the day it is promised by.

Orders that are there went by mail, and were promised no day.

Revision 0032, after 0031. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KINDS = "('pill', 'liquid', 'semisolid', 'patch', 'suppository', 'spray', 'packing')"


def upgrade():
    op.create_table(
        "delivery_method",
        sa.Column("id", Key, primary_key=True),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("handling_days", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.UniqueConstraint("code", name=op.f("uq_delivery_method_code")),
        sa.CheckConstraint("handling_days >= 0", name=op.f("ck_delivery_method_handling_not_negative")),
    )
    op.create_table(
        "delivery_zone",
        sa.Column("id", Key, primary_key=True),
        sa.Column("method_id", Key, sa.ForeignKey("delivery_method.id"), nullable=False),
        sa.Column("states", sa.String(200), nullable=False),
        sa.Column("transit_days", sa.Integer(), nullable=False),
        sa.Column("free_from_cents", sa.Integer()),
        sa.CheckConstraint("transit_days >= 0", name=op.f("ck_delivery_zone_transit_not_negative")),
        sa.CheckConstraint(
            "free_from_cents IS NULL OR free_from_cents >= 0",
            name=op.f("ck_delivery_zone_free_from_not_negative"),
        ),
    )
    op.create_index("ix_delivery_zone_method_id", "delivery_zone", ["method_id"])
    op.create_table(
        "delivery_step",
        sa.Column("id", Key, primary_key=True),
        sa.Column("zone_id", Key, sa.ForeignKey("delivery_zone.id"), nullable=False),
        sa.Column("up_to_grams", sa.Integer()),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "up_to_grams IS NULL OR up_to_grams > 0", name=op.f("ck_delivery_step_weight_positive")
        ),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_delivery_step_price_not_negative")),
    )
    op.create_index("ix_delivery_step_zone_id", "delivery_step", ["zone_id"])
    op.create_table(
        "delivery_weight",
        sa.Column("kind", sa.String(12), primary_key=True),
        sa.Column("milligrams", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_delivery_weight_kind_known")),
        sa.CheckConstraint("milligrams > 0", name=op.f("ck_delivery_weight_weight_positive")),
    )
    for column in (
        sa.Column("delivery_code", sa.String(24), nullable=False, server_default="mail"),
        sa.Column("delivery_name", sa.String(60), nullable=False, server_default="Mail"),
        sa.Column("handling_days", sa.Integer()),
        sa.Column("transit_days", sa.Integer()),
        sa.Column("promised_on", sa.Date()),
    ):
        op.add_column("order", column)


def downgrade():
    for name in ("promised_on", "transit_days", "handling_days", "delivery_name", "delivery_code"):
        op.drop_column("order", name)
    for name in ("delivery_weight", "delivery_step", "delivery_zone", "delivery_method"):
        op.drop_table(name)
