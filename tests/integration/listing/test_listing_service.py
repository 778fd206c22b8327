"""Putting products on sale by hand and by rule: what changes, who is refused, what is recorded."""

import itertools
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, func, insert, select, update

from shop.audit.models import AuditRecord
from shop.catalogue.models import Ingredient, Listing, Product, Variant, product_ingredient
from shop.database import AT_ONCE, db, transaction
from shop.listing import finding, queries, service
from shop.listing.finding import Narrowing, State
from shop.listing.rules import ListingFacts, ListingRefusal, Rule, listing_refusal
from shop.projections.cache_version import version
from tests.integration.listing.products import listed_names, make_product

AT = datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 7, tzinfo=UTC)
USUAL = {Rule.PRICED, Rule.ORAL_SOLID, Rule.MAILABLE}


def put(ids, listed=True, at=AT):
    with transaction():
        return service.set_listed(ids, listed, None, at)


def by_rules(rules, listed=True, **more):
    with transaction():
        return service.set_listed_by_rules(rules, listed, None, AT, **more)


def records():
    return db.session.execute(
        select(AuditRecord.event, AuditRecord.subject_id, AuditRecord.detail).order_by(AuditRecord.id)
    ).all()


def test_what_is_put_on_sale_is_found_dated_and_recorded(context):
    product = make_product(listed=False)
    before = version()
    outcome = put([product])
    db.session.rollback()
    row = db.session.get(Product, product)
    assert (row.listed_at, row.changed_at) == (AT, AT)
    assert (outcome.changed, outcome.already, outcome.refused) == ([product], 0, {})
    assert version().catalogue != before.catalogue
    assert db.session.get(Listing, product) is not None
    (record,) = records()
    assert record.event == "catalogue:products:listed"
    assert (record.detail["changed"], record.detail["products"]) == (1, str(product))


def test_what_is_taken_off_sale_has_no_row_in_lists_any_more(context):
    product = make_product(listed=False)
    put([product])
    outcome = put([product], False, LATER)
    db.session.rollback()
    row = db.session.get(Product, product)
    assert (row.listed_at, row.changed_at, outcome.changed) == (None, LATER, [product])
    assert db.session.get(Listing, product) is None
    assert [record.event for record in records()][-1] == "catalogue:products:unlisted"


def test_what_is_on_sale_already_keeps_its_day_and_leaves_no_second_record(context):
    product = make_product(listed=False)
    put([product])
    before = version()
    outcome = put([product, product], at=LATER)
    assert (outcome.changed, outcome.already, len(records())) == ([], 1, 1)
    db.session.rollback()
    assert db.session.get(Product, product).listed_at == AT
    assert version() == before, "nothing changed, so no page needs to be made anew"


def test_the_refused_stay_and_the_others_go_on(context):
    good = make_product("Good", listed=False)
    opium = make_product("Opium", listed=False, controlled=True)
    gone = make_product("Gone", listed=False, columns={"withdrawn_on": date(2026, 1, 1)})
    bare = make_product("Bare", listed=False)
    with transaction() as session:
        session.execute(Variant.__table__.delete().where(Variant.product_id == bare))
    outcome = put([good, opium, gone, bare, 999_999])
    assert listed_names() == ["Good"]
    assert outcome.refused == {
        opium: ListingRefusal.CONTROLLED,
        gone: ListingRefusal.WITHDRAWN,
        bare: ListingRefusal.NO_STRENGTH,
    }
    assert outcome.considered == 4
    assert records()[0].detail["refused_controlled"] == 1


def test_one_controlled_ingredient_of_many_is_enough(context):
    product = make_product("Mixture", listed=False)
    with transaction() as session:
        mixture = session.get(Product, product)
        mixture.ingredients.append(Ingredient(slug="opium", name="Opium", is_controlled=True))
    assert put([product]).refused == {product: ListingRefusal.CONTROLLED}


def test_what_became_controlled_while_the_decision_was_made_is_still_refused(context):
    """The refusal is asked again in the very statement that lists."""
    product = make_product(listed=False)
    with transaction() as session:
        rows = list(queries.shelved([product]))
        session.get(Product, product).ingredients[0].is_controlled = True
        session.flush()
        assert listing_refusal(rows[0].facts) is None
        assert service._change([product], True, AT) == []


def test_a_rule_lists_what_meets_it_and_the_counts_sum_up(context):
    make_product("Good", listed=False)
    make_product("Sold", listed=True)
    make_product("Dear", listed=False, price=None)
    make_product("Liquid", listed=False, form="syrup", columns={"unit": "mL"})
    make_product("Cold", listed=False, columns={"not_by_mail": "it must stay cold"})
    make_product("Opium", listed=False, controlled=True)
    outcome = by_rules(USUAL)
    assert listed_names() == ["Good", "Sold"]
    assert (len(outcome.changed), outcome.already, len(outcome.refused)) == (1, 1, 4)
    assert outcome.considered == 6
    assert set(outcome.refused.values()) == {
        ListingRefusal.NO_PRICE,
        ListingRefusal.NOT_ORAL_SOLID,
        ListingRefusal.NOT_BY_MAIL,
        ListingRefusal.CONTROLLED,
    }
    assert records()[0].subject_id == "mailable,oral-solid,priced"


def test_everything_lists_all_but_what_nobody_may(context):
    make_product("Dear", listed=False, price=None)
    make_product("Cold", listed=False, columns={"not_by_mail": "it must stay cold"})
    make_product("Opium", listed=False, controlled=True)
    make_product("Gone", listed=False, columns={"withdrawn_on": date(2026, 1, 1)})
    by_rules({Rule.EVERYTHING})
    assert listed_names() == ["Cold", "Dear"]


def test_a_limit_takes_what_is_asked_for_most(context):
    for name, popularity in (("Seldom", 1), ("Often", 9), ("Sometimes", 5)):
        make_product(name, listed=False, columns={"popularity": popularity})
    outcome = by_rules({Rule.PRICED}, limit=2)
    assert listed_names() == ["Often", "Sometimes"]
    assert (len(outcome.changed), outcome.postponed, outcome.considered) == (2, 1, 3)


def test_a_rule_that_wants_prices_says_so_when_there_are_none(context):
    make_product(listed=False, price=None)
    with pytest.raises(service.NothingPriced) as refusal:
        by_rules({Rule.PRICED})
    assert "import-nadac" in refusal.value.todo
    assert listed_names() == []


def test_a_rule_takes_off_sale_what_meets_it_also_by_origin(context):
    make_product("Hand")
    make_product("Directory", columns={"origin": "ndc"})
    make_product("Liquid", form="syrup", columns={"unit": "mL", "origin": "ndc"})
    outcome = by_rules({Rule.ORAL_SOLID}, False, origin="ndc")
    assert listed_names() == ["Hand", "Liquid"]
    assert (len(outcome.changed), outcome.considered) == (1, 2)
    by_rules(set(), False, origin="ndc")
    assert listed_names() == ["Hand"]


def test_taking_back_touches_only_what_nobody_changed_since(context):
    first, second = make_product("First", listed=False), make_product("Second", listed=False)
    put([first, second])
    put([second], False, LATER)
    with transaction():
        outcome = service.take_back(True, AT, None, LATER)
    assert (outcome.changed, listed_names()) == ([first], [])
    with transaction():
        service.take_back(False, LATER, None, datetime(2026, 11, 22, 8, tzinfo=UTC))
    assert listed_names() == ["First", "Second"]


NO, YES = False, True
FACTS = [
    ListingFacts(controlled, withdrawn, 1, stated, priced, unit, "oral", rx, mail)
    for controlled, withdrawn, rx in itertools.product((NO, YES), repeat=3)
    for stated, priced in itertools.product((0, 1), repeat=2)
    for unit, mail in itertools.product(("pill", "mL"), (None, "it must stay cold"))
]


def test_the_facts_read_from_the_database_are_the_products_own(context):
    """Every combination of facts is written as a product and read back, one by one and all together."""
    with transaction() as session:
        session.add(Ingredient(id=1, slug="opium", name="Opium", is_controlled=True))
        session.flush()
        made = [write_facts(session, number, facts) for number, facts in enumerate(FACTS, 1)]
    assert {row.id: row.facts for row in queries.shelved()} == dict(made)
    assert {row.id: row.facts for row in queries.shelved([one for one, _ in made])} == dict(made)
    assert list(queries.shelved([])) == []


def write_facts(session, number: int, facts: ListingFacts):
    product = Product(
        id=number,
        slug=f"p{number}",
        name=f"P {number}",
        form="tablet",
        form_plural="tablets",
        unit=facts.unit,
        route=facts.route,
        prescription_required=facts.prescription_required,
        not_by_mail=facts.not_by_mail,
        safety_code="clear",
        withdrawn_on=date(2026, 1, 1) if facts.withdrawn else None,
    )
    if facts.controlled:
        product.ingredients = [session.get(Ingredient, 1)]
    session.add(product)
    session.flush()
    session.add(
        Variant(
            product_id=number,
            slug=f"v{number}",
            strength="5 mg",
            strength_value=5 * facts.stated,
            strength_unit="mg",
            price="0.5" if facts.priced else None,
            quantities=[30],
            markets=["US"],
        )
    )
    return number, facts


# --- At scale ---

MANY = 4_000


def generate(count: int) -> None:
    with transaction() as session:
        session.execute(
            insert(Ingredient),
            [
                {"id": n, "slug": f"i{n}", "name": f"Substance {n}", "is_controlled": n % 100 == 0}
                for n in range(1, 501)
            ],
        )
        products = [
            {
                "id": n,
                "slug": f"medicine-{n}-tablets",
                "name": f"Medicine {n}",
                "form": "tablet",
                "form_plural": "tablets",
                "unit": "pill" if n % 2 else "mL",
                "route": "oral",
                "prescription_required": True,
                "origin": "ndc",
            }
            for n in range(1, count + 1)
        ]
        pairs = [{"product_id": n, "ingredient_id": n % 500 + 1} for n in range(1, count + 1)]
        variants = [
            {
                "product_id": n,
                "slug": f"v{n}",
                "strength": "5 mg",
                "strength_value": 5,
                "strength_unit": "mg",
                "price": "0.51" if n % 3 else None,
                "quantities": [30],
                "markets": ["US"],
                "price_breaks": [],
            }
            for n in range(1, count + 1)
        ]
        for table, rows in ((Product, products), (product_ingredient, pairs), (Variant, variants)):
            for start in range(0, count, 2000):
                session.execute(insert(table), rows[start : start + 2000])


class Statements:
    """How many statements were sent while it was open, those of the derived list rows aside."""

    def __enter__(self):
        self.count = 0
        event.listen(db.engine, "before_cursor_execute", self._count)
        return self

    def __exit__(self, *_):
        event.remove(db.engine, "before_cursor_execute", self._count)

    def _count(self, _conn, _cursor, statement, *_rest):
        self.count += "listing" not in statement


def test_thousands_of_products_are_listed_in_few_statements_and_found_in_as_few_as_one(context):
    generate(MANY)
    with Statements() as used:
        outcome = by_rules(USUAL)
    eligible = sum(1 for n in range(1, MANY + 1) if n % 2 and n % 3 and (n % 500 + 1) % 100)
    assert len(outcome.changed) == eligible
    assert outcome.considered == MANY
    counted = select(func.count()).select_from(Product).where(Product.listed_at == AT)
    assert db.session.scalar(counted) == eligible
    portions = -(-eligible // AT_ONCE)
    assert used.count <= 12 * portions + 30, "a statement for each portion of products, none for each product"
    for narrowing in (Narrowing(), Narrowing("medicine 19"), Narrowing("", State.UNLISTED, "ndc")):
        with Statements() as used:
            page = finding.products_page(narrowing, 10_000)
        assert used.count <= 5
        assert page.number == page.total_pages
        assert page.rows


def test_a_change_of_price_after_the_listing_does_not_hide_it_from_its_undo(context):
    product = make_product(listed=False)
    put([product])
    with transaction() as session:
        session.execute(update(Product).values(changed_at=LATER))
    with transaction():
        assert service.take_back(True, AT, None, LATER).changed == [product]
