"""Every decision of docs/adr/0005, taken by three processes at the same moment, many times over.

`interleaving` proves each pair at every statement, on PostgreSQL and in one process. Here nothing is stopped:
three processes with connections of their own run into each other as they do in a store, on both databases.
"""

from shop.database import db
from tests.integration.frequency import (
    goods,
    limits_and_keys,
    lots_and_fills,
    orders_and_money,
    papers,
    persons,
)
from tests.integration.frequency.crowd import gathered
from tests.integration.frequency.decision import Decision
from tests.integration.stock.stock_checks import assert_ledgers_agree

PROCESSES, ROUNDS = 3, 8
TABLES = (orders_and_money, goods, lots_and_fills, papers, limits_and_keys, persons)


def test_whatever_three_processes_decide_at_once_is_decided_once(context, subtests):
    with gathered(context.extensions["settings"], PROCESSES) as crowd:
        for decision in [one for table in TABLES for one in table.DECISIONS]:
            with subtests.test(decision.name):
                _decide(crowd, decision)


def _decide(crowd, decision: Decision) -> None:
    rounds = crowd.prepare(decision.setup, ROUNDS)
    for made, said in zip(rounds, crowd.act(decision.works, rounds), strict=True):
        db.session.rollback()
        decision.check(made, said)
    assert_ledgers_agree()
