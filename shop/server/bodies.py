"""How much of a request's body is read, for how long, and by whom it may be sent.

A small body is read from anybody: many of them together take little memory. A large one is read only when the
application, asked first, admits its sender; all large ones of a process together have a budget of memory.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

SMALL_BYTES = 64 * 1024
LARGE_BYTES_HELD = 192 * 1024 * 1024
"""All large bodies of a process together, from their first byte until their answer."""
SILENCE_SECONDS = 20
"""Without a single byte."""
FIRST_SECONDS = 30
LEAST_BYTES_PER_SECOND = 25_000
MOST_SECONDS = 600
"""A body may take `FIRST_SECONDS` and its length at the least rate, 5 MB 230 s, and never more than this."""
LARGE_EACH = 2
"""Large bodies of one sender at a time, in each process: nobody can occupy all of their memory alone."""
DISCARD_SECONDS = 120
DISCARD_SILENCE_SECONDS = 3
"""For what is left of a refused body: a browser that is still sending does not look at the answer."""

Receive = Callable[[], Awaitable[dict[str, Any]]]


class NotSent(Exception):
    """The sender has gone, has been silent for too long, or is too slow."""


class TooLong(Exception):
    """More came than was allowed. Only a body that does not say its length can do that."""


class NoRoom(Exception):
    """Other large bodies occupy the memory there is for them."""


class Room:
    """The memory of one process for large bodies. Used on the event loop only, so it needs no lock."""

    def __init__(self, most: int = LARGE_BYTES_HELD) -> None:
        self._most = most
        self._senders: Counter[str] = Counter()
        self.taken = 0

    @contextmanager
    def reserve(self, sender: str) -> Iterator[Callable[[int], None]]:
        """Gives a function that takes so many bytes more; all are given back at the end.

        Raises NoRoom, and so does that function.
        """
        if self._senders[sender] >= LARGE_EACH:
            raise NoRoom
        self._senders[sender] += 1
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self.taken + size > self._most:
                raise NoRoom
            mine += size
            self.taken += size

        try:
            yield take
        finally:
            self.taken -= mine
            self._senders[sender] -= 1
            if not self._senders[sender]:
                del self._senders[sender]


def _take_anything(_size: int) -> None:
    """A small body needs no room of its own."""


async def read(
    receive: Receive, length: int | None, most: int, take: Callable[[int], None] = _take_anything
) -> BytesIO:
    """The whole body. `length` is what its sender said, None when nothing was said.

    Raises NotSent, TooLong, and whatever `take` raises.
    """
    body = BytesIO()
    allowed = min(FIRST_SECONDS + (length or 0) / LEAST_BYTES_PER_SECOND, MOST_SECONDS)
    try:
        async with asyncio.timeout(allowed):
            more = True
            while more:
                async with asyncio.timeout(SILENCE_SECONDS):
                    message = await receive()
                if message["type"] == "http.disconnect":
                    raise NotSent
                chunk, more = message.get("body", b""), message.get("more_body", False)
                if body.tell() + len(chunk) > most:
                    raise TooLong
                take(len(chunk))
                body.write(chunk)
    except TimeoutError as error:
        raise NotSent from error
    body.seek(0)
    return body


async def discard(receive: Receive) -> None:
    """Read what is left and keep nothing of it, for a while."""
    try:
        async with asyncio.timeout(DISCARD_SECONDS):
            more = True
            while more:
                async with asyncio.timeout(DISCARD_SILENCE_SECONDS):
                    more = (await receive()).get("more_body", False)
    except TimeoutError:
        return
