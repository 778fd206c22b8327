"""What a basket comes to: lines, delivery and the tax of its state, each rounded once."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shop.catalogue.queries import VariantFacts
from shop.checkout.priced_basket import BasketReview, LineReview
from shop.checkout.verdicts import OK
from shop.money import line_total_cents
from shop.safety.states_served import served

prices = st.decimals("0.00001", "99.99999", places=5)
lines_of = st.lists(st.tuples(prices, st.integers(1, 1000), st.booleans()), max_size=20)


def line(place: int, price: Decimal, quantity: int, prescription: bool) -> LineReview:
    variant = VariantFacts(
        id=place,
        slug=f"testamol-{place}",
        product_id=place,
        product_slug="testamol",
        product_name="Testamol",
        form="tablet",
        form_plural="tablets",
        strength="1 mg",
        unit="pill",
        price=price,
        quantities=(1,),
        prescription_required=prescription,
        listed=True,
        markets=("US",),
        sold_outside_market=False,
        not_by_mail=None,
        appearance=None,
    )
    total = line_total_cents(price, quantity)
    return LineReview(place, variant, quantity, total, quantity, date(2026, 11, 29), None, OK)


@given(lines_of, st.integers(0, 5000), st.sampled_from([None, *sorted(served())]))
def test_the_total_is_lines_delivery_and_a_tax_rounded_once(lines, delivery: int, state: str | None) -> None:
    review = BasketReview(tuple(line(n, *one) for n, one in enumerate(lines)), delivery, state=state)
    each = [one.total_cents or 0 for one in review.lines]
    assert review.total_cents == sum(each) + delivery + review.tax_cents
    rates = [Fraction(served()[state].rate(prescription)) if state else 0 for *_, prescription in lines]
    exact = sum((cents * rate / 100 for cents, rate in zip(each, rates, strict=True)), Fraction(0))
    assert -Fraction(1, 2) < review.tax_cents - exact <= Fraction(1, 2)
