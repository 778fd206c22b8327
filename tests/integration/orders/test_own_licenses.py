"""A store with licenses of its own serves the states that they name, and no other."""

import pytest
from flask import Flask

from shop import create_app
from shop.config import SettingsRefused
from shop.orders.address_form import AddressFields
from shop.safety.states_served import Taxable, is_served, sales_tax_cents
from tests.store_settings import settings_for

OWN = (("VT", "036.0001"), ("CA", "NRP 1"))


@pytest.fixture
def own(tmp_path):
    """An application that has nothing but such settings."""
    app = Flask("own", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "a key that only tests know"
    app.extensions["settings"] = settings_for(tmp_path, licenses=OWN)
    with app.test_request_context():
        yield app


def test_only_states_with_a_license_are_served(own):
    assert [state for state in ("VT", "California", "NY", "AK") if is_served(state)] == ["VT", "California"]


def test_an_address_form_offers_only_them(own):
    region = AddressFields(meta={"csrf": False}).region
    offered = {one.value for one in region.choices if not (one.render_kw or {}).get("disabled")}
    assert offered == {"", "VT", "CA"}


def test_the_tax_of_an_earlier_order_stays_after_its_license_ended(own):
    assert sales_tax_cents("KS", [Taxable(10_000, prescription=False)]) == 650


def test_a_license_where_no_sales_tax_is_known_stops_the_start(tmp_path):
    with pytest.raises(SettingsRefused, match="AK"):
        create_app(settings_for(tmp_path, licenses=(("AK", "1"),)))
