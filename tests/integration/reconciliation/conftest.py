"""A store whose payment sandbox holds nothing of other tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.payments.sandbox import create_sandbox
from tests.integration.checkout.store_counter import ada, counter, naproxen, new_customer  # noqa: F401
from tests.integration.payments.payment_desk import SECRET, Clock, Receiver, serve


@pytest.fixture
def store_sandbox(tmp_path: Path) -> Iterator[tuple[str, Receiver, Clock]]:
    clock, receiver = Clock(), Receiver()
    inbox = serve(receiver.app)
    address = f"http://127.0.0.1:{inbox.port}/webhooks"
    sandbox = create_sandbox(address, SECRET, tmp_path / "state.sqlite3", clock=clock)
    server = serve(sandbox)
    yield f"http://127.0.0.1:{server.port}", receiver, clock
    server.shutdown()
    sandbox.extensions["sandbox"].close()
    inbox.shutdown()
