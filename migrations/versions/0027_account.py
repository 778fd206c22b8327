"""Addresses have a default and can be put back; an email that is asked for waits to be confirmed; accounts are
deleted after a while; emails that are a choice.

Revision 0027, after 0026. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key, UtcDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

DEFAULT = "is_default AND removed_at IS NULL"
ADDRESS = sa.table(
    "address",
    sa.column("id", Key),
    sa.column("user_id", Key),
    sa.column("last_used_at", UtcDateTime),
    sa.column("is_default", sa.Boolean()),
)


def upgrade():
    op.add_column(
        "address", sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("address", sa.Column("removed_at", UtcDateTime))
    op.create_index(
        "uq_address_default",
        "address",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text(DEFAULT),
        postgresql_where=sa.text(DEFAULT),
    )
    _choose_defaults()
    op.add_column("user", sa.Column("email_wanted", sa.String(254)))
    op.create_table(
        "account_deletion",
        sa.Column("user_id", Key, sa.ForeignKey("user.id"), primary_key=True, autoincrement=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("due_at", UtcDateTime, nullable=False),
        sa.Column("done_at", UtcDateTime),
    )
    op.create_table(
        "muted_mail",
        sa.Column(
            "user_id",
            Key,
            sa.ForeignKey("user.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("template", sa.String(40), primary_key=True),
    )


def _choose_defaults():
    """The address used last of each account is its default: it was offered first until now."""
    bind = op.get_bind()
    rows = bind.execute(
        sa.select(ADDRESS.c.id, ADDRESS.c.user_id).order_by(ADDRESS.c.last_used_at, ADDRESS.c.id)
    ).all()
    for address_id in {row.user_id: row.id for row in rows}.values():
        bind.execute(ADDRESS.update().where(ADDRESS.c.id == address_id).values(is_default=True))


def downgrade():
    """Those waiting to be deleted are: the release before would show them again."""
    op.execute("DELETE FROM address WHERE removed_at IS NOT NULL")
    op.drop_index("uq_address_default", table_name="address")
    op.drop_table("muted_mail")
    op.drop_table("account_deletion")
    op.drop_column("user", "email_wanted")
    op.drop_column("address", "removed_at")
    op.drop_column("address", "is_default")
