"""Keep every capture, void and refund as a row, and know a payment that is being captured or given back.

Revision 0006, after 0005. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD_STATES = "state IN ('opening', 'open', 'authorised', 'captured', 'voided', 'expired', 'failed')"
STATES = (
    "state IN ('opening', 'open', 'authorised', 'capturing', 'captured', 'releasing', 'voided',"
    " 'refunded', 'expired', 'failed')"
)
OLD_ALIVE = "state IN ('opening', 'open', 'authorised', 'captured')"
ALIVE = "state IN ('opening', 'open', 'authorised', 'capturing', 'captured')"


def upgrade():
    op.drop_index("uq_payment_alive", "payment")
    with op.batch_alter_table("payment") as table:
        table.add_column(sa.Column("refunded_cents", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("ck_payment_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_payment_state_known"), STATES)
        table.create_check_constraint(op.f("ck_payment_refunded_within_amount"), "refunded_cents >= 0 AND refunded_cents <= amount_cents"
        )
    _index_alive(ALIVE)
    op.create_table(
        "payment_movement",
        sa.Column("id", Key, primary_key=True),
        sa.Column("payment_id", Key, sa.ForeignKey("payment.id"), nullable=False),
        sa.Column("intent_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("idempotency_key", sa.String(255), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("actor_id", Key, sa.ForeignKey("user.id")),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("provider_id", sa.String(255)),
        sa.Column("error", sa.String(80)),
        sa.Column("requested_at", UtcDateTime, nullable=False),
        sa.Column("finished_at", UtcDateTime),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_movement_idempotency_key")),
        sa.CheckConstraint("kind IN ('capture', 'void', 'refund')", name=op.f("ck_payment_movement_kind_known")),
        sa.CheckConstraint("state IN ('requested', 'done', 'refused')", name=op.f("ck_payment_movement_state_known")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_movement_amount_positive")),
    )
    op.create_index("ix_payment_movement_payment_id", "payment_movement", ["payment_id"])
    op.create_index("ix_payment_movement_intent_id", "payment_movement", ["intent_id"])


def downgrade():
    op.drop_table("payment_movement")
    op.execute("UPDATE payment SET state = 'authorised' WHERE state = 'capturing'")
    op.execute("UPDATE payment SET state = 'voided' WHERE state IN ('releasing', 'refunded')")
    op.drop_index("uq_payment_alive", "payment")
    with op.batch_alter_table("payment") as table:
        table.drop_constraint(op.f("ck_payment_refunded_within_amount"), type_="check")
        table.drop_constraint(op.f("ck_payment_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_payment_state_known"), OLD_STATES)
        table.drop_column("refunded_cents")
    _index_alive(OLD_ALIVE)


def _index_alive(where):
    op.create_index(
        "uq_payment_alive", "payment", ["order_id"], unique=True,
        sqlite_where=sa.text(where), postgresql_where=sa.text(where),
    )
