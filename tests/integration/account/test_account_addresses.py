"""The account's page, its name, and its addresses, over HTTP."""

import re

import pytest
from sqlalchemy import select

from shop.accounts import queries
from shop.accounts.models import User
from shop.audit.models import AuditRecord
from shop.database import db

HOME = {
    "recipient": "Ada Specimen",
    "line1": "12 Example Street",
    "city": "Springfield",
    "region": "NY",
    "postal_code": "１０００１",
    "phone": "\u202a(555) 555-0142 ext. 7\u202c",
}
LIST = "/account/addresses"


def kept(user_id: int) -> list[queries.AddressFacts]:
    """As of now: the browser's requests have sessions of their own."""
    db.session.rollback()
    return queries.addresses_of(user_id)


def test_an_address_is_added_corrected_removed_and_put_back(ada, ada_id):
    assert 'data-addresses="0"' in ada.get("/account").text
    form = ada.get(f"{LIST}/add").text
    assert 'name="recipient"' in form
    assert 'value="Ada Specimen"' in form  # the account's name
    assert ada.send(f"{LIST}/add", **HOME).location == LIST
    [home] = kept(ada_id)
    assert (home.address.postal_code, home.address.phone) == ("10001", "+15555550142;ext=7")
    assert home.is_default
    page = ada.get(f"{LIST}/{home.id}").text
    assert 'value="(555) 555-0142 ext. 7"' in page

    changed = HOME | {"line1": "14 Example Street", "phone": ""}
    assert ada.send(f"{LIST}/{home.id}", **changed).location == LIST
    assert ada.send(f"{LIST}/add", **HOME | {"recipient": "Bob Sample"}).location == LIST
    _, bob = kept(ada_id)
    ada.send(f"{LIST}/{bob.id}/default")
    assert re.search(rf'data-address="{bob.id}" data-default', ada.get(LIST).text)
    ada.send(f"{LIST}/{bob.id}/remove")
    page = ada.get(LIST).text
    assert f'data-removed="{bob.id}"' in page
    assert re.search(rf'data-address="{home.id}" data-default', page)
    ada.send(f"{LIST}/{bob.id}/put-back")
    assert len(kept(ada_id)) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "\u200b"),
        ("line1", "x" * 121),
        ("region", "AK"),
        ("region", "ZZ"),
        ("postal_code", "94103"),
        ("postal_code", "1000"),
        ("phone", "555-0142"),
    ],
)
def test_a_bad_address_is_refused_beside_its_field_and_keeps_the_rest(ada, ada_id, field, value):
    answer = ada.send(f"{LIST}/add", **HOME | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-e"' in answer.text
    assert 'value="Springfield"' in answer.text
    assert kept(ada_id) == []


def test_nobody_reads_or_changes_another_customers_address(ada, ada_id, make_user, sign_in):
    ada.send(f"{LIST}/add", **HOME)
    [home] = kept(ada_id)
    ada.client = sign_in(make_user())
    assert ada.get(f"{LIST}/{home.id}").status_code == 404
    assert ada.send(f"{LIST}/{home.id}/remove").status_code == 404
    assert len(kept(ada_id)) == 1


def test_the_name_is_changed_and_recorded_without_being_told(ada, ada_id):
    assert ada.send("/account/name", name="  ").status_code == 422
    assert ada.send("/account/name", name=" Ada \u200b B.  Specimen").location == "/account"
    db.session.rollback()
    assert db.session.get(User, ada_id).name == "Ada B. Specimen"
    record = db.session.scalars(select(AuditRecord).where(AuditRecord.event == "account:renamed")).one()
    assert (record.subject_id, record.actor_id, record.detail) == (str(ada_id), ada_id, {})
