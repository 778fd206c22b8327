"""Audit records are sealed after their commit, and changes of prices and stock are counted in sixteen rows.

A record is added without its place in the chain; a trigger allows one change of it, from unsealed to sealed.
Code of before goes on chaining its own records meanwhile (`audit_head` is where both meet), and goes on
counting offers in `catalogue_version`; it does not see what is counted in `offers_version`.

Revision 0008, after 0007. 2026-11-29
"""

import sqlalchemy as sa
from alembic import op

from shop.audit.chain import GENESIS, digest, signature
from shop.database import Key, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

OFFER_ROWS = 16
KEPT = ("id", "at", "event", "actor_id", "subject_type", "subject_id", "detail")
SEALED, UNSEALED = sa.text("position IS NOT NULL"), sa.text("position IS NULL")

RECORD = sa.table(
    "audit_record", sa.column("id", Key), sa.column("at", UtcDateTime), sa.column("event"),
    sa.column("actor_id"), sa.column("subject_type"), sa.column("subject_id"), sa.column("detail", sa.JSON),
    sa.column("position", Key), sa.column("previous_hash"), sa.column("hash"),
)


def upgrade():
    _drop_triggers()
    with op.batch_alter_table("audit_record") as table:  # SQLite rebuilds the table, without its triggers
        table.add_column(sa.Column("position", Key, nullable=True))
        table.alter_column("previous_hash", existing_type=sa.String(64), nullable=True)
        table.alter_column("hash", existing_type=sa.String(64), nullable=True)
    op.create_index("uq_audit_record_position", "audit_record", ["position"], unique=True,
                    sqlite_where=SEALED, postgresql_where=SEALED)
    op.create_index("ix_audit_record_unsealed", "audit_record", ["id"],
                    sqlite_where=UNSEALED, postgresql_where=UNSEALED)
    _allow_sealing()
    _refuse("delete")
    for column in (sa.Column("signed_length", sa.Integer()), sa.Column("signed_hash", sa.String(64)),
                   sa.Column("signature", sa.String(120))):
        op.add_column("audit_head", column)
    length, end = op.get_bind().execute(sa.text("SELECT length, hash FROM audit_head")).one()
    op.get_bind().execute(
        sa.text("UPDATE audit_head SET signed_length = :length, signed_hash = :end, signature = :signature"),
        {"length": length, "end": end, "signature": signature(length, end)},
    )
    offers = op.create_table(
        "offers_version",
        sa.Column("id", Key, primary_key=True),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
    )
    op.bulk_insert(offers, [{"id": number, "changes": 0} for number in range(1, OFFER_ROWS + 1)])


def downgrade():
    op.execute(sa.text(
        "UPDATE catalogue_version SET offers = offers + (SELECT sum(changes) FROM offers_version)"
    ))
    op.drop_table("offers_version")
    _drop_triggers()
    _chain_by_id()
    for column in ("signature", "signed_hash", "signed_length"):
        op.drop_column("audit_head", column)
    op.drop_index("ix_audit_record_unsealed", "audit_record")
    op.drop_index("uq_audit_record_position", "audit_record")
    with op.batch_alter_table("audit_record") as table:
        table.alter_column("hash", existing_type=sa.String(64), nullable=False)
        table.alter_column("previous_hash", existing_type=sa.String(64), nullable=False)
        table.drop_column("position")
    _refuse("update")
    _refuse("delete")


def _chain_by_id():
    """The code of before walks by id: from the first record out of that order on, the chain is made anew."""
    bind = op.get_bind()
    previous, count, anew = GENESIS, 0, False
    for row in bind.execute(sa.select(RECORD).order_by(RECORD.c.id)).all():
        count += 1
        if not anew and (row.hash is None or row.position not in (None, count)):
            bind.execute(sa.update(RECORD).where(RECORD.c.id >= row.id).values(previous_hash=None, hash=None))
            anew = True
        end = digest(row, previous) if anew else row.hash
        if anew:
            bind.execute(sa.update(RECORD).where(RECORD.c.id == row.id).values(previous_hash=previous, hash=end))
        previous = end
    bind.execute(sa.text("UPDATE audit_head SET length = :length, hash = :end"), {"length": count, "end": previous})


# --- Triggers -------------------------------------------------------------------------------------------


def _allow_sealing():
    if _postgresql():
        op.execute(sa.text("""
            CREATE OR REPLACE FUNCTION refuse_all_but_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE sealed audit_record%ROWTYPE := OLD;
            BEGIN
                sealed.position := NEW.position;
                IF OLD.hash IS NULL AND OLD.previous_hash IS NULL THEN
                    sealed.hash := NEW.hash;
                    sealed.previous_hash := NEW.previous_hash;
                END IF;
                IF OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.hash IS NOT NULL
                    AND NEW.previous_hash IS NOT NULL AND sealed::text = NEW::text
                THEN RETURN NEW; END IF;
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
            END $$
        """))
        op.execute(sa.text(
            "CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record"
            " FOR EACH ROW EXECUTE FUNCTION refuse_all_but_sealing()"
        ))
        return
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
    op.execute(sa.text(f"""
        CREATE TRIGGER audit_record_no_update BEFORE UPDATE ON audit_record
        WHEN NOT (
            OLD.position IS NULL AND NEW.position IS NOT NULL
            AND NEW.hash IS NOT NULL AND NEW.previous_hash IS NOT NULL
            AND (OLD.hash IS NULL AND OLD.previous_hash IS NULL
                 OR NEW.hash IS OLD.hash AND NEW.previous_hash IS OLD.previous_hash)
            AND {same}
        )
        BEGIN SELECT RAISE(ABORT, 'audit_record is append-only'); END
    """))


def _refuse(change):
    if _postgresql():
        body = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    else:
        body = "BEGIN SELECT RAISE(ABORT, 'audit_record is append-only'); END"
    op.execute(sa.text(
        f"CREATE TRIGGER audit_record_no_{change} BEFORE {change.upper()} ON audit_record {body}"
    ))


def _drop_triggers():
    on = " ON audit_record" if _postgresql() else ""
    for change in ("update", "delete"):
        op.execute(sa.text(f"DROP TRIGGER IF EXISTS audit_record_no_{change}{on}"))
    if _postgresql():
        op.execute(sa.text("DROP FUNCTION IF EXISTS refuse_all_but_sealing"))


def _postgresql():
    return op.get_bind().dialect.name == "postgresql"
