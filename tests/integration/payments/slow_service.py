"""A payment service that accepts connections and then answers slowly, byte by byte, or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class SlowService:
    """`at_once` is sent when a request came, then one of `trickle` every `pause` seconds until it is over."""

    def __init__(self, at_once: bytes, trickle: bytes, pause: float) -> None:
        self.at_once, self.trickle, self.pause = at_once, trickle, pause
        self.requests = 0
        self.over = threading.Event()
        self.threads: list[threading.Thread] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(0.1)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def accept(self) -> None:
        while not self.over.is_set():
            try:
                connection, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.requests += 1
            thread = threading.Thread(target=self.answer, args=(connection,))
            self.threads.append(thread)
            thread.start()

    def answer(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(5)
            try:
                connection.recv(65536)
                connection.sendall(self.at_once)
                while not self.over.wait(self.pause):
                    connection.sendall(self.trickle)
            except OSError:
                return  # the store hung up


@contextmanager
def slow_service(at_once: bytes = b"", trickle: bytes = b"", pause: float = 0.05) -> Iterator[SlowService]:
    service = SlowService(at_once, trickle, pause)
    main = threading.Thread(target=service.accept)
    main.start()
    try:
        yield service
    finally:
        service.over.set()
        for thread in (main, *service.threads):
            thread.join()
        service.listener.close()
