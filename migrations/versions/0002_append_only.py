"""The rows each chain starts from, and triggers that keep ledgers and the audit record append-only.

A count follows from its ledger, so a ledger's row is never edited or removed: not by a bug, not by hand.

Revision 0002, after 0001. 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_record", "stock_movement", "prescription_quantity_entry")


def upgrade():
    op.execute(sa.text(f"INSERT INTO audit_head (id, hash, length) VALUES (1, '{'0' * 64}', 0)"))
    op.execute(sa.text("INSERT INTO catalogue_version (id, number) VALUES (1, 1)"))
    for role, words in (
        ("customer", "buys"), ("pharmacist", "verifies prescriptions"), ("admin", "keeps stock and ships")
    ):
        op.execute(sa.text(f"INSERT INTO role (name, description) VALUES ('{role}', '{words}')"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("""
            CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
        """))
    for table in APPEND_ONLY:
        _protect(table)


def downgrade():
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for change in ("update", "delete"):
            on = f" ON {table}" if postgresql else ""
            op.execute(sa.text(f"DROP TRIGGER {table}_no_{change}{on}"))
    if postgresql:
        op.execute(sa.text("DROP FUNCTION refuse_change"))
    op.execute(sa.text("DELETE FROM audit_head"))
    op.execute(sa.text("DELETE FROM catalogue_version"))
    op.execute(sa.text("DELETE FROM user_role"))
    op.execute(sa.text("DELETE FROM role"))


def _protect(table):
    for change in ("update", "delete"):
        if op.get_bind().dialect.name == "postgresql":
            body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        else:
            body = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(sa.text(f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} {body}"))
