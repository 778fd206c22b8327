"""Lanes, sequences and workers of the outbox; indexes that hold no finished job.

May run while the release before serves: it writes rows without a lane, which the worker gives theirs.

Revision 0007, after 0006. 2026-11-28
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNFINISHED = "finished_at IS NULL"
JOB_INDEXES = (
    ("ix_job_due", ["lane", "run_after", "id"], UNFINISHED, False),
    ("ix_job_kind_due", ["kind", "due_at"], UNFINISHED, False),
    ("ix_job_sequence", ["lane", "sequence", "id"], f"{UNFINISHED} AND sequence IS NOT NULL", False),
    ("uq_job_running", ["lane", "sequence"], "worker_id IS NOT NULL AND sequence IS NOT NULL", True),
    ("ix_job_worker", ["worker_id"], "worker_id IS NOT NULL", False),
    ("ix_job_failing", ["kind", "id"], f"{UNFINISHED} AND last_error IS NOT NULL", False),
    ("ix_job_finished", ["finished_at"], "finished_at IS NOT NULL", False),
)
PAYMENT_INDEXES = (
    ("ix_payment_authorised", "payment", ["authorised_at"], "state = 'authorised'"),
    ("ix_payment_movement_requested", "payment_movement", ["kind", "requested_at"], "state = 'requested'"),
)


def upgrade():
    op.create_table(
        "worker",
        sa.Column("id", Key, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("started_at", UtcDateTime, nullable=False),
        sa.Column("last_seen", UtcDateTime, nullable=False),
    )
    # ADD COLUMN, not a copied table: a million finished jobs are not rewritten
    op.add_column("job", sa.Column("lane", sa.String(16), nullable=False, server_default=""))
    op.add_column("job", sa.Column("sequence", sa.String(64)))
    op.add_column("job", sa.Column("due_at", UtcDateTime))
    op.add_column("job", sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("job", sa.Column("worker_id", Key))
    op.add_column("job", sa.Column("healed_at", UtcDateTime))
    for name, columns, where, unique in JOB_INDEXES:
        _create_partial(name, "job", columns, where, unique)
    op.create_index(  # each database recognizes its own way of asking
        "ix_job_given_up", "job", ["kind", "id"],
        sqlite_where=sa.text("given_up = 1"), postgresql_where=sa.text("given_up"),
    )
    for name, table, columns, where in PAYMENT_INDEXES:
        _create_partial(name, table, columns, where)
    op.drop_index("ix_job_waiting", "job")


def downgrade():
    op.create_index("ix_job_waiting", "job", ["finished_at", "run_after"])
    for name, table, _columns, _where in reversed(PAYMENT_INDEXES):
        op.drop_index(name, table)
    op.drop_index("ix_job_given_up", "job")
    for name, _columns, _where, _unique in reversed(JOB_INDEXES):
        op.drop_index(name, "job")
    for column in ("healed_at", "worker_id", "lost", "due_at", "sequence", "lane"):
        op.drop_column("job", column)
    op.drop_table("worker")


def _create_partial(name, table, columns, where, unique=False):
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
