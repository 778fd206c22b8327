"""Room for a country's medicines: identities of imported products, price rules, the table of lists.

Revision 0003, after 0002. 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("catalogue_version", sa.Column("offers", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("category") as table:
        table.alter_column("name", type_=sa.String(120), existing_type=sa.String(80), existing_nullable=False)
    op.add_column("product", sa.Column("origin", sa.String(8), nullable=False, server_default="hand"))
    op.add_column("product", sa.Column("identity", sa.String(40), nullable=True))
    op.add_column("product", sa.Column("equivalence", sa.String(40), nullable=True))
    op.add_column("product", sa.Column("withdrawn_on", sa.Date(), nullable=True))
    op.add_column("product", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_product_identity", "product", ["identity"], unique=True)
    op.create_index("ix_product_equivalence", "product", ["equivalence"])
    op.create_index("ix_product_changed_at", "product", ["changed_at"])
    op.drop_index("ix_product_listed_name", "product")
    listed = sa.text("listed_at IS NOT NULL")
    op.create_index(
        "ix_product_listed_name", "product", ["name"], sqlite_where=listed, postgresql_where=listed
    )
    op.add_column("variant", sa.Column("price_breaks", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("variant", sa.Column("price_basis", sa.String(8), nullable=False, server_default="fixed"))
    with op.batch_alter_table("pack") as table:
        table.add_column(sa.Column("withdrawn_on", sa.Date(), nullable=True))
        table.alter_column(
            "description", type_=sa.String(1000), existing_type=sa.String(500), existing_nullable=False
        )
    op.add_column("acquisition_price", sa.Column("ends_on", sa.Date(), nullable=True))
    _tables()


def _tables():
    op.create_table(
        "price_rule",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("product_id", KEY, sa.ForeignKey("product.id", name="fk_price_rule_product_id"), nullable=True),
        sa.Column("mark_up", sa.BigInteger(), nullable=True),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("fixed_price", sa.BigInteger(), nullable=True),
        sa.Column("breaks", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("product_id", name="uq_price_rule_product_id"),
        sa.CheckConstraint("(fixed_price IS NULL) <> (mark_up IS NULL)", name="ck_price_rule_one_way_of_pricing"),
        sa.CheckConstraint("fixed_price > 0", name="ck_price_rule_fixed_price_positive"),
        sa.CheckConstraint("mark_up >= 0 AND fee >= 0", name="ck_price_rule_nothing_negative"),
    )
    op.create_table(
        "listing",
        sa.Column("product_id", KEY, sa.ForeignKey("product.id", name="fk_listing_product_id", ondelete="CASCADE"),
                  primary_key=True, autoincrement=False),
        sa.Column("market", sa.String(2), nullable=False),
        sa.Column("strengths", sa.String(200), nullable=False),
        sa.Column("look", sa.JSON(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("varies", sa.Boolean(), nullable=False),
        sa.Column("per_measure", sa.BigInteger(), nullable=True),
        sa.Column("measure_unit", sa.String(40), nullable=False),
        sa.Column("packs", sa.String(80), nullable=False),
        sa.Column("example_quantity", sa.Integer(), nullable=False),
        sa.Column("example_cents", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("sold", sa.JSON(), nullable=False),
    )
    op.create_table(
        "mail_exclusion",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("ingredient", sa.String(200), nullable=False),
        sa.Column("form", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.UniqueConstraint("ingredient", "form", name="uq_mail_exclusion_ingredient_form"),
    )
    op.create_table(
        "search_miss",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("words", sa.String(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("words", "day", name="uq_search_miss_words_day"),
    )


def downgrade():
    for name in ("search_miss", "mail_exclusion", "listing", "price_rule"):
        op.drop_table(name)
    names = ("ix_product_identity", "ix_product_equivalence", "ix_product_changed_at", "ix_product_listed_name")
    for name in names:
        op.drop_index(name, "product")
    op.create_index("ix_product_listed_name", "product", ["listed_at", "name"])
    for table, column in (
        ("acquisition_price", "ends_on"), ("pack", "withdrawn_on"),
        ("variant", "price_breaks"), ("variant", "price_basis"), ("product", "origin"),
        ("product", "identity"), ("product", "equivalence"), ("product", "withdrawn_on"),
        ("product", "changed_at"), ("catalogue_version", "offers"),
    ):
        op.drop_column(table, column)
    with op.batch_alter_table("pack") as table:
        table.alter_column(
            "description", type_=sa.String(500), existing_type=sa.String(1000), existing_nullable=False
        )
    with op.batch_alter_table("category") as table:
        table.alter_column("name", type_=sa.String(80), existing_type=sa.String(120), existing_nullable=False)
