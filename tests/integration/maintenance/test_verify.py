"""`flask verify` says yes to a store as it is written, and no to every count that was bent by hand."""

import pytest
from sqlalchemy import select, text

from shop.database import db
from shop.maintenance import checks
from shop.prescriptions.document_models import DocumentPage
from shop.vault.current import current_vault
from shop.vault.files import Vault
from tests.factories import make_lot, make_variant
from tests.integration.maintenance.history import approved_item, sell, send_document


@pytest.fixture
def store(context, make_user):
    user_id, variant_id = make_user("customer"), make_variant()
    make_lot(variant_id)
    item_id = approved_item(user_id, variant_id)
    for _ in range(2):
        sell(user_id, variant_id, item_id)
        send_document(user_id)
    return context


def failing() -> list[str]:
    return [subject.partition(":")[0] for subject, result in checks.run() if result.problems]


def run(app, *command: str):
    return app.test_cli_runner().invoke(args=list(command))


def test_a_store_as_it_is_written_adds_up(store):
    assert failing() == []
    assert run(store, "verify").exit_code == 0
    assert run(store, "vault", "verify").exit_code == 0


def test_every_check_looks_at_something(store):
    nothing_yet = [subject.partition(":")[0] for subject, result in checks.run() if not result.checked]
    assert sorted(nothing_yet) == ["orders", "payments", "refunds"], "what ships and what is given back"


@pytest.mark.parametrize(
    ("statement", "room"),
    [
        ("UPDATE lot SET on_hand = on_hand + 1", "stock"),
        ("UPDATE lot SET held = held - 1", "stock"),
        ("UPDATE stock_hold SET state = 'released'", "stock"),
        ("UPDATE prescription_item SET taken = taken + 1", "prescriptions"),
        ("UPDATE order_line SET total_cents = total_cents + 1", "orders"),
        ('UPDATE "order" SET subtotal_cents = 1, total_cents = 491', "orders"),
        ("UPDATE \"order\" SET status = 'shipped'", "orders"),
        ("UPDATE payment SET state = 'captured'", "payments"),
        ("UPDATE prescription SET patient_id = NULL", "orders"),
        ("UPDATE prescription SET patient_name = customer_note", "vault"),
        ("UPDATE document_page SET file_id = '0123456789abcdef0123456789abcdef' WHERE id = 1", "vault"),
        ("UPDATE audit_head SET length = length - 1", "audit"),
    ],
)
def test_what_was_changed_by_hand_is_found(store, statement, room):
    with db.engine.begin() as connection:
        connection.execute(text(statement))
    assert room in failing()
    outcome = run(store, "verify")
    assert outcome.exit_code == 1
    assert "Ada" not in outcome.output


def test_more_refunded_than_was_paid_is_found(store):
    with db.engine.begin() as connection:
        for number in (1, 2):
            connection.execute(
                text(
                    "INSERT INTO payment_movement (payment_id, intent_id, kind, amount_cents, currency,"
                    " idempotency_key, reason, state, requested_at) SELECT id, 'pi_1', 'refund',"
                    f" amount_cents, 'USD', 'key-{number}', 'canceled', 'done', created_at FROM payment"
                    " WHERE id = 1"
                )
            )
    assert failing() == ["payments"]


def test_a_document_cut_short_or_missing_is_found(store):
    vault = current_vault()
    file_id = db.session.scalars(select(DocumentPage.file_id)).first()
    whole = (vault.folder / file_id).read_bytes()
    (vault.folder / file_id).write_bytes(whole[:-1])
    assert run(store, "vault", "verify").exit_code == 1
    (vault.folder / file_id).write_bytes(whole)
    assert run(store, "vault", "verify").exit_code == 0
    vault.delete(file_id)
    assert run(store, "vault", "verify").exit_code == 1


def test_without_the_keys_the_vault_does_not_verify(store, monkeypatch):
    vault = current_vault()
    other = vault.keyring.parse("other:" + "A" * 43 + "=")
    monkeypatch.setitem(store.extensions, "vault", Vault(vault.folder, other))
    monkeypatch.setitem(store.extensions, "vault_keyring", other)
    outcome = run(store, "vault", "verify")
    assert outcome.exit_code == 1
    assert "vault_key_not_held" in outcome.output
