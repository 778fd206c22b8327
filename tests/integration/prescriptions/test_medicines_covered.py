"""Which products an item covers, from the coverage to the order line that leaves the store."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from shop.catalogue import releases
from shop.catalogue.models import Product, ReleaseJoin, Variant
from shop.catalogue.substitutes import fillers
from shop.database import db, transaction
from shop.patients import queries as patients
from shop.prescriptions import queries
from shop.prescriptions.ledger import quantities
from shop.prescriptions.ledger.coverage import coverage_of
from shop.prescriptions.ledger.medicines_covered import not_covered
from shop.prescriptions.ledger.quantities import NotCovered, NotEnoughLeft
from shop.prescriptions.models import PrescriptionItem
from shop.prescriptions.verification import medicines
from tests.factories import make_variant
from tests.integration.prescriptions.conftest import AT, TODAY, covered
from tests.plans import statements

BUPROPION = {
    "form": "extended-release tablet",
    "ingredients": ("bupropion hydrochloride",),
    "strength": "150 mg",
}


@pytest.fixture
def brand(baclofen):
    """Another product of baclofen 10 mg."""
    return make_variant("Specimal", ingredients=("baclofen",), brand="Specimal")


def both(customer: int, first: int, second: int, units: int = 90) -> tuple:
    """What one basket gets of two medicines, asked for in this order."""
    ada = patients.only(customer)
    found = coverage_of(customer, {(ada, first): units, (ada, second): units}, TODAY)
    return found[ada, first], found[ada, second]


def as_written(item_id: int) -> None:
    with transaction() as session:
        mine = PrescriptionItem.id == item_id
        session.execute(update(PrescriptionItem).where(mine).values(dispense_as_written=True))


def hold(item_id: int, line: int, units: int, variant_id: int) -> None:
    with transaction():
        quantities.hold_quantity(item_id, line, units, AT, TODAY, variant_id)


def test_another_product_of_the_same_medicine_fills_it_and_says_what_for(customer, brand, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1)
    found = covered(customer, brand)
    assert (found.state, found.now, found.item_id) == ("approved", 90, item_id)
    assert (found.variant_id, found.prescribed) == (brand, "Baclofen tablet 10 mg")
    assert covered(customer, baclofen).prescribed == ""


def test_as_written_only_the_product_prescribed(customer, brand, baclofen, approve):
    _, item_id = approve(brand, 90, 1)
    assert covered(customer, baclofen).state == "approved"
    as_written(item_id)
    assert covered(customer, baclofen).state == "none"
    assert covered(customer, brand).state == "approved"
    with pytest.raises(NotCovered):
        hold(item_id, 1, 30, baclofen)
    hold(item_id, 1, 30, brand)


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Baclofen", "strength": "20 mg"},
        {"name": "Baclofen", "strength": "25 mg"},
        {"name": "Baclofen", "form": "capsule"},
        {"name": "Tizanidine"},
        {"name": "Baclofen succinate"},
    ],
)
def test_another_strength_form_or_salt_does_not(customer, baclofen, approve, other):
    _, item_id = approve(baclofen, 90, 1)
    variant_id = make_variant(**other)
    assert covered(customer, variant_id).state == "none"
    with pytest.raises(NotCovered):
        hold(item_id, 1, 30, variant_id)


def test_an_extended_release_fills_another_once_a_person_has_joined_the_two(customer, approve):
    sr = make_variant("Specimen SR", release="SR", **BUPROPION)
    xl = make_variant("Specimen XL", release="XL", **BUPROPION)
    unknown = make_variant("Specimen ER", **BUPROPION)
    approve(sr, 60, 1)
    assert [covered(customer, one).state for one in (sr, xl, unknown)] == ["approved", "none", "none"]
    with transaction():
        releases.join("specimen-xl-extended-release-tablets", "specimen-sr-extended-release-tablets", AT)
    assert [covered(customer, one).state for one in (sr, xl, unknown)] == ["approved", "approved", "none"]


def test_two_products_on_one_item_share_its_fill(customer, brand, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1)
    first, second = both(customer, baclofen, brand, 60)
    assert (first.now, second.now, second.elsewhere) == (90, 30, 60)
    assert both(customer, brand, baclofen)[1].now == 0
    hold(item_id, 1, 60, baclofen)
    with pytest.raises(NotEnoughLeft):
        hold(item_id, 2, 60, brand)
    hold(item_id, 2, 30, brand)


def test_two_items_are_shared_out_each_to_its_own_product(customer, brand, baclofen, approve):
    _, of_generic = approve(baclofen, 90)
    _, of_brand = approve(brand, 90, issued_on=TODAY - timedelta(days=200))
    as_written(of_brand)
    first, second = both(customer, brand, baclofen)
    assert (first.item_id, first.now) == (of_brand, 90)
    assert (second.item_id, second.now) == (of_generic, 90)


def test_the_second_of_two_products_takes_another_item_where_there_is_one(customer, brand, baclofen, approve):
    _, one = approve(baclofen, 90)
    _, other = approve(baclofen, 90)
    first, second = both(customer, baclofen, brand)
    assert {first.item_id, second.item_id} == {one, other}
    assert (first.now, second.now) == (90, 90)


def test_at_dispensing_it_is_asked_again(brand, baclofen, approve):
    _, item_id = approve(baclofen, 90, 1)
    hold(item_id, 1, 90, brand)
    assert not not_covered([(item_id, brand)])
    with transaction():
        quantities.check_dispensable([1], [1], AT, {1: brand})
    with transaction() as session:
        product = session.get_one(Variant, brand).product_id
        session.execute(update(Product).where(Product.id == product).values(form="capsule"))
    assert not_covered([(item_id, brand), (item_id, baclofen)]) == {(item_id, brand)}
    with pytest.raises(NotCovered), transaction():
        quantities.dispense_quantity([1], AT, [1], {1: brand})


def test_a_release_that_was_parted_is_not_dispensed(approve):
    sr = make_variant("Specimen SR", release="SR", **BUPROPION)
    xl = make_variant("Specimen XL", release="XL", **BUPROPION)
    _, item_id = approve(sr, 60, 1)
    with transaction():
        releases.join("specimen-xl-extended-release-tablets", "specimen-sr-extended-release-tablets", AT)
    hold(item_id, 1, 60, xl)
    with transaction() as session:
        session.delete(session.scalars(select(ReleaseJoin)).one())
    with pytest.raises(NotCovered), transaction():
        quantities.dispense_quantity([1], AT, [1], {1: xl})


def test_what_else_fills_a_prescription_is_found_among_what_is_listed(brand, baclofen):
    twenty = make_variant(strength="20 mg")
    hidden = make_variant("Hidden", ingredients=("baclofen",), listed=False)
    found = fillers({(baclofen, False), (brand, True), (twenty, False)})
    assert found == {(baclofen, False): [brand], (brand, True): [], (twenty, False): []}
    assert fillers({(hidden, False)})[hidden, False] == [baclofen, brand]
    assert fillers([]) == {}


def test_many_items_and_products_take_no_more_questions(customer, brand, baclofen, approve):
    for _ in range(4):
        approve(baclofen, 90, 1)
    ids = [baclofen, brand, *(make_variant(f"Copy {n}", ingredients=("baclofen",)) for n in range(6))]
    ada = patients.only(customer)
    db.session.rollback()
    with statements() as asked:
        found = coverage_of(customer, dict.fromkeys(((ada, one) for one in ids), 30), TODAY)
    assert {one.state for one in found.values()} == {"approved"}
    assert len([one for one, _ in asked if one.startswith("SELECT")]) <= 8


def test_what_is_left_on_another_product_counts_as_the_same_supply(customer, brand, baclofen, approve):
    _, item_id = approve(brand, 90, 1)
    as_written(item_id)
    ada = patients.only(customer)
    twenty = make_variant(strength="20 mg")
    assert queries.units_left(ada, [baclofen, twenty], TODAY) == {baclofen: 180}
    assert queries.units_left(None, [baclofen], TODAY) == {}


def test_the_page_that_says_what_a_prescription_gives_is_kept_by_no_browser(
    customer, baclofen, approve, sign_in
):
    page = "/medicines/baclofen-tablets"
    client = sign_in(customer)
    assert client.get(page).headers["Cache-Control"] == "private, no-cache"
    approve(baclofen)
    shown = client.get(page)
    assert 'id="on-prescription"' in shown.text
    assert shown.headers["Cache-Control"] == "no-store"


def test_brand_and_generic_on_one_prescription_are_one_medicine(brand, baclofen):
    tizanidine = make_variant("Tizanidine")
    known = medicines.medicines([brand, baclofen, tizanidine], "US")
    assert {key: one.same_as for key, one in known.items()} == {
        brand: {baclofen},
        baclofen: {brand},
        tizanidine: frozenset(),
    }
