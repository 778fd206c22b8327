"""What stands beside the store and can be made slow, silent, away or full: proxy, mail server, disk."""

import asyncio
import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import StrEnum
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

HOST = "127.0.0.1"
DISK_MB = 160


class Mode(StrEnum):
    PASS = "pass"
    SLOW = "slow"  # requests arrive at once, their answers come back late
    SILENT = "silent"  # connections are taken, and nothing is ever said
    AWAY = "away"  # connections are cut, old and new


class Proxy:
    """A TCP proxy on 127.0.0.1 whose behavior can be changed while it runs. `port` 0 finds a free one."""

    def __init__(self, target: int, delay: float = 10.0) -> None:
        self.target, self.delay = target, delay
        self.mode = Mode.PASS
        self.port = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"proxy to {target}", daemon=True)

    def start(self) -> "Proxy":
        self._thread.start()
        self._ready.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    @contextmanager
    def being(self, mode: Mode) -> Iterator[None]:
        """Behave like `mode` for the length of the block; afterwards connections begin anew."""
        self.mode = mode
        if mode is Mode.AWAY:
            self._loop.call_soon_threadsafe(self._cut)
        try:
            yield
        finally:
            self.mode = Mode.PASS
            if mode is Mode.SILENT:
                self._loop.call_soon_threadsafe(self._cut)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, HOST, 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        self._cut()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.05))

    def _cut(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self.mode is Mode.AWAY:
                return
            if self.mode is Mode.SILENT:
                await reader.read(-1)  # until the other side gives up
                return
            far_reader, far_writer = await asyncio.open_connection(HOST, self.target)
            self._open.add(far_writer)
            try:
                await self._carry(reader, writer, far_reader, far_writer)
            finally:
                self._open.discard(far_writer)
                far_writer.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.transport.abort()

    async def _carry(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        far_reader: asyncio.StreamReader,
        far_writer: asyncio.StreamWriter,
    ) -> None:
        ways = {
            asyncio.create_task(self._pump(reader, far_writer, late=False)),
            asyncio.create_task(self._pump(far_reader, writer, late=True)),
        }
        _done, waiting = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, late: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if late and self.mode is Mode.SLOW:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()


@dataclass(frozen=True)
class Mail:
    """One delivery, as the customer's mail server saw it. The same `id` twice is the same mail twice."""

    id: str
    to: str
    subject: str
    at: float


class MailServer:
    """A real SMTP server that keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.port = free_port_with_neighbor()
        self._controller = Controller(self, hostname=HOST, port=self.port, ready_timeout=30)

    def start(self) -> "MailServer":
        self._controller.start()
        return self

    def stop(self) -> None:
        self._controller.stop()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append(
            Mail(str(message["Message-ID"]), envelope.rcpt_tos[0], str(message["Subject"]), time.time())
        )
        return "250 OK"


class Disk:
    """The store's folder on a small tmpfs, which can be filled to the last byte; root may mount one.

    Where mounting is not permitted the folder is a plain one and `may_be_full` is False.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=700", "tmpfs", str(folder)]
        try:
            self.may_be_full = subprocess.run(mount, capture_output=True, timeout=20).returncode == 0
        except OSError:
            self.may_be_full = False

    @contextmanager
    def full(self) -> Iterator[None]:
        filler = self.folder / "filler"
        try:
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * 65536)
            yield
        finally:
            filler.unlink(missing_ok=True)

    def close(self) -> None:
        if self.may_be_full:
            subprocess.run(["umount", "-l", str(self.folder)], capture_output=True, timeout=20)


def free_port_with_neighbor() -> int:
    """A port whose next one is free too: `make run` puts the payment sandbox beside the web server."""
    import socket

    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind((HOST, 0))
            port = int(first.getsockname()[1])
            try:
                second.bind((HOST, port + 1))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no two neighboring ports are free on {os.uname().nodename}")
