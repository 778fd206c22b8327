"""Prices made by rules and fixed by hand: what is touched, what is not, and how it is undone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from shop.audit.models import AuditRecord
from shop.catalogue import queries as catalogue
from shop.catalogue.models import Listing
from shop.clock import business_date
from shop.database import db, transaction
from shop.errors import NotFound
from shop.pricing import queries, records, service
from shop.pricing.models import AcquisitionPrice, PriceRule
from shop.pricing.plan import preview
from shop.pricing.records import NothingToPutBack
from shop.pricing.rules import PriceRefused, Rule, RuleRefused, unit_price
from shop.pricing.service import reprice
from shop.projections.cache_version import version
from tests.factories import make_variant
from tests.integration.pricing.ruled_prices import AT, LASTING, STORE, make_by_rule, product_of, set_rule
from tests.plans import statements

D = Decimal


def test_the_store_rule_prices_what_waits_for_one_and_touches_nothing_else(context):
    ten, twenty = make_by_rule("10 mg"), make_by_rule("20 mg", "0.5")
    unknown = make_by_rule("25 mg", None)
    fixed = make_variant("Loratadine", "10 mg", "0.12")

    done = set_rule(None, STORE)

    assert done.counts() == {
        "raised": 0,
        "lowered": 0,
        "unchanged": 0,
        "new": 2,
        "outdated": 0,
        "without_acquisition": 1,
        "without_rule": 0,
        "without_quantity": 0,
        "lost": 0,
    }
    assert done.total == 3
    found = catalogue.variants([ten, twenty, unknown, fixed])
    assert found[ten].price == D("0.162")
    assert found[ten].breaks == ((60, D("0.122")), (90, D("0.108")))
    assert [found[ten].price_for(n) for n in (1, 30, 59, 60, 89, 90, 900)] == [
        D(text) for text in ("0.162", "0.162", "0.162", "0.122", "0.122", "0.108", "0.108")
    ]
    assert found[ten].by_rule
    assert found[twenty].price == D("0.76")  # 0.755, half up
    assert found[unknown].price is None
    assert (found[fixed].price, found[fixed].breaks, found[fixed].by_rule) == (D("0.12"), (), False)


def test_a_medicines_own_rule_comes_before_the_stores_and_goes_again(context):
    variant = make_by_rule()
    product_id = product_of(variant)
    set_rule(None, STORE)

    done = set_rule(product_id, Rule(fixed_price=D("0.51"), breaks=((90, D(8)),)))

    assert (done.raised, done.product_ids) == (1, {product_id})
    facts = catalogue.variant(variant)
    assert (facts.price, facts.breaks) == (D("0.51"), ((90, D("0.47")),))
    assert queries.rules().of(product_id).fixed_price == D("0.51")
    with transaction():
        assert service.remove_rule(product_id, None, AT).lowered == 1
    assert catalogue.variant(variant).price == D("0.162")
    assert queries.rules().of(product_id) == STORE


def test_lists_follow_a_price_and_caches_are_told(context):
    variant = make_by_rule(cost="0.5")
    offers = version().offers
    set_rule(None, STORE)
    row = db.session.scalars(select(Listing)).one()
    assert (row.product_id, row.price) == (product_of(variant), D("0.70"))
    assert version().offers == offers + 1


def test_repricing_follows_the_survey_and_says_what_it_did(context):
    raised, lowered, same = make_by_rule("10 mg"), make_by_rule("20 mg"), make_by_rule("25 mg")
    set_rule(None, STORE)
    with transaction():
        for variant, cost in ((raised, "0.2"), (lowered, "0.01")):
            db.session.add(
                AcquisitionPrice(
                    variant_id=variant, price=D(cost), effective_on=date(2022, 11, 1), source=LASTING
                )
            )
    looked_at = preview(queries.rules(), None, business_date(AT))
    with transaction():
        done = reprice(None, AT)
    assert (done.raised, done.lowered, done.unchanged, done.total) == (1, 1, 1, 3)
    assert looked_at.counts() == done.counts()
    assert catalogue.variant(same).price == D("0.162")
    with transaction():
        assert reprice(None, AT).changed == 0


def test_without_any_rule_a_price_that_a_rule_made_is_lost_not_kept(context):
    variant = make_by_rule()
    set_rule(None, STORE)
    with transaction():
        done = service.remove_rule(None, None, AT)
    assert (done.without_rule, done.lost) == (1, 1)
    assert catalogue.variant(variant).price is None


def test_a_strength_in_no_pack_step_gets_no_price(context):
    variant = make_by_rule(quantities=())
    assert set_rule(None, STORE).without_quantity == 1
    assert catalogue.variant(variant).price is None


def test_repricing_some_medicines_leaves_the_others(context):
    one, other = make_by_rule(), make_by_rule(name="Warfarin")
    with transaction():
        db.session.add(PriceRule(mark_up=D(0), fee=D(0), breaks=[], changed_at=AT))
        reprice([product_of(one)], AT)
    assert catalogue.variant(one).price == D("0.060")
    assert catalogue.variant(other).price is None


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (Rule(), ["mark_up"]),
        (Rule(D(-1)), ["mark_up"]),
        (Rule(D(1), breaks=((30, D(5)), (60, D(4)))), ["breaks"]),
        (Rule(fixed_price=D("0.51")), ["fixed_price"]),  # not for a whole store
    ],
)
def test_a_rule_that_cannot_be_meant_changes_nothing(context, rule, fields):
    with pytest.raises(RuleRefused) as refusal, transaction():
        service.set_rule(None, rule, None, AT)
    assert list(refusal.value.fields) == fields
    assert queries.rules().store is None


def test_a_rule_for_a_medicine_that_is_not_there_is_refused(context):
    with pytest.raises(NotFound), transaction():
        service.set_rule(999_999, STORE, None, AT)
    with pytest.raises(NotFound), transaction():
        service.remove_rule(None, None, AT)


# --- Undo -----------------------------------------------------------------------------------------------


def test_the_rule_before_can_be_put_back_once(context, make_user):
    admin, variant = make_user("admin"), make_by_rule()
    set_rule(None, STORE)
    set_rule(None, Rule(D("0.10"), D("2.40"), breaks=((90, D(5)),)), AT + timedelta(hours=1))
    before = records.rule_before(None)
    assert (before.value, before.at) == (STORE, AT + timedelta(hours=1))
    with transaction():
        service.put_back_rule(None, admin, AT + timedelta(hours=2))
    assert queries.rules().store == STORE
    assert catalogue.variant(variant).price == D("0.162")
    record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
    assert (record.event, record.actor_id, record.subject_id) == ("catalogue:price_rule:set", admin, "store")


def test_the_first_rule_is_undone_by_having_none(context):
    product_id = product_of(make_by_rule())
    with pytest.raises(NothingToPutBack), transaction():
        service.put_back_rule(product_id, None, AT)
    set_rule(product_id, STORE)
    with transaction():
        service.put_back_rule(product_id, None, AT)
    assert queries.rules().of(product_id) is None


def test_the_same_rule_again_is_no_change_to_undo(context):
    set_rule(None, STORE)
    set_rule(None, Rule(D("0.3500"), D("2.4")))
    assert db.session.scalar(select(func.count(AuditRecord.id))) == 1


# --- By hand --------------------------------------------------------------------------------------------


def test_a_price_fixed_by_hand_stays_when_rules_change(context):
    variant = make_by_rule()
    set_rule(None, STORE)
    with transaction():
        assert service.set_fixed_price(variant, D("0.51"), ((90, D("0.47")),), None, AT)
    set_rule(None, Rule(D(3)))
    facts = catalogue.variant(variant)
    assert (facts.price, facts.price_for(90), facts.by_rule) == (D("0.51"), D("0.47"), False)
    with transaction():
        assert not service.set_fixed_price(variant, D("0.510"), ((90, D("0.47")),), None, AT)


def test_a_decision_about_one_price_is_undone_both_ways(context):
    variant = make_variant(price="0.51")
    set_rule(None, Rule(fee=D("2.40"), mark_up=D("0.35")))
    with transaction():
        assert service.price_by_rule([variant], None, AT).lost == 1  # its acquisition is not known
    assert catalogue.variant(variant).price is None
    with transaction():
        service.put_back_price(variant, None, AT)
    assert (catalogue.variant(variant).price, catalogue.variant(variant).by_rule) == (D("0.51"), False)
    with transaction():
        service.put_back_price(variant, None, AT)
    assert catalogue.variant(variant).by_rule
    untouched = make_variant("Loratadine")
    with pytest.raises(NothingToPutBack), transaction():
        service.put_back_price(untouched, None, AT)


def test_a_fixed_price_that_cannot_be_meant_is_refused(context):
    variant = make_variant(price="0.51")
    with pytest.raises(PriceRefused), transaction():
        service.set_fixed_price(variant, D("0.51"), ((90, D("0.52")),), None, AT)
    with pytest.raises(NotFound), transaction():
        service.set_fixed_price(999_999, D("0.51"), (), None, AT)
    assert catalogue.variant(variant).price == D("0.51")


def test_many_strengths_are_priced_in_few_questions(context, client):
    for milligrams in range(1, 133):
        make_by_rule(f"{milligrams} mg", f"0.{milligrams:03}")
    with statements() as asked:
        done = set_rule(None, STORE)
    assert done.new == 132
    assert len(asked) < 20


def test_two_admins_who_write_the_first_rule_at_once_make_one(context):
    variant = make_by_rule()
    db.session.remove()

    def write(mark_up: str) -> None:
        with context.app_context():
            set_rule(None, Rule(D(mark_up), D("2.40")))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, ("0.1", "0.2", "0.3", "0.4")))

    kept = db.session.scalars(select(PriceRule)).one()
    assert kept.mark_up in {D("0.1"), D("0.2"), D("0.3"), D("0.4")}
    price = catalogue.variant(variant).price
    assert price == unit_price(queries.rules().store, D("0.06047"), 30)
