"""International email domains are kept as the mail system writes them, so that they can be reached.

An account whose canonical address another account has already stays as it is: nobody can tell whose it is.

Revision 0026, after 0025. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.accounts.rules import plain_email
from shop.database import Key

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

USER = sa.table("user", sa.column("id", Key), sa.column("email"))


def upgrade():
    bind = op.get_bind()
    kept = {row.email: row.id for row in bind.execute(sa.select(USER)).all()}
    for email, user_id in sorted(kept.items(), key=lambda pair: pair[1]):
        plain = plain_email(email)
        if plain not in kept:
            bind.execute(USER.update().where(USER.c.id == user_id).values(email=plain))
            kept[plain] = user_id


def downgrade():
    """The release before reads these addresses too."""
