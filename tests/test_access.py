"""Every address × every role. A new view has to be entered in `ACCESS` here: who may call it is a decision.

`None` stands for everyone. Whose order or prescription it is, the rooms' own tests ask.
"""

import re

import pytest
from flask import Flask, session
from flask_wtf.csrf import generate_csrf

from shop import create_app
from shop.access import PUBLIC_ENDPOINTS, ROLE_PERMISSIONS, Permission, declared_access
from tests.conftest import settings_for

SHOP, VERIFY, STOCK = Permission.SHOP, Permission.VERIFY, Permission.STOCK
DISPATCH, READ = Permission.DISPATCH, Permission.READ_DOCUMENT

ACCESS: dict[str, Permission | None] = {
    "static": None,
    "health.alive": None,
    "health.ready": None,
    "metrics.metrics": None,  # and then only loopback or a token
    "security.login": None,
    "security.logout": None,
    "security.register": None,
    "security.forgot_password": None,
    "security.reset_password": None,
    "basket.add": None,
    "basket.change": None,
    "basket.remove": None,
    "basket.put_back": None,
    "demo.sample": None,  # and not in production
    "storefront.home": None,
    "storefront.medicines": None,
    "storefront.medicine": None,
    "storefront.search": None,
    "suggesting.suggest": None,
    "storefront.privacy": None,
    "storefront.privacy_notice": None,
    "storefront.robots": None,
    "storefront.sitemap_index": None,
    "storefront.sitemap": None,
    "identifying.identify": None,
    "patients.index": SHOP,
    "patients.new": SHOP,
    "patients.add": SHOP,
    "patients.show": SHOP,
    "patients.edit": SHOP,
    "patients.save": SHOP,
    "patients.health": SHOP,
    "patients.save_health": SHOP,
    "patients.remove": SHOP,
    "patients.put_back": SHOP,
    "medicine_list.show": SHOP,
    "account.show": SHOP,
    "account.name": SHOP,
    "account.save_name": SHOP,
    "security.change_password": None,  # the library sends who is not signed in to sign in
    "account.email": SHOP,
    "account.ask_for_email": SHOP,
    "account.keep_email": SHOP,
    "account.confirm_email": None,
    "account.take_email": None,
    "account.back_in_stock": SHOP,
    "account.ask_when_back": SHOP,
    "account.stop_waiting": SHOP,
    "account.data": SHOP,
    "account.export": SHOP,
    "account.delete": SHOP,
    "account.ask_for_deletion": SHOP,
    "account.emails": SHOP,
    "account.choose_emails": SHOP,
    "account.addresses": SHOP,
    "account.new_address": SHOP,
    "account.add_address": SHOP,
    "account.edit_address": SHOP,
    "account.save_address": SHOP,
    "account.default_address": SHOP,
    "account.remove_address": SHOP,
    "account.put_back_address": SHOP,
    "orders.index": SHOP,
    "orders.find": SHOP,
    "orders.show": SHOP,
    "changes.remove_line": SHOP,
    "changes.address": SHOP,
    "changes.change_address": SHOP,
    "receipts.show": SHOP,
    "paying.again": SHOP,
    "prescriptions.show": SHOP,
    "prescriptions.find": SHOP,
    "prescription_request.show": SHOP,
    "prescriptions.send": SHOP,
    "prescriptions.detail": SHOP,
    "prescriptions.send_other_files": SHOP,
    "prescriptions.drop_files": SHOP,
    "prescriptions.answer": SHOP,
    "prescriptions.withdraw": SHOP,
    "prescriptions.document_page": READ,
    "basket_page.show": None,
    "basket_page.send_prescription": SHOP,
    "checkout.show": SHOP,
    "checkout.order": SHOP,
    "paying.come_back": SHOP,
    "paying.pay": SHOP,
    "paying.cancel": SHOP,
    "payment_webhook.stripe": None,
    "pharmacist.queue_page": VERIFY,
    "pharmacist.show": VERIFY,
    "pharmacist.copies_page": VERIFY,
    "pharmacist.reviews_page": VERIFY,
    "pharmacist.review_page": VERIFY,
    "pharmacist.decide_review": VERIFY,
    "pharmacist.rules_page": VERIFY,
    "pharmacist.facts_page": VERIFY,
    "pharmacist.ingredient_facts": VERIFY,
    "pharmacist.change_fact": VERIFY,
    "pharmacist.fact_changes_page": VERIFY,
    "pharmacist.decide_fact_change": VERIFY,
    "pharmacist.search": VERIFY,
    "pharmacist.enter_page": VERIFY,
    "pharmacist.find_patient": VERIFY,
    "pharmacist.enter": VERIFY,
    "pharmacist.discard": VERIFY,
    "pharmacist.prescriber_list": VERIFY,
    "pharmacist.find_prescribers": VERIFY,
    "pharmacist.prescriber": VERIFY,
    "pharmacist.save_prescriber": VERIFY,
    "reuse.compare": VERIFY,
    "pharmacist.claim": VERIFY,
    "pharmacist.check": VERIFY,
    "pharmacist.decide": VERIFY,
    "pharmacist.open_fill": VERIFY,
    "pharmacist.combine_fills": VERIFY,
    "pharmacist.revoke": VERIFY,
    "pharmacist.transfer": VERIFY,
    "pharmacist.undo": VERIFY,
    "admin.stock": STOCK,
    "admin.lot": STOCK,
    "admin.quarantine": STOCK,
    "admin.lift": STOCK,
    "admin.correct_lot": STOCK,
    "admin.loose_lots": STOCK,
    "admin.choose_pack": STOCK,
    "admin.assign_pack": STOCK,
    "admin.take_pack_back": STOCK,
    "admin.receive": STOCK,
    "admin.book_delivery": STOCK,
    "admin.catalogue_list": STOCK,
    "admin.catalogue_product": STOCK,
    "admin.new_product": STOCK,
    "admin.make_product": STOCK,
    "admin.edit_product": STOCK,
    "admin.save_product": STOCK,
    "admin.withdraw_product": STOCK,
    "admin.ingredient_names": STOCK,
    "admin.new_strength": STOCK,
    "admin.make_strength": STOCK,
    "admin.edit_strength": STOCK,
    "admin.save_strength": STOCK,
    "admin.withdraw_strength": STOCK,
    "admin.new_pack": STOCK,
    "admin.make_pack": STOCK,
    "admin.edit_pack": STOCK,
    "admin.save_pack": STOCK,
    "admin.withdraw_pack": STOCK,
    "admin.state_size": STOCK,
    "admin.take_size_back": STOCK,
    "admin.no_quantity": STOCK,
    "admin.releases_apart": STOCK,
    "admin.release_group": STOCK,
    "admin.join_releases": STOCK,
    "admin.part_releases": STOCK,
    "admin.listing_review": STOCK,
    "admin.listing_apply": STOCK,
    "admin.listing_undo": STOCK,
    "admin.not_by_mail": STOCK,
    "admin.exclude": STOCK,
    "admin.stop_excluding": STOCK,
    "admin.load_exclusions": STOCK,
    "admin.variant_sale": STOCK,
    "admin.prices": STOCK,
    "admin.price_rule": STOCK,
    "admin.set_price_rule": STOCK,
    "admin.remove_price_rule": STOCK,
    "admin.put_back_price_rule": STOCK,
    "admin.fixed_price": STOCK,
    "admin.set_fixed_price": STOCK,
    "admin.price_by_rule": STOCK,
    "admin.put_back_fixed_price": STOCK,
    "admin.order_list": DISPATCH,
    "admin.find_order": DISPATCH,
    "admin.order": DISPATCH,
    "admin.ship": DISPATCH,
    "admin.other_lots": DISPATCH,
    "admin.cancel_page": DISPATCH,
    "admin.cancel": DISPATCH,
    "admin.refund_page": DISPATCH,
    "admin.refund": DISPATCH,
    "admin.refund_again": DISPATCH,
    "admin.note_order": DISPATCH,
    "admin.remove_order_line": DISPATCH,
    "admin.correct_tracking": DISPATCH,
    "admin.resend_mail": DISPATCH,
    "admin.return_page": DISPATCH,
    "admin.take_back": DISPATCH,
    "admin.destroy_returned": DISPATCH,
    "admin.outbox": DISPATCH,
    "admin.payments": DISPATCH,
    "admin.reconcile": DISPATCH,
    "admin.searches": STOCK,
    "admin.searches_file": STOCK,
    "admin.outbox_kind": DISPATCH,
    "admin.retry": DISPATCH,
    "admin.retry_all": DISPATCH,
}
ROLES = (None, "customer", "pharmacist", "admin")
REFUSED_BY_THE_GUARD = "You don’t have permission to view this page."


def address(rule) -> str:
    """The rule's address with made-up values, which no row has."""
    return re.sub(
        r"<(?:(\w+)[^:>]*:)?\w+>", lambda found: "999999" if found[1] == "int" else "made-up", rule.rule
    )


def calls(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, address) of everything that can be asked for."""
    return [
        (rule.endpoint, method, address(rule))
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods & {"GET", "POST", "PUT", "PATCH", "DELETE"})
    ]


def ask(app: Flask, client, method: str, path: str, with_token: bool = True):
    """The answer to one call of a browser that has this store's page open."""
    data = {}
    if method != "GET" and with_token:
        with app.test_request_context():
            token, raw = generate_csrf(), session["csrf_token"]
        with client.session_transaction() as kept:
            kept["csrf_token"] = raw
        data = {"csrf_token": token}
    return client.open(path, method=method, data=data, headers={"Sec-Fetch-Site": "same-origin"})


def test_every_endpoint_stands_in_the_table_and_declares_what_the_table_says(app):
    declared = {endpoint: declared_access(app, endpoint) for endpoint in app.view_functions}
    table = {endpoint: access or "public" for endpoint, access in ACCESS.items()}
    missing = {name: access for name, access in declared.items() if name not in table}
    assert missing == {}, "decide who may call these, and enter them in ACCESS"
    assert table.keys() - declared.keys() == set(), "these are gone: take them out of ACCESS"
    assert declared == table


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_each_role_as_the_table_says(app, make_user, sign_in, role):
    user_id = make_user(role) if role else None
    wrong = []
    for endpoint, method, path in calls(app):
        client = sign_in(user_id) if user_id else app.test_client()
        answer = ask(app, client, method, path)
        wanted = ACCESS.get(endpoint)
        if not right_answer(answer, wanted, role):
            wrong.append(f"{method} {path}: {answer.status_code} {answer.location or ''}")
    assert wrong == []


def right_answer(answer, wanted: Permission | None, role: str | None) -> bool:
    by_guard = answer.status_code == 403 and REFUSED_BY_THE_GUARD in answer.text
    if wanted is None:
        return answer.status_code < 500 and answer.status_code != 401 and not by_guard
    if role is None:
        return answer.status_code == 303 and answer.location.startswith("/sign-in")
    if wanted in ROLE_PERMISSIONS[role]:
        return answer.status_code < 500 and answer.status_code not in (401, 403) and not to_sign_in(answer)
    return by_guard


def to_sign_in(answer) -> bool:
    return bool(answer.location) and answer.location.startswith("/sign-in")


def test_what_answers_a_form_can_be_opened_again(app, make_user, sign_in):
    clients = {role: sign_in(make_user(role)) if role else app.test_client() for role in ROLES}
    wrong = []
    for endpoint, method, path in calls(app):
        if method != "POST" or endpoint == "payment_webhook.stripe":  # which no browser sends
            continue
        wanted = ACCESS[endpoint]
        role = next((one for one in ROLES if wanted is None or wanted in ROLE_PERMISSIONS.get(one, ())), None)
        answer = clients[role].get(path)
        # of made-up rows there is no page; a search form has one whatever was asked
        lost = answer.status_code == 404 and path.endswith("/find")
        if answer.status_code == 405 or answer.status_code >= 500 or lost:
            wrong.append(f"{path}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token_unless_it_is_guarded_otherwise(app, make_user, sign_in, role):
    exempt = app.extensions["csrf"]._exempt_views
    user_id = make_user(role) if role else None
    taken = []
    for endpoint, method, path in calls(app):
        view = app.view_functions[endpoint]
        if method == "GET" or f"{view.__module__}.{view.__name__}" in exempt:
            continue
        client = sign_in(user_id) if user_id else app.test_client()
        answer = ask(app, client, method, path, with_token=False)
        # who may not send it at all is told so before the form is looked at
        may_send = (wanted := ACCESS[endpoint]) is None or wanted in ROLE_PERMISSIONS.get(role or "", ())
        refused = answer.status_code == 400 if may_send else right_answer(answer, wanted, role)
        if not refused:
            taken.append(f"{method} {path}: {answer.status_code}")
    assert taken == []


def test_forms_without_a_token_are_few_and_known(app):
    assert {name.rpartition(".")[2] for name in app.extensions["csrf"]._exempt_views} == {"add", "stripe"}


def test_a_permission_that_no_role_has_or_no_view_asks_for_is_a_mistake():
    assert set().union(*ROLE_PERMISSIONS.values()) == set(Permission)


def test_no_role_may_do_what_must_stay_apart():
    assert Permission.VERIFY not in ROLE_PERMISSIONS["admin"]
    assert Permission.READ_DOCUMENT not in ROLE_PERMISSIONS["admin"]
    assert not ROLE_PERMISSIONS["pharmacist"] & {Permission.STOCK, Permission.DISPATCH, Permission.SHOP}
    assert ROLE_PERMISSIONS["customer"] == {Permission.SHOP, Permission.READ_DOCUMENT}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_view_that_forgot_to_declare_is_refused_to_everyone(tmp_path, method):
    app = create_app(settings_for(tmp_path))

    @app.route("/forgotten", methods=["GET", "POST"])
    def forgotten():
        return "leak"

    answer = ask(app, app.test_client(), method, "/forgotten")
    assert answer.status_code == 403
    assert "leak" not in answer.text


def test_only_static_files_are_public_without_saying_so():
    assert {"static"} == PUBLIC_ENDPOINTS


@pytest.mark.parametrize(("path", "back"), [("/orders?page=2", "/orders?page%3D2"), ("/orders", "/orders")])
def test_a_visitor_comes_back_to_the_page_after_signing_in(client, path, back):
    assert client.get(path).location == f"/sign-in?next={back}"
