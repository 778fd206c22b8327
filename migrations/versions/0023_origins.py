"""How a prescription arrived, who confirmed it, who prescribed it, and where it was transferred to.

What customers sent until now are photos: copies, and none of them is confirmed.

Revision 0023, after 0022. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PEOPLE = ("entered_by", "confirmed_by", "transferred_by")
COLUMNS = (
    ("origin", lambda: sa.Column("origin", sa.String(12), nullable=False, server_default="photo")),
    ("entered_by", lambda: sa.Column("entered_by", Key)),
    ("received_from", lambda: sa.Column("received_from", sa.Text())),
    ("original_number", lambda: sa.Column("original_number", sa.String(40))),
    ("confirmed_at", lambda: sa.Column("confirmed_at", UtcDateTime)),
    ("confirmed_by", lambda: sa.Column("confirmed_by", Key)),
    ("confirmed_how", lambda: sa.Column("confirmed_how", sa.String(12))),
    ("confirmed_with", lambda: sa.Column("confirmed_with", sa.Text())),
    ("transferred_at", lambda: sa.Column("transferred_at", UtcDateTime)),
    ("transferred_by", lambda: sa.Column("transferred_by", Key)),
    ("transferred_to", lambda: sa.Column("transferred_to", sa.Text())),
    ("prescriber_license", lambda: sa.Column("prescriber_license", sa.String(60))),
    ("prescriber_id", lambda: sa.Column("prescriber_id", Key)),
    ("fill_from", lambda: sa.Column("fill_from", sa.Date())),
)
CHECKS = {
    "origin_known": "origin IN ('paper', 'photo', 'fax', 'phone', 'electronic', 'transfer')",
    "confirmed_how_known": "confirmed_how IN ('phone', 'fax', 'message', 'original')",
    "confirmed_by_someone": "(confirmed_at IS NULL) = (confirmed_how IS NULL)"
    " AND (confirmed_at IS NULL) = (confirmed_by IS NULL)",
    "transferred_by_someone": "status <> 'transferred'"
    " OR (transferred_at IS NOT NULL AND transferred_by IS NOT NULL)",
}
STATUS_KNOWN = "ck_prescription_status_known"
DECIDED = "ix_prescription_decided"
BEFORE = ("waiting", "asked", "approved", "refused", "revoked", "withdrawn")
NOW = ("waiting", "asked", "approved", "refused", "revoked", "transferred", "withdrawn")
DECIDED_BEFORE = ("approved", "refused", "revoked")
DECIDED_NOW = (*DECIDED_BEFORE, "transferred")


def upgrade():
    op.create_table(
        "prescriber",
        sa.Column("id", Key, primary_key=True),
        sa.Column("reference", sa.String(32), nullable=False, unique=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("find_name", sa.String(120), nullable=False),
        sa.Column("npi", sa.String(10), unique=True),
        sa.Column("license", sa.String(60), unique=True),
        sa.Column("address", sa.String(300), nullable=False, server_default=""),
        sa.Column("phone", sa.String(40), nullable=False, server_default=""),
        sa.Column("created_by", Key, sa.ForeignKey("user.id"), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("changed_at", UtcDateTime),
        sa.CheckConstraint("npi IS NOT NULL OR license IS NOT NULL", name="identified"),
    )
    op.create_index("ix_prescriber_find_name", "prescriber", ["find_name"])
    op.drop_index(DECIDED, table_name="prescription")
    with op.batch_alter_table("prescription") as table:
        for _, column in COLUMNS:
            table.add_column(column())
        for person in PEOPLE:
            table.create_foreign_key(op.f(f"fk_prescription_{person}_user"), "user", [person], ["id"])
        table.create_foreign_key(
            op.f("fk_prescription_prescriber_id_prescriber"), "prescriber", ["prescriber_id"], ["id"]
        )
        table.create_index("ix_prescription_prescriber_id", ["prescriber_id"])
        table.drop_constraint(op.f(STATUS_KNOWN), type_="check")
        table.create_check_constraint(op.f(STATUS_KNOWN), _one_of(NOW))
        for name, check in CHECKS.items():
            table.create_check_constraint(op.f(f"ck_prescription_{name}"), check)
    _index_decided(DECIDED_NOW)


def downgrade():
    op.execute(sa.text("UPDATE prescription SET status = 'refused' WHERE status = 'transferred'"))
    op.drop_index(DECIDED, table_name="prescription")
    with op.batch_alter_table("prescription") as table:
        for name in reversed(CHECKS):
            table.drop_constraint(op.f(f"ck_prescription_{name}"), type_="check")
        table.drop_constraint(op.f(STATUS_KNOWN), type_="check")
        table.create_check_constraint(op.f(STATUS_KNOWN), _one_of(BEFORE))
        table.drop_index("ix_prescription_prescriber_id")
        table.drop_constraint(op.f("fk_prescription_prescriber_id_prescriber"), type_="foreignkey")
        for person in PEOPLE:
            table.drop_constraint(op.f(f"fk_prescription_{person}_user"), type_="foreignkey")
        for name, _ in COLUMNS:
            table.drop_column(name)
    _index_decided(DECIDED_BEFORE)
    op.drop_table("prescriber")


def _one_of(statuses):
    return f"status IN ({', '.join(map(repr, statuses))})"


def _index_decided(statuses):
    where = sa.text(_one_of(statuses))
    op.create_index(DECIDED, "prescription", ["decided_at"], sqlite_where=where, postgresql_where=where)
