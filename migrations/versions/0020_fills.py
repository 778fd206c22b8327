"""A prescription is taken in fills; what was taken of it before is put into fills in the order of time.

An order that took more than one fill at once becomes a fill that combines several.

Revision 0020, after 0019. 2026-11-29
"""

from contextlib import contextmanager
from datetime import date
from math import ceil

import sqlalchemy as sa
from alembic import op

from shop.clock import business_date
from shop.database import Key, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ENTRIES = "prescription_quantity_entry"
FOREIGN_KEY = "fk_prescription_quantity_entry_fill_id_prescription_fill"
AT_ONCE = 500


def upgrade():
    op.create_table(
        "prescription_fill",
        sa.Column("id", Key, primary_key=True),
        sa.Column("item_id", Key, sa.ForeignKey("prescription_item.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_by", Key, sa.ForeignKey("user.id")),
        sa.Column("reason", sa.String(40)),
        sa.UniqueConstraint("item_id", "number"),
        sa.CheckConstraint("number > 0 AND count > 0 AND quantity > 0", name="positive"),
        sa.CheckConstraint("taken >= 0 AND taken <= quantity", name="taken_within_quantity"),
        sa.CheckConstraint("(opened_by IS NULL) = (reason IS NULL)", name="opened_with_reason"),
    )
    with _changeable():
        with op.batch_alter_table(ENTRIES) as table:
            table.add_column(sa.Column("fill_id", Key))
            table.create_foreign_key(op.f(FOREIGN_KEY), "prescription_fill", ["fill_id"], ["id"])
        _put_into_fills()


@contextmanager
def _changeable():
    """Within, the ledger is not append-only: its rows learn their fill. SQLite rebuilds the table besides."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for change in ("update", "delete"):
        on = f" ON {ENTRIES}" if postgresql else ""
        op.execute(sa.text(f"DROP TRIGGER {ENTRIES}_no_{change}{on}"))
    yield
    for change in ("update", "delete"):
        body = f"BEGIN SELECT RAISE(ABORT, '{ENTRIES} is append-only'); END"
        if postgresql:
            body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        op.execute(
            sa.text(f"CREATE TRIGGER {ENTRIES}_no_{change} BEFORE {change.upper()} ON {ENTRIES} {body}")
        )


ITEM = sa.table("prescription_item", sa.column("id", Key), sa.column("quantity"), sa.column("taken"))
FILL = sa.table(
    "prescription_fill",
    *(sa.column(name) for name in ("id", "item_id", "number", "count", "quantity", "taken")),
    sa.column("opened_on", sa.Date()),
)
ENTRY = sa.table(
    ENTRIES,
    *(sa.column(name) for name in ("id", "item_id", "fill_id", "order_line_id", "kind", "quantity")),
    sa.column("at", UtcDateTime),
)


def _put_into_fills():
    bind, last = op.get_bind(), 0
    while True:
        items = bind.execute(
            sa.select(ITEM.c.id, ITEM.c.quantity)
            .where(ITEM.c.id > last, ITEM.c.taken > 0)
            .order_by(ITEM.c.id)
            .limit(AT_ONCE)
        ).all()
        if not items:
            return
        for item in items:
            _fills_of(bind, item.id, item.quantity)
        last = items[-1].id


def _fills_of(bind, item_id: int, quantity: int):
    entries = bind.execute(sa.select(ENTRY).where(ENTRY.c.item_id == item_id).order_by(ENTRY.c.id)).all()
    released = {entry.order_line_id for entry in entries if entry.kind == "released"}
    fills: list[dict] = []
    lines: dict[int, dict] = {}
    for entry in entries:
        if entry.kind != "held" or entry.order_line_id in released:
            continue
        if not fills or fills[-1]["taken"] == fills[-1]["quantity"]:
            fills.append(_begun(item_id, fills, business_date(entry.at)))
        fill = fills[-1]
        fill["taken"] += entry.quantity
        fill["count"] = ceil(fill["taken"] / quantity)
        fill["quantity"] = fill["count"] * quantity
        lines[entry.order_line_id] = fill
    for fill in fills:
        fill["id"] = bind.execute(FILL.insert().values(**fill).returning(FILL.c.id)).scalar_one()
    for line_id, fill in lines.items():
        of_line = (ENTRY.c.item_id == item_id) & (ENTRY.c.order_line_id == line_id)
        bind.execute(ENTRY.update().where(of_line).values(fill_id=fill["id"]))


def _begun(item_id: int, fills: list[dict], on: date) -> dict:
    number = fills[-1]["number"] + fills[-1]["count"] if fills else 1
    return {"item_id": item_id, "number": number, "count": 1, "quantity": 0, "taken": 0, "opened_on": on}


def downgrade():
    with _changeable(), op.batch_alter_table(ENTRIES) as table:
        table.drop_constraint(op.f(FOREIGN_KEY), type_="foreignkey")
        table.drop_column("fill_id")
    op.drop_table("prescription_fill")
