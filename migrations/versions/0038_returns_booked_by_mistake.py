"""A return that was recorded by mistake is taken back by a row of its own.

Revision 0038, after 0037. 2026-11-30
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TABLE, NAME = "stock_return", "ck_stock_return_kind_known"
CHANGES = ("update", "delete")


def upgrade():
    _known("quarantined", "destroyed", "mistaken")


def downgrade():
    # what the release before can say of units that are not set aside any more
    for change in CHANGES:
        _unprotect(change)
    op.execute(sa.text(f"UPDATE {TABLE} SET kind = 'destroyed' WHERE kind = 'mistaken'"))
    if op.get_bind().dialect.name == "postgresql":
        for change in CHANGES:
            _protect(change)
    _known("quarantined", "destroyed")


def _known(*codes):
    listed = ", ".join(f"'{code}'" for code in codes)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f(NAME), type_="check")
        batch.create_check_constraint(op.f(NAME), f"kind IN ({listed})")
    if op.get_bind().dialect.name == "sqlite":  # the table was made anew, without its triggers
        for change in CHANGES:
            _unprotect(change)
            _protect(change)


def _protect(change):
    if op.get_bind().dialect.name == "postgresql":
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
    op.execute(sa.text(f"CREATE TRIGGER {TABLE}_no_{change} BEFORE {change.upper()} ON {TABLE} {body}"))


def _unprotect(change):
    on = f" ON {TABLE}" if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(sa.text(f"DROP TRIGGER IF EXISTS {TABLE}_no_{change}{on}"))
