"""Each medicine of a prescription has its line, and may be declined for a reason of its own.

Revision 0024, after 0023. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ONE_A_LINE = "uq_prescription_item_prescription_id_line"
SHARE = "ck_prescription_item_refill_share_percent"


def upgrade():
    with op.batch_alter_table("prescription_item") as table:
        table.add_column(sa.Column("line", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("indication", sa.Text()))
        table.add_column(
            sa.Column("dispense_as_written", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(sa.Column("refill_share", sa.Integer()))
    op.execute(
        "UPDATE prescription_item SET line = (SELECT count(*) FROM prescription_item AS other"
        " WHERE other.prescription_id = prescription_item.prescription_id AND other.id <= prescription_item.id)"
    )
    with op.batch_alter_table("prescription_item") as table:
        table.create_check_constraint(op.f(SHARE), "refill_share BETWEEN 1 AND 100")
        table.create_unique_constraint(op.f(ONE_A_LINE), ["prescription_id", "line"])
    op.create_table(
        "declined_item",
        sa.Column("id", Key, primary_key=True),
        sa.Column("prescription_id", Key, sa.ForeignKey("prescription.id"), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("variant_id", Key, sa.ForeignKey("variant.id")),
        sa.Column("as_written", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.UniqueConstraint("prescription_id", "line"),
    )


def downgrade():
    op.drop_table("declined_item")
    with op.batch_alter_table("prescription_item") as table:
        table.drop_constraint(op.f(ONE_A_LINE), type_="unique")
        table.drop_constraint(op.f(SHARE), type_="check")
        for name in ("refill_share", "dispense_as_written", "indication", "line"):
            table.drop_column(name)
