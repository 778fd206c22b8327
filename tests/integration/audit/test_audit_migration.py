"""The audit record and the versions through migration 0008 and back, with rows in them."""

import pytest
from sqlalchemy import text

from shop.audit.chain import GENESIS, digest
from shop.audit.sealing import seal_audit
from shop.database import db, transaction
from shop.projections.cache_version import offers_changed, version
from tests.integration.audit.audit_hands import AT, broken, recorded, write, write_as_before
from tests.migrating import downgrade, upgrade

pytestmark = pytest.mark.usefixtures("context")


def before_0008() -> None:
    db.session.remove()
    downgrade(revision="0008")
    downgrade(revision="-1")


def chain_by_id() -> list[str]:
    """The hashes, after the rule of a release before 0008 was asserted: each follows the one before by id."""
    previous, hashes = GENESIS, []
    with db.engine.connect() as connection:
        rows = connection.execute(text("SELECT id, previous_hash, hash FROM audit_record ORDER BY id")).all()
        head = connection.execute(text("SELECT hash, length FROM audit_head")).one()
    for row in rows:
        assert row.previous_hash == previous
        previous = row.hash
        hashes.append(row.hash)
    assert (head.hash, head.length) == (previous, len(rows))
    return hashes


def test_records_chained_by_older_code_are_whole_after_the_migration_and_the_chain_goes_on():
    before_0008()
    for number in (1, 2, 3):
        write_as_before(number)
    upgrade()
    assert broken() == []
    write(2, first=4)
    write_as_before(6)  # an old process that still serves
    assert seal_audit() == 6
    assert broken() == []


def test_records_in_the_order_of_their_ids_keep_their_hashes_on_the_way_back():
    for number in (1, 2):
        write_as_before(number)
    seal_audit()
    before_0008()
    hashes = chain_by_id()
    assert hashes[0] == digest(recorded(1), GENESIS)
    upgrade()
    assert broken() == []


def test_unsealed_and_late_records_are_chained_on_the_way_back():
    write(1)
    write_as_before(2)
    seal_audit()  # the second was chained first
    write(2, first=3)
    before_0008()
    assert len(chain_by_id()) == 4
    with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
        connection.execute(text("UPDATE audit_record SET hash = 'other'"))
    upgrade()
    assert broken() == []


def test_no_change_of_offers_is_forgotten_on_the_way_back():
    for _ in range(3):
        with transaction():
            offers_changed(AT)
    before = version().offers
    before_0008()
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT offers FROM catalogue_version")) == before
    upgrade()
    assert version().offers == before
