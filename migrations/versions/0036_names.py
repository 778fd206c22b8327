"""Stored names in US spelling and the usual words: authorized, canceled, color, appearance, requested, notified.

The release before can't read these tables: stop the store first (docs/operate.md, Upgrade). What is sealed
or hashed keeps its bytes: no name below is part of any.

Revision 0036, after 0035. 2026-11-30
"""

import sqlalchemy as sa
from alembic import op

from shop.database import Key

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None
stops_the_store = True

COLUMNS = (
    ("account_deletion", "asked_at", "requested_at"),
    ("fact_change", "asked_at", "requested_at"),
    ("fact_change", "asked_by", "requested_by"),
    ("fact_change", "was_figure", "previous_figure"),
    ("fact_change", "was_weight", "previous_weight"),
    ("listing", "look", "appearance"),
    ("patient", "find_key", "search_key"),
    ("payment", "authorised_at", "authorized_at"),
    ("prescriber", "find_name", "search_name"),
    ("prescription_item", "authorised", "authorized"),
    ("product", "safety_why", "safety_reason"),
    ("stock_notice", "asked_at", "requested_at"),
    ("stock_notice", "told_at", "notified_at"),
)
WEIGHTS = "('stops', 'needs', 'advice')"
CODES = (  # table, column, before, since
    ("order", "status", "cancelled", "canceled"),
    ("order_event", "event", "cancelled", "canceled"),
    ("payment", "state", "authorised", "authorized"),
)
APPEARANCE = {"before": ("variant_look", "colour"), "since": ("variant_appearance", "color")}
SEARCHES = {"before": "search_miss", "since": "search_log"}


def upgrade():
    _rename("before", "since")


def downgrade():
    _rename("since", "before")


def _rename(was: str, now: str):
    forward = now == "since"
    _drop_indexes(was)
    for table, *names in COLUMNS:
        old, new = names if forward else names[::-1]
        op.execute(sa.text(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}"))
    _known_codes(None)
    for table, column, *codes in CODES:
        old, new = codes if forward else codes[::-1]
        op.execute(sa.text(f"UPDATE \"{table}\" SET {column} = '{new}' WHERE {column} = '{old}'"))
    _known_codes(now)
    _name_checks(was, now)
    _create_indexes(now)
    _copy_appearances(was, now)
    _name_appearance_keys(forward)
    _copy_searches(was, now)


def _words(side: str) -> dict[str, str]:
    """The words of one side by what they are about."""
    since = side == "since"
    return {
        "authorized": "authorized" if since else "authorised",
        "canceled": "canceled" if since else "cancelled",
        "requested": "requested" if since else "asked",
        "notified": "notified" if since else "told",
        "previous": "previous" if since else "was",
        "search": "search" if since else "find",
    }


def _indexes(side: str) -> list[tuple[str, str, list[str], dict]]:
    """Those whose name or condition has one of the words: name, table, columns, the rest."""
    words = _words(side)
    authorized = f"state = '{words['authorized']}'"
    alive = f"state IN ('opening', 'open', '{words['authorized']}', 'capturing', 'captured')"
    ended = f"status IN ('{words['canceled']}', 'expired')"
    return [
        (
            f"ix_payment_{words['authorized']}",
            "payment",
            [f"{words['authorized']}_at"],
            _where(authorized),
        ),
        ("uq_payment_alive", "payment", ["order_id"], _where(alive) | {"unique": True}),
        ("ix_order_ended", "order", ["created_at"], _where(ended)),
        (
            f"ix_fact_change_{words['requested']}_at",
            "fact_change",
            [f"{words['requested']}_at", "id"],
            {},
        ),
        (f"ix_patient_{words['search']}_key", "patient", [f"{words['search']}_key"], {}),
        (f"ix_prescriber_{words['search']}_name", "prescriber", [f"{words['search']}_name"], {}),
        (f"ix_stock_notice_{words['notified']}_at", "stock_notice", [f"{words['notified']}_at"], {}),
    ]


def _where(condition: str) -> dict:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _drop_indexes(side: str):
    for name, table, _, _ in _indexes(side):
        op.drop_index(name, table)


def _create_indexes(side: str):
    for name, table, columns, rest in _indexes(side):
        op.create_index(name, table, columns, **rest)


def _known_codes(side: str | None):
    """The CHECKs of the renamed codes; none while the rows change (`side` is None)."""
    if side is None:
        for table, name in (("order", "ck_order_status_known"), ("payment", "ck_payment_state_known")):
            with op.batch_alter_table(table) as batch:
                batch.drop_constraint(op.f(name), type_="check")
        return
    words = _words(side)
    statuses = ("awaiting_payment", "placed", "packed", "shipped", words["canceled"], "expired")
    states = ("opening", "open", words["authorized"], "capturing", "captured")
    states += ("releasing", "refunded", "voided", "expired", "failed")
    for table, name, column, codes in (
        ("order", "ck_order_status_known", "status", statuses),
        ("payment", "ck_payment_state_known", "state", states),
    ):
        listed = ", ".join(f"'{code}'" for code in codes)
        with op.batch_alter_table(table) as batch:
            batch.create_check_constraint(op.f(name), f"{column} IN ({listed})")


def _name_checks(was: str, now: str):
    """CHECKs named after a column. SQLite and PostgreSQL renamed the column within them already."""
    before, since = _words(was), _words(now)
    authorized, previous = since["authorized"], since["previous"]
    with op.batch_alter_table("prescription_item") as batch:
        for name in ("{}_follows", "taken_within_{}"):
            batch.drop_constraint(
                op.f(f"ck_prescription_item_{name.format(before['authorized'])}"), type_="check"
            )
        batch.create_check_constraint(
            op.f(f"ck_prescription_item_{authorized}_follows"), f"{authorized} = quantity * (1 + refills)"
        )
        batch.create_check_constraint(
            op.f(f"ck_prescription_item_taken_within_{authorized}"), f"taken >= 0 AND taken <= {authorized}"
        )
    with op.batch_alter_table("fact_change") as batch:
        batch.drop_constraint(op.f(f"ck_fact_change_{before['previous']}_weight_known"), type_="check")
        batch.create_check_constraint(
            op.f(f"ck_fact_change_{previous}_weight_known"),
            f"{previous}_weight IS NULL OR {previous}_weight IN {WEIGHTS}",
        )


def _copy_appearances(was: str, now: str):
    (old, old_color), (new, color) = APPEARANCE[was], APPEARANCE[now]
    op.create_table(
        new,
        sa.Column(
            "variant_id",
            Key,
            sa.ForeignKey("variant.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("imprint", sa.String(60)),
        sa.Column("shape", sa.String(20)),
        sa.Column(color, sa.String(12)),
        sa.Column(f"{color}2", sa.String(12)),
    )
    op.execute(
        sa.text(
            f"INSERT INTO {new} (variant_id, imprint, shape, {color}, {color}2)"
            f" SELECT variant_id, imprint, shape, {old_color}, {old_color}2 FROM {old}"
        )
    )
    op.drop_table(old)
    gray, grey = ("gray", "grey") if color == "color" else ("grey", "gray")
    for column in (color, f"{color}2"):
        op.execute(sa.text(f"UPDATE {new} SET {column} = '{gray}' WHERE {column} = '{grey}'"))
    op.create_index(f"ix_{new}_imprint", new, ["imprint"])
    for columns in (["shape"], ["shape", color], ["shape", f"{color}2"], [color], [f"{color}2"]):
        op.create_index(f"ix_{new}_{'_'.join(columns)}", new, [*columns, "variant_id"])


def _name_appearance_keys(forward: bool):
    """The same words in the documents of `appearance`: keys, and the one color that was spelled another way.

    In JSON a quotation mark within a text is escaped, so `"colour":` is a key wherever it stands.
    """
    pairs = [('"colour":', '"color":'), ('"colour2":', '"color2":')]
    pairs += [(f'"{key}": "grey"', f'"{key}": "gray"') for key in ("color", "color2")]
    if not forward:
        pairs = [pair[::-1] for pair in pairs[::-1]]
    postgresql = op.get_bind().dialect.name == "postgresql"
    for table, column in (("variant", "appearance"), ("listing", "appearance" if forward else "look")):
        text = f"CAST({column} AS TEXT)"
        for old, new in pairs:
            text = f"replace({text}, '{old}', '{new}')"
        made = f"CAST({text} AS JSON)" if postgresql else text
        some = f"CAST({column} AS TEXT) LIKE '%colo%'"
        op.execute(sa.text(f"UPDATE {table} SET {column} = {made} WHERE {some}".replace(":", "\\:")))


def _copy_searches(was: str, now: str):
    old, new = SEARCHES[was], SEARCHES[now]
    op.create_table(
        new,
        sa.Column("id", Key, primary_key=True),
        sa.Column("words", sa.String(100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.UniqueConstraint("words", "day"),
    )
    op.execute(sa.text(f"INSERT INTO {new} (words, day, count) SELECT words, day, count FROM {old} ORDER BY id"))
    op.drop_table(old)
