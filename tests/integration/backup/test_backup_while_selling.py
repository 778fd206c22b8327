"""A backup while somebody sells: every order committed before it, none begun after its moment."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from shop.backup import creating, databases
from shop.backup import manifest as manifests
from shop.database import db
from shop.environment import database_url
from shop.vault.current import current_vault

SELLER = Path(__file__).with_name("seller.py")
PATIENCE_SECONDS = 120


class Seller:
    """The selling process; `sold` are the orders it has committed so far."""

    def __init__(self, app, people: tuple[int, int, int]) -> None:
        settings = app.extensions["settings"]
        place = [str(settings.instance), settings.database_url, settings.vault_keys]
        self.process = subprocess.Popen(
            [sys.executable, str(SELLER), *place, *map(str, people)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.sold: list[str] = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.sold.append(line.strip())

    def wait_for(self, more: int) -> None:
        """Until so many more orders are committed."""
        wanted, deadline = len(self.sold) + more, time.monotonic() + PATIENCE_SECONDS
        while len(self.sold) < wanted:
            assert self.process.poll() is None, "the seller ended"
            assert time.monotonic() < deadline, "the seller waits for the backup"
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait(PATIENCE_SECONDS)
        self.reader.join(PATIENCE_SECONDS)
        self.process.stdout.close()


@pytest.fixture
def seller(context, people):
    db.session.remove()
    one = Seller(context, people)
    yield one
    if one.process.poll() is None:
        one.stop()


def test_a_backup_while_selling_loses_no_order_that_was_there(
    context, seller, flask, tmp_path, empty_place, monkeypatch
):
    """Selling goes on after the moment was fixed, while it is copied, and between database and documents."""
    monkeypatch.setattr(databases, "PAGES_A_STEP", 20)
    seller.wait_for(10)
    before = set(seller.sold)
    after: list[int] = []

    def progress(said: str) -> None:
        if said.startswith(("copying", "database")):
            seller.wait_for(2)
            after.append(len(seller.sold))

    made = creating.create(db.engine, current_vault(), tmp_path / "backups", progress)
    seller.wait_for(2)
    seller.stop()
    assert seller.process.returncode == 0
    assert len(after) >= 2

    options, _instance, url = empty_place()
    outcome = flask("backup", "restore", made, *options)
    assert outcome.exit_code == 0, outcome.output
    restored = numbers(url)
    assert before <= restored <= set(seller.sold)
    assert not restored & set(seller.sold[after[0] :])  # the moment was before these
    assert manifests.read(made).rows["order"] == len(restored)
    assert manifests.read(made).missing == []


def numbers(url: str) -> set[str]:
    engine = create_engine(database_url(url))
    try:
        with engine.connect() as connection:
            return set(connection.scalars(text('SELECT number FROM "order"')))
    finally:
        engine.dispose()
