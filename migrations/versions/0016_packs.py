"""Sale units are packs, lots belong to a pack, extended releases stay apart.

What the directory filed and is sold over the counter, or comes in tubes, vials and sprays, is sold in whole packs
from now on, in the sizes that are known; the next import decides the rest. Lots keep their packs.

Revision 0016, after 0015. 2026-11-29
"""

import json
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from shop.database import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NO_PACK = sa.text("pack_id IS NULL")
MOST_SIZES, MOST_UNITS = 8, 1000
CLOSED = (
    "SELECT variant.id FROM variant JOIN product ON product.id = variant.product_id WHERE product.origin = 'ndc' "
    "AND (NOT product.prescription_required OR NOT (product.unit = 'pill' OR (product.unit = 'mL' AND "
    "(product.form LIKE 'oral%' OR product.form LIKE '%syrup' OR product.form LIKE '%elixir'))))"
)


def upgrade():
    op.add_column("product", sa.Column("release", sa.String(40)))
    with op.batch_alter_table("variant") as table:
        table.alter_column("strength", type_=sa.String(120), existing_type=sa.String(80), existing_nullable=False)
        table.add_column(sa.Column("sold_as", sa.String(8), nullable=False, server_default="counted"))
        table.add_column(sa.Column("content", sa.BigInteger()))
        table.add_column(sa.Column("content_unit", sa.String(2)))
    op.create_table(
        "release_join",
        sa.Column("ingredients", sa.String(400), primary_key=True),
        sa.Column("release", sa.String(40), primary_key=True),
        sa.Column("joins", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
    )
    with op.batch_alter_table("lot") as table:
        table.drop_constraint(op.f("uq_lot_variant_id_number"), type_="unique")
        table.add_column(sa.Column("pack_size", sa.Integer()))
    op.execute("UPDATE lot SET pack_size = (SELECT size FROM pack WHERE pack.id = lot.pack_id)")
    op.create_index("uq_lot_pack_number", "lot", ["pack_id", "number"], unique=True)
    op.create_index(
        "uq_lot_variant_number", "lot", ["variant_id", "number"], unique=True,
        sqlite_where=NO_PACK, postgresql_where=NO_PACK,
    )
    _close(op.get_bind())


def _close(connection):
    """Sizes of known packs as what is sold of them, ascending."""
    sizes = defaultdict(set)
    packs = sa.text(f"SELECT variant_id, size FROM pack WHERE size <= {MOST_UNITS} AND variant_id IN ({CLOSED})")
    for variant_id, size in connection.execute(packs):
        sizes[variant_id].add(size)
    closed = [number for (number,) in connection.execute(sa.text(CLOSED))]
    rows = [
        {"number": number, "steps": json.dumps(sorted(sizes[number])[:MOST_SIZES])} for number in closed
    ]
    if rows:
        connection.execute(
            sa.text("UPDATE variant SET sold_as = 'closed', quantities = :steps WHERE id = :number"), rows
        )


def downgrade():
    op.drop_index("uq_lot_variant_number", "lot")
    op.drop_index("uq_lot_pack_number", "lot")
    with op.batch_alter_table("lot") as table:
        table.create_unique_constraint(op.f("uq_lot_variant_id_number"), ["variant_id", "number"])
        table.drop_column("pack_size")
    op.drop_table("release_join")
    with op.batch_alter_table("variant") as table:
        table.drop_column("content_unit")
        table.drop_column("content")
        table.drop_column("sold_as")
        table.alter_column("strength", type_=sa.String(80), existing_type=sa.String(120), existing_nullable=False)
    op.drop_column("product", "release")
