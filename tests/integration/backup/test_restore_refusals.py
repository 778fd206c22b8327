"""A restore is refused before anything is written, and a damaged backup is found before that."""

import json

import pytest

from shop.backup import manifest as manifests


@pytest.fixture
def made(store, create):
    return create()


def flip(path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_database(made):
    flip(made / manifests.read(made).database_file)


def damage_document(made):
    flip(next((made / "vault").iterdir()))


def lose_document(made):
    next((made / "vault").iterdir()).unlink()


def lose_manifest(made):
    (made / manifests.NAME).unlink()


def cut_manifest(made):
    content = (made / manifests.NAME).read_bytes()
    (made / manifests.NAME).write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    "damage", [damage_database, damage_document, lose_document, lose_manifest, cut_manifest]
)
def test_a_damaged_backup_is_not_restored(made, flask, empty_place, damage):
    damage(made)
    options, instance, _url = empty_place()
    assert flask("backup", "restore", made, *options).exit_code == 1
    assert not instance.exists()


def edit(made, **changes) -> None:
    said = json.loads((made / manifests.NAME).read_text())
    (made / manifests.NAME).write_text(json.dumps(said | changes))


def test_the_backup_of_a_newer_release_is_refused(made, flask, empty_place):
    edit(made, revision="9999")
    options, instance, _url = empty_place()
    outcome = flask("backup", "restore", made, *options)
    assert outcome.exit_code == 2
    assert "9999" in outcome.output
    assert not instance.exists()


def test_rows_that_did_not_come_along_are_found(made, flask, empty_place):
    edit(made, rows=manifests.read(made).rows | {"order": 4})
    options, _instance, _url = empty_place()
    assert flask("backup", "restore", made, *options).exit_code == 1


def test_a_folder_that_holds_something_is_left_alone(made, flask, empty_place):
    options, instance, _url = empty_place()
    instance.mkdir()
    (instance / "formulary.sqlite3").write_bytes(b"somebody's store")
    assert flask("backup", "restore", made, *options).exit_code == 2
    assert [path.name for path in instance.iterdir()] == ["formulary.sqlite3"]


def test_a_place_of_the_other_kind_is_refused(made, flask, empty_place, tmp_path):
    _options, instance, _url = empty_place()
    other = "postgresql://h/d" if manifests.read(made).database == "sqlite" else f"sqlite:///{tmp_path / 'x'}"
    assert flask("backup", "restore", made, "--into", instance, "--database-url", other).exit_code == 2
    assert not instance.exists()


def test_a_database_that_holds_tables_is_left_alone(made, flask, empty_place):
    options, instance, url = empty_place()
    if not url.startswith("postgresql"):
        pytest.skip("a file is a new one")
    assert flask("backup", "restore", made, *options).exit_code == 0
    again = ["--into", instance.with_name("again"), *options[2:]]
    assert flask("backup", "restore", made, *again).exit_code == 2
    assert not instance.with_name("again").exists()


def test_a_postgresql_backup_needs_a_database(made, flask, empty_place):
    if manifests.read(made).database == "sqlite":
        pytest.skip("it needs a folder only")
    _options, instance, _url = empty_place()
    assert flask("backup", "restore", made, "--into", instance).exit_code == 2
