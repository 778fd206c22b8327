"""What is for sale, the decision to sell outside the market, failed jobs, and what is closed to this desk."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from shop.audit.models import AuditRecord
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Pack, Product, Variant
from shop.database import db, transaction
from shop.pricing.models import AcquisitionPrice
from tests.factories import make_lot, make_variant
from tests.integration.listing.products import make_product


@pytest.fixture
def elsewhere(context) -> int:
    return make_variant("Baclofen", "25 mg", markets=("AU", "ZA"))


def test_the_catalogue_shows_what_is_on_sale_and_what_stands_in_the_way(desk, elsewhere):
    make_variant("Baclofen", "10 mg")
    make_variant("Testamol", "5 mg", price=None, rx=False, listed=False)
    desk.open("/admin/catalogue")
    baclofen, testamol = desk.rows()
    assert baclofen[1:5] == ["Baclofen tablets", "", "2", "$0.51"]
    assert baclofen[7] == "November 1, 2026"
    assert baclofen[5] != testamol[5], "on a prescription, or over the counter"
    assert [testamol[at] for at in (1, 4)] == ["Testamol tablets", "–"]
    blocked = re.findall(r'<td class="some"[^>]*>(.*?)</td>', desk.page.text)
    assert ['class="tag' in one for one in blocked] == [False, True]
    desk.open("/admin/catalogue?q=25+mg+baclo")
    assert [row[1] for row in desk.rows()] == ["Baclofen tablets"]
    desk.open("/admin/catalogue?q=nosuchthing")
    assert 'data-state="none-match"' in desk.page.text


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("state=listed", ["Alone", "Brandol", "Coldamol"]),
        ("state=unlisted", ["Gone", "Opium"]),
        ("state=no-price", ["Brandol"]),
        ("state=not-by-mail", ["Coldamol"]),
        ("state=controlled", ["Opium"]),
        ("state=withdrawn", ["Gone"]),
        ("origin=ndc", ["Brandol"]),
        ("origin=ndc&state=unlisted", []),
        ("state=nonsense&origin=nonsense", ["Alone", "Brandol", "Coldamol", "Gone", "Opium"]),
        ("q=tablets&sort=-medicine", ["Opium", "Gone", "Coldamol", "Brandol", "Alone"]),
        ("sort=listed", ["Coldamol", "Alone", "Brandol", "Gone", "Opium"]),
        ("q=54092-0101", ["Alone"]),
        ("q=540920101", ["Alone"]),
        ("q=NDC+54092", ["Alone"]),
        ("q=9999-9999", []),
        ("q=%25", []),
        ("q=_", []),
    ],
)
def test_the_catalogue_is_narrowed_by_state_origin_word_and_code(desk, asked, names):
    with transaction() as session:
        ids = {name: make_product(name) for name in ("Alone", "Brandol", "Coldamol", "Gone", "Opium")}
        variant = session.scalar(select(Variant).where(Variant.product_id == ids["Alone"]))
        variant.packs.append(
            Pack(
                ndc="54092-101-01",
                ndc11="54092010101",
                labeler="Sample Labs",
                description="100 TABLET",
                size=100,
            )
        )
        session.get(Product, ids["Brandol"]).origin = "ndc"
        session.scalar(select(Variant).where(Variant.product_id == ids["Brandol"])).price = None
        session.get(Product, ids["Coldamol"]).not_by_mail = "it must stay cold"
        session.get(Product, ids["Coldamol"]).listed_at = datetime(2026, 10, 1, tzinfo=UTC)
        session.get(Product, ids["Gone"]).withdrawn_on = date(2026, 1, 1)
        session.get(Product, ids["Opium"]).ingredients[0].is_controlled = True
        for name in ("Gone", "Opium"):
            session.get(Product, ids[name]).listed_at = None
    desk.open(f"/admin/catalogue?{asked}")
    assert [row[1].removesuffix(" tablets") for row in desk.rows()] == names


def test_one_product_shows_its_strengths_what_they_cost_and_its_packs(desk, elsewhere):
    here = make_variant("Baclofen", "10 mg")
    with transaction() as session:
        session.add_all(
            Pack(
                variant_id=here,
                ndc=f"0603-2406-{n}",
                ndc11=f"006032406{n}",
                labeler=f"Labs {n}",
                description="100 TABLET in 1 BOTTLE",
                size=None if n == 21 else 100,
                withdrawn_on=date(2026, 1, 1) if n == 22 else None,
            )
            for n in (21, 22)
        )
        session.add_all(
            AcquisitionPrice(variant_id=here, price=Decimal(price), effective_on=day, source="a survey")
            for price, day in (("0.03", date(2022, 1, 1)), ("0.04567", date(2022, 9, 1)))
        )
    desk.open("/admin/catalogue/baclofen-tablets")
    ten, other = desk.rows()[:2]
    assert [ten[at] for at in (0, 1, 3, 4, 6)] == ["10 mg", "$0.51", "$0.04567", "September 1, 2022", "US"]
    assert re.findall(r"\d+", ten[5]) == ["2", "2", "1"], "packages, labelers, withdrawn"
    assert f'href="/admin/catalogue/baclofen-tablets/strengths/{elsewhere}/packs/new"' in desk.page.text
    assert other[6] == "AU, ZA"
    sold = re.findall(r'<td data-label="[^"]+"><span class="tag ?(\w*)">', desk.page.text)
    assert sold == ["", "stop"]
    decided = re.findall(r'action="/admin/variants/(\d+)/sale"', desk.page.text)
    assert decided == [str(elsewhere)], "only what is not marketed here needs a decision"
    assert [row[:3] for row in desk.rows()[3:]] == [
        ["Labs 21", "0603-2406-21", "unknown"],
        ["Labs 22", "0603-2406-22", "100"],
    ]
    assert 'class="packs" data-strength="10 mg"' in desk.page.text
    assert 'name="do" value="unlist"' in desk.page.text
    desk.open(f"/admin/catalogue/baclofen-tablets?of={elsewhere}")
    assert 'class="packs" data-strength="25 mg"' in desk.page.text
    assert len(desk.rows()) == 2, "its strengths, and no packages"


@pytest.mark.parametrize(
    ("listed", "price", "units", "out", "see_below"),
    [
        (True, "0.51", 0, True, False),
        (True, "0.51", 500, False, False),
        (False, "0.51", 500, False, False),
    ],
)
def test_it_says_whether_customers_can_buy_it_now(desk, listed, price, units, out, see_below):
    variant_id = make_variant("Metoprol", "10 mg", price, listed=listed)
    if units:
        make_lot(variant_id, units)
    desk.open("/admin/catalogue/metoprol-tablets")
    assert ("data-out-of-stock" in desk.page.text) is out
    assert ("data-blocked" in desk.page.text) is see_below


@pytest.mark.parametrize("of", ["x", "-1", "999999", "9" * 40, "१"])
def test_a_strength_that_the_product_has_not_shows_the_first_ones_packs(desk, elsewhere, of):
    desk.open(f"/admin/catalogue/baclofen-tablets?of={of}")
    assert 'class="packs" data-strength="25 mg"' in desk.page.text


def test_a_product_that_does_not_exist_is_not_found(desk):
    desk.open("/admin/catalogue/no-such-thing", status=404)


def test_the_decision_to_sell_outside_the_market_is_made_taken_back_and_audited(desk, admin, elsewhere):
    path = f"/admin/variants/{elsewhere}/sale"
    desk.send(path, allowed="1")
    assert 'name="allowed" value="0"' in desk.page.text  # what can be decided next
    db.session.rollback()
    assert catalogue.variant(elsewhere).sold_outside_market
    desk.send(path, allowed="0")
    assert 'name="allowed" value="1"' in desk.page.text
    db.session.rollback()
    assert not catalogue.variant(elsewhere).sold_outside_market
    asked = select(AuditRecord.event, AuditRecord.actor_id, AuditRecord.detail).order_by(AuditRecord.id)
    assert [tuple(row) for row in db.session.execute(asked)] == [
        ("catalogue:variant:sale_changed", admin, {"sold_outside_market": 1}),
        ("catalogue:variant:sale_changed", admin, {"sold_outside_market": 0}),
    ]


def test_a_strength_that_does_not_exist_cannot_be_decided_on(desk, elsewhere):
    desk.send("/admin/variants/999999/sale", allowed="1")
    assert desk.page.status_code == 404


def test_the_catalogue_takes_the_same_queries_whatever_its_length(desk, elsewhere):
    desk.open("/admin/catalogue")
    one = desk.queries
    with transaction():
        for place in range(60):
            make_variant(f"Testamol {place:02}", "5 mg")
    desk.open("/admin/catalogue")
    assert desk.queries == one <= 9
    assert 'data-shown="1-50/61"' in desk.page.text
    desk.open("/admin/catalogue?q=testamol&page=2")
    assert desk.queries <= one
    assert 'data-shown="51-60/60"' in desk.page.text
    assert "q=testamol" in desk.page.text


def test_a_product_of_132_strengths_takes_the_queries_of_one(desk, elsewhere):
    with transaction():
        make_variant("Baclofen", "99 mg")  # one that is sold here, as the others are
    desk.open("/admin/catalogue/baclofen-tablets")
    one = desk.queries
    with transaction() as session:
        for place in range(130):
            variant = make_variant("Baclofen", f"{place + 100} mg")
            session.add(
                Pack(variant_id=variant, ndc=f"1-{place}", ndc11=f"{place:011}", labeler="L", description="")
            )
    desk.open("/admin/catalogue/baclofen-tablets")
    assert desk.queries == one <= 12
    assert len(desk.rows()) == 132
    desk.open("/admin/catalogue")
    assert desk.rows()[0][3] == "132"


# --- Who may not ---


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/stock/receive", "/admin/orders", "/admin/catalogue", "/admin/outbox"]
)
@pytest.mark.parametrize("role", ["customer", "pharmacist"])
def test_the_desk_is_closed_to_customers_and_pharmacists(context, make_user, sign_in, path, role):
    assert sign_in(make_user(role)).get(path).status_code == 403


def test_prescription_documents_are_closed_to_the_desk(desk, app):
    documents = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("prescriptions.")]
    assert any("document" in rule.rule for rule in documents)
    for rule in documents:
        if "GET" in rule.methods:
            path = rule.build(dict.fromkeys(rule.arguments, 1))[1]
            assert desk.client.get(path).status_code == 403, path
