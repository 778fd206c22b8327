"""An approved prescription can be revoked.

Revision 0021, after 0020. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BEFORE = "status IN ('waiting', 'asked', 'approved', 'refused', 'withdrawn')"
NOW = "status IN ('waiting', 'asked', 'approved', 'refused', 'revoked', 'withdrawn')"
STATUS_KNOWN = "ck_prescription_status_known"
FOREIGN_KEY = "fk_prescription_revoked_by_user"
DECIDED = "ix_prescription_decided"


def upgrade():
    op.drop_index(DECIDED, table_name="prescription")
    with op.batch_alter_table("prescription") as table:
        table.add_column(sa.Column("revoked_at", UtcDateTime))
        table.add_column(sa.Column("revoked_by", Key))
        table.create_foreign_key(op.f(FOREIGN_KEY), "user", ["revoked_by"], ["id"])
        table.drop_constraint(op.f(STATUS_KNOWN), type_="check")
        table.create_check_constraint(op.f(STATUS_KNOWN), NOW)
    _index_decided("status IN ('approved', 'refused', 'revoked')")


def downgrade():
    op.execute(sa.text("UPDATE prescription SET status = 'refused' WHERE status = 'revoked'"))
    op.drop_index(DECIDED, table_name="prescription")
    with op.batch_alter_table("prescription") as table:
        table.drop_constraint(op.f(STATUS_KNOWN), type_="check")
        table.create_check_constraint(op.f(STATUS_KNOWN), BEFORE)
        table.drop_constraint(op.f(FOREIGN_KEY), type_="foreignkey")
        table.drop_column("revoked_by")
        table.drop_column("revoked_at")
    _index_decided("status IN ('approved', 'refused')")


def _index_decided(where: str):
    op.create_index(
        DECIDED, "prescription", ["decided_at"], sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
