"""The plan: the seed alone decides, every kind has its turn, and enough happens in a minute."""

from collections import Counter

import pytest

from bench.chaos.plan import CUSTOMERS, KILLS, NEIGHBORS, Cancel, Card, Kill, make_plan

DATABASES = sorted(KILLS)


@pytest.mark.parametrize("database", DATABASES)
def test_the_same_seed_makes_the_same_sequence(database):
    assert make_plan(7, 2, database) == make_plan(7, 2, database)
    assert make_plan(7, 2, database) != make_plan(8, 2, database)


def test_customers_do_the_same_whatever_the_database():
    assert make_plan(7, 1, "sqlite").visits == make_plan(7, 1, "postgresql").visits


@pytest.mark.parametrize("database", DATABASES)
def test_five_minutes_have_more_than_fifty_kills_and_every_kind_of_trouble(database):
    plan = make_plan(1, 5, database)
    whats = Counter(fault.what for fault in plan.faults)
    assert sum(count for what, count in whats.items() if isinstance(what, Kill)) >= 50
    assert whats.keys() >= {*KILLS[database], *NEIGHBORS[database]}


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("seed", range(20))
def test_faults_come_one_after_the_other_within_the_run(database, seed):
    plan = make_plan(seed, 2, database)
    ends = 0.0
    for fault in plan.faults:
        assert ends <= fault.at
        ends = fault.at + fault.seconds
        assert 0 <= fault.pick < 1
    assert ends <= plan.seconds


def test_only_a_database_that_has_backends_loses_one():
    assert not {fault.what for fault in make_plan(1, 5, "sqlite").faults} & {Kill.BACKEND, Kill.SESSION}


def test_among_many_visits_every_habit_is_found():
    visits = [visit for row in make_plan(1, 2, "sqlite").visits for visit in row]
    assert len(make_plan(1, 2, "sqlite").visits) == CUSTOMERS
    assert {visit.cancel for visit in visits} == set(Cancel)
    assert {visit.returns for visit in visits} == {0, 1, 2, 3}
    assert {visit.clicks for visit in visits} == {visit.checkouts for visit in visits} == {1, 2}
    assert {(), (Card.GOOD,), (Card.DECLINED, Card.GOOD)} <= {visit.cards for visit in visits}
    assert any(visit.expires for visit in visits)
    assert all(Card.GOOD in visit.cards for visit in visits if visit.expires)
    wares = {ware for visit in visits for ware in visit.wares}
    assert {ware[:2] for ware in wares} == {"ot", "ho", "rx"}


def test_a_database_nobody_knows_is_refused():
    with pytest.raises(KeyError):
        make_plan(1, 1, "oracle")
