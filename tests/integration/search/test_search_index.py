"""The search follows the database: built when missing, rebuilt after a change, rebuilt after damage."""

import shutil
from datetime import UTC, datetime

import pytest
from flask import Flask

from shop.catalogue.models import Pack, Product
from shop.database import db, transaction
from shop.projections.cache_version import catalogue_changed, version
from shop.search import current_index
from shop.search.jobs import follow_the_catalogue
from tests.factories import make_variant

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_index(app: Flask):
    shutil.rmtree(app.extensions["settings"].search_folder, ignore_errors=True)
    app.extensions.pop("search", None)


def names(text: str) -> list[str]:
    hits = [hit.product_id for hit in current_index.search(text, 24).hits]
    return [db.session.get(Product, number).name for number in hits]


def test_a_fresh_disk_gets_its_index_at_the_first_question(context):
    make_variant(categories=("Muscle spasticity",), brand="Lioresal", summary="Eases stiff muscles.")
    make_variant("Methocarbamol", "500 mg")

    assert names("baclofen") == ["Baclofen"]
    assert names("lioresal") == ["Baclofen"]
    assert names("spasticity") == ["Baclofen"]
    assert names("stiff") == ["Baclofen"]
    assert set(names("tablets")) == {"Baclofen", "Methocarbamol"}


def test_a_wrong_spelling_is_near_and_offers_the_right_one(context):
    make_variant()

    found = current_index.search("baclofn", 24)

    assert (found.spelling, found.alternatives) == ("near", ["Baclofen"])


def test_package_codes_and_imprints_are_found(context):
    variant = make_variant(appearance={"shape": "round", "imprint": "WPI 2265"})
    with transaction() as session:
        session.add(
            Pack(variant_id=variant, ndc="0527-1330-01", ndc11="00527133001", labeler="L", description="d")
        )

    assert names("00527133001") == ["Baclofen"]
    assert names("WPI 2265") == ["Baclofen"]


def test_what_is_not_listed_is_not_found(context):
    make_variant(listed=False)

    assert names("baclofen") == []


def test_after_a_change_the_worker_builds_anew_and_only_once(context):
    make_variant()
    current_index.ensure_index(context)
    make_variant("Methocarbamol", "500 mg")
    with transaction():
        catalogue_changed(AT)
        catalogue_changed(AT)

    assert not current_index.index(context).is_current(version().catalogue)
    follow_the_catalogue()

    assert current_index.index(context).is_current(version().catalogue)
    assert current_index.ensure_index(context) is False
    context.extensions.pop("search")  # a reader looks for a newer index once a second; a new one at once
    assert names("methocarbamol") == ["Methocarbamol"]


def test_a_damaged_index_is_built_anew_while_searching(context):
    make_variant()
    assert names("baclofen") == ["Baclofen"]
    folder = context.extensions["settings"].search_folder
    for file in folder.rglob("*"):
        if file.is_file() and file.name != "lock":
            file.unlink()  # cutting a file short that is mapped would end the process
            file.write_bytes(b"damaged")
    context.extensions.pop("search")

    assert names("baclofen") == ["Baclofen"]


def test_a_folder_that_cannot_be_written_leaves_the_store_without_search_but_open(context):
    make_variant()
    folder = context.extensions["settings"].search_folder
    folder.write_text("a file where the folder should be")
    try:
        assert current_index.search("baclofen", 24).spelling == "none"
    finally:
        folder.unlink()


def test_the_command_builds_once_and_says_so(app):
    with app.app_context():
        make_variant()
    runner = app.test_cli_runner()

    built, again, forced = (
        runner.invoke(args=["catalogue", "index", *more]).output for more in ((), (), ("--force",))
    )
    assert built == forced != again
