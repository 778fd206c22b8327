"""What a killed process left behind goes; what a row names, or somebody is still writing, stays."""

import os
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest

from shop.clock import now
from shop.database import transaction
from shop.maintenance import sweeping
from shop.prescriptions.document_models import DocumentPage, PrescriptionDocument
from shop.prescriptions.uploads import documents, files
from shop.vault.current import current_vault
from tests.integration.maintenance.history import send_document


@pytest.fixture(autouse=True)
def clean(context):
    vault = current_vault()
    for file_id in [*vault.file_ids()]:
        vault.delete(file_id)
    for file_id, _ in [*vault.deleted()]:
        vault.purge(file_id)


@pytest.fixture
def vault(context):
    return current_vault()


def stored(vault, hours: float) -> str:
    """An encrypted file that was written so many hours ago and that no row names."""
    file_id = uuid4().hex
    vault.store(file_id, b"page")
    age(vault.folder / file_id, hours)
    return file_id


def age(path, hours: float) -> None:
    then = (now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


def name(file_id: str, user_id: int) -> None:
    """Commit a row that names the file."""
    with transaction() as session:
        page = DocumentPage(number=1, file_id=file_id, media_type="image/png", width=1, height=1)
        session.add(
            PrescriptionDocument(
                reference=uuid4().hex,
                user_id=user_id,
                filename="x",
                size_bytes=1,
                uploaded_at=now(),
                state="ready",
                pages=[page],
            )
        )


def test_an_orphan_goes_after_a_day_and_is_erased_after_another(vault):
    old, young = stored(vault, hours=25), stored(vault, hours=23)
    assert sweeping.sweep(now()) == {"vault_orphan": 1}
    assert set(vault.file_ids()) == {young}
    assert sweeping.sweep(now()) == {}  # a deleted file stays for a day: a backup may still need it
    age(vault.folder / "deleted" / old, 25)
    assert sweeping.sweep(now()) == {"vault_deleted": 1}
    assert not list(vault.deleted())


def test_a_document_that_a_row_names_is_never_swept_however_old(vault, make_user):
    send_document(make_user())
    (file_id,) = vault.file_ids()
    age(vault.folder / file_id, 24 * 365)
    assert sweeping.sweep(now()) == {}
    assert vault.read(file_id)


def test_a_row_that_comes_after_the_sweeper_looked_gets_its_document_back(vault, make_user):
    file_id, user_id = stored(vault, hours=25), make_user()
    found = list(sweeping.litter(now()))  # the sweeper has decided …
    name(file_id, user_id)  # … when the upload commits
    for one in found:
        one.remove()
    assert not vault.exists(file_id)
    age(vault.folder / "deleted" / file_id, 25)
    assert sweeping.sweep(now()) == {"vault_put_back": 1}
    assert vault.read(file_id) == b"page"


def test_a_document_being_sent_is_not_touched(vault, make_user):
    """The file is written, its row is not committed yet: the sweeper that looks in between sees no orphan."""
    user_id = make_user()
    with files.keep_files([files.SentFile("a.png", 4, BytesIO(b"page"), 0)]) as (file,):
        assert sweeping.sweep(now()) == {}
        with transaction():
            documents.add(user_id, [file], None, now())
    assert sweeping.sweep(now() + timedelta(hours=48)) == {}
    assert vault.read(file.file_id) == b"page"


def test_unfinished_files_go_after_an_hour_and_not_before(context, vault):
    settings = context.extensions["settings"]
    settings.mail_folder.mkdir(exist_ok=True)
    (settings.pages_folder / "0a").mkdir(parents=True, exist_ok=True)
    places = {
        "vault_part": vault.folder / f".{uuid4().hex}.0a1b2c3d.part",
        "mail_part": settings.mail_folder / "2026-11-27T100000Z-abc.17.part",
        "page_part": settings.pages_folder / "0a" / "new-abc",
    }
    for path in places.values():
        path.write_bytes(b"half")
        age(path, 0.9)
    whole = [settings.mail_folder / "2026-11-27T100000Z-abc.eml", settings.pages_folder / "0a" / "10"]
    for path in whole:
        path.write_bytes(b"whole")
        age(path, 1000)
    assert sweeping.sweep(now()) == {}
    for path in places.values():
        age(path, 1.1)
    assert sweeping.sweep(now()) == dict.fromkeys(places, 1)
    assert all(path.exists() for path in whole)
    for path in whole:
        path.unlink()


def test_a_dry_run_says_what_would_go_and_removes_nothing(context, vault):
    file_id = stored(vault, hours=25)
    outcome = context.test_cli_runner().invoke(args=["sweep", "--dry-run"])
    assert outcome.exit_code == 0
    assert file_id in outcome.output
    assert vault.exists(file_id)
    context.test_cli_runner().invoke(args=["sweep"])
    assert not vault.exists(file_id)


def test_a_forgotten_document_can_be_backed_up_for_another_day(vault, make_user):
    user_id = make_user()
    reference = send_document(user_id)
    (file_id,) = vault.file_ids()
    with transaction():
        documents.remove_draft(user_id, reference, now())
    vault.delete(file_id)  # what the job erase_files does
    with vault.open_sealed(file_id) as sealed:
        assert sealed.read(5) == b"FVLT1"
