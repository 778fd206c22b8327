"""Room to find a pill by its look; filled from the appearances on record.

Revision 0004, after 0003. 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

from shop.appearance.rules import comparable  # the rows are derived, so the rule that derives them fills them

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    look = op.create_table(
        "variant_look",
        sa.Column("variant_id", KEY, sa.ForeignKey("variant.id", name="fk_variant_look_variant_id", ondelete="CASCADE"),
                  primary_key=True, autoincrement=False),
        sa.Column("imprint", sa.String(60), nullable=True),
        sa.Column("shape", sa.String(20), nullable=True),
        sa.Column("colour", sa.String(12), nullable=True),
        sa.Column("colour2", sa.String(12), nullable=True),
    )
    op.create_index("ix_variant_look_imprint", "variant_look", ["imprint"])
    for columns in (["shape"], ["shape", "colour"], ["shape", "colour2"], ["colour"], ["colour2"]):
        op.create_index(f"ix_variant_look_{'_'.join(columns)}", "variant_look", [*columns, "variant_id"])
    word = op.create_table(
        "imprint_word",
        sa.Column("word", sa.String(60), primary_key=True),
        sa.Column("variant_id", KEY, sa.ForeignKey("variant.id", name="fk_imprint_word_variant_id", ondelete="CASCADE"),
                  primary_key=True, autoincrement=False),
    )
    op.create_index("ix_imprint_word_variant_id", "imprint_word", ["variant_id"])
    _fill(look, word)


def _fill(look_table, word_table):
    variant = sa.table("variant", sa.column("id"), sa.column("product_id"), sa.column("appearance", sa.JSON))
    product = sa.table("product", sa.column("id"), sa.column("form"))
    rows = op.get_bind().execute(
        sa.select(variant.c.id, variant.c.appearance, product.c.form)
        .join_from(variant, product, product.c.id == variant.c.product_id)
        .where(variant.c.appearance.is_not(None))
    )
    looks, words = [], []
    for row in rows:
        if found := comparable(_newly_named(row.appearance), row.form):
            looks.append({"variant_id": row.id, "imprint": found.imprint, "shape": found.shape,
                          "colour": found.color, "colour2": found.color2})
            words += [{"variant_id": row.id, "word": word} for word in sorted(found.words)]
    op.bulk_insert(look_table, looks)
    op.bulk_insert(word_table, words)


def _newly_named(appearance):
    """As the rule reads it since 0036, which renames these keys: they were `colour` and `colour2`."""
    return {name.replace("colour", "color"): value for name, value in (appearance or {}).items()}


def downgrade():
    op.drop_table("imprint_word")
    op.drop_table("variant_look")
