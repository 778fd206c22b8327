"""The payment sandbox and a webhook receiver as real servers on loopback."""

import socket
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from shop.payments.gateway import Gateway
from shop.payments.sandbox import create_sandbox
from tests.integration.payments.payment_desk import KEY, SECRET, Clock, Desk, Receiver, serve


@pytest.fixture(scope="session")
def receiver() -> Iterator[tuple[Receiver, str]]:
    receiver = Receiver()
    server = serve(receiver.app)
    yield receiver, f"http://127.0.0.1:{server.port}/webhooks"
    server.shutdown()


@pytest.fixture(scope="session")
def sandbox(
    receiver: tuple[Receiver, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Clock]]:
    clock, state = Clock(), Path(tmp_path_factory.mktemp("sandbox")) / "state.sqlite3"
    app = create_sandbox(receiver[1], SECRET, state, clock=clock, retry_after=(0.05, 0.05, 0.05))
    server = serve(app)
    yield f"http://127.0.0.1:{server.port}", clock
    server.shutdown()
    app.extensions["sandbox"].close()


@pytest.fixture
def desk(receiver: tuple[Receiver, str], sandbox: tuple[str, Clock]) -> Desk:
    base, clock = sandbox
    receiver[0].deliveries.clear()
    return Desk(Gateway(KEY, SECRET, base), receiver[0], clock, base)


_numbers = count(1)


@pytest.fixture
def reference() -> str:
    """An order number nobody else in this run has."""
    return f"F-{next(_numbers):06}"


@pytest.fixture
def gateway_only() -> Gateway:
    """A gateway whose service is down: nothing listens at its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Gateway(KEY, SECRET, f"http://127.0.0.1:{port}")
