"""An order keeps its sales tax and the age that was declared, and is found by the person it is sent to.

Orders that are there owe no tax. Those of the last 30 days get their person's key, so that limits count them.

Revision 0015, after 0014. 2026-11-29
"""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from shop.addresses import PostalAddress
from shop.clock import now
from shop.database import Key, UtcDateTime
from shop.orders.persons import kept_keys

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ADDRESS = ("recipient", "line1", "line2", "city", "region", "postal_code", "country", "phone")
AT_ONCE = 500


def upgrade():
    with op.batch_alter_table("order") as table:
        table.add_column(sa.Column("tax_cents", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("age_declared", sa.Integer()))
        table.drop_constraint(op.f("ck_order_total_follows"), type_="check")
        table.create_check_constraint(
            op.f("ck_order_total_follows"), "total_cents = subtotal_cents + delivery_cents + tax_cents"
        )
        table.create_check_constraint(op.f("ck_order_tax_not_negative"), "tax_cents >= 0")
    op.create_table(
        "order_person",
        sa.Column("order_id", Key, sa.ForeignKey("order.id"), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), primary_key=True),
    )
    op.create_index("ix_order_person_key", "order_person", ["key"])
    _find_persons()


def _find_persons():
    order = sa.table("order", sa.column("id", Key), sa.column("created_at", UtcDateTime), *map(sa.column, ADDRESS))
    person = sa.table("order_person", sa.column("order_id", Key), sa.column("key", sa.String))
    bind, last = op.get_bind(), 0
    while True:
        rows = bind.execute(
            sa.select(order)
            .where(order.c.id > last, order.c.created_at >= now() - timedelta(days=31))
            .order_by(order.c.id)
            .limit(AT_ONCE)
        ).mappings().all()
        if not rows:
            return
        keys = [
            {"order_id": row["id"], "key": key}
            for row in rows
            for key in kept_keys(PostalAddress(*(row[name] for name in ADDRESS)))
        ]
        bind.execute(person.insert(), keys)
        last = rows[-1]["id"]


def downgrade():
    op.drop_table("order_person")
    # the release before knows no tax: what was charged stays the total, and the tax goes to the delivery
    op.execute('UPDATE "order" SET delivery_cents = delivery_cents + tax_cents, tax_cents = 0')
    with op.batch_alter_table("order") as table:
        table.drop_constraint(op.f("ck_order_tax_not_negative"), type_="check")
        table.drop_constraint(op.f("ck_order_total_follows"), type_="check")
        table.create_check_constraint(
            op.f("ck_order_total_follows"), "total_cents = subtotal_cents + delivery_cents"
        )
        table.drop_column("age_declared")
        table.drop_column("tax_cents")
