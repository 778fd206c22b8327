"""Nobody who buys waits for a table that grows with every order to be read from end to end."""

import pytest

from shop.database import db
from tests.integration.checkout.store_counter import ADDRESS, Customer, approve, hidden_fields
from tests.plans import scans, statements

pytestmark = pytest.mark.usefixtures("context", "counter")


def test_nothing_on_the_way_to_an_order_scans_what_grows(ada: Customer, baclofen: int, naproxen: int) -> None:
    approve(ada.user_id, baclofen)
    ada.put_in_basket(naproxen, 50)
    ada.order()
    db.session.rollback()
    with statements() as asked:
        ada.put_in_basket(baclofen, 60)
        assert ada.get("/basket").status_code == 200
        page = ada.get("/checkout")
        fields = ADDRESS | hidden_fields(page.text)
        assert ada.client.post("/checkout", data=fields).status_code == 303
        for path in ("/orders", "/prescriptions", "/account", "/account/patients", "/medicines"):
            assert ada.get(path).status_code == 200, path
    read_whole = {(one, statement) for statement, values in asked for one in scans(statement, values)}
    assert not read_whole
