"""pg_dump: the server's version or newer, or a sentence that says how to get it."""

import pytest

from shop.backup import postgresql
from shop.backup.manifest import BackupRefused


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine without PostgreSQL; `bare(path, "15.1")` puts a pg_dump of that version there."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path / "postgresql")

    def install(folder: str, version: str) -> str:
        path = tmp_path / folder / "pg_dump"
        path.parent.mkdir(parents=True)
        path.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version} (Debian {version}-0+deb12u1)'\n")
        path.chmod(0o755)
        return str(path)

    return install


def test_without_one_the_sentence_says_which_is_needed(bare):
    with pytest.raises(BackupRefused, match=r"\b18\b"):
        postgresql.tool("pg_dump", 18)


def test_an_older_one_is_not_used(bare):
    bare("bin", "15.18")
    with pytest.raises(BackupRefused, match=r"\b15\b"):
        postgresql.tool("pg_dump", 18)


def test_the_one_that_fits_is_found_beside_an_older_one(bare):
    old = bare("bin", "15.18")
    fits = bare("postgresql/18/bin", "18.4")
    assert postgresql.tool("pg_dump", 18) == fits
    assert postgresql.tool("pg_dump", 15) == old


def test_a_store_on_postgresql_without_pg_dump_is_told_so_and_nothing_is_written(
    store, flask, tmp_path, bare
):
    if store.extensions["settings"].database_url.startswith("sqlite"):
        pytest.skip("SQLite needs no tool")
    outcome = flask("backup", "create", "--to", tmp_path / "backups")
    assert outcome.exit_code == 2
    assert "pg_dump" in outcome.output
    assert [path.name for path in (tmp_path / "backups").iterdir()] == [".lock"]
