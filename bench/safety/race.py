"""Two accounts of one person order the last of what is allowed at the same moment."""

import threading

from flask import Flask

from bench.safety import hands
from bench.safety.cases import Case
from shop.database import db
from shop.errors import DomainError

LAST = Case("race", "Acetaminophen", rx=False, strength="500 mg", quantity=50)
FIRST_HOUSE = 50_000


def race(app: Flask, rounds: int) -> list[int]:
    """In each round, how many of the two orders got through: one, where the limit holds."""
    with app.app_context():
        variant_id = hands.harmless(LAST, "Race", listed=True)
        hands.turn_into(variant_id, LAST, "clear")
        return [_round(app, variant_id, FIRST_HOUSE + number) for number in range(rounds)]


def _round(app: Flask, variant_id: int, house: int) -> int:
    accounts = [hands.person(), hands.person()]
    for account in accounts:
        hands.put_in_basket(account, variant_id, LAST.quantity)
    db.session.remove()
    start, through = threading.Barrier(len(accounts)), []

    def buy(account: int) -> None:
        with app.app_context():
            start.wait()
            try:
                hands.order(account, hands.address(house, "NY"), None)
            except DomainError:
                return
            through.append(account)

    threads = [threading.Thread(target=buy, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(through)
