"""Confirms payments that it is told of, a line each: instance folder, database. Says what became of each."""

import sys
from pathlib import Path

from shop import create_app
from shop.checkout import payment_session
from shop.clock import now
from shop.payments.facts import PaymentFacts, PaymentState
from tests.store_settings import settings_for

folder, url = sys.argv[1:]

if __name__ == "__main__":
    with create_app(settings_for(Path(folder), url)).app_context():
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for line in sys.stdin:
            session, intent, reference, amount = line.split()
            facts = PaymentFacts(session, intent, reference, PaymentState.AUTHORIZED, int(amount), "usd")
            sys.stdout.write(f"{payment_session.settle(facts, now()).outcome}\n")
            sys.stdout.flush()
