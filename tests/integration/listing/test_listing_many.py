"""Many products at once: the facts read of thousands, and in how few statements they are listed."""

import itertools
from datetime import date

from sqlalchemy import event, func, insert, select

from shop.catalogue.models import Ingredient, Product, Variant, product_ingredient
from shop.database import AT_ONCE, db, transaction
from shop.listing import finding, queries
from shop.listing.finding import Narrowing, State
from shop.listing.rules import ListingFacts
from tests.integration.listing.products import AT, USUAL, by_rules

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
    assert {row.id: row.facts for row in queries.candidates()} == dict(made)
    assert {row.id: row.facts for row in queries.candidates([one for one, _ in made])} == dict(made)
    assert list(queries.candidates([])) == []


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
