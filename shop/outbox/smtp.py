"""Handing a message to an SMTP server within a deadline, and telling a refusal for good from one for now."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from functools import cache
from urllib.parse import SplitResult, unquote, urlsplit

from shop.outbox.kinds import Permanent
from shop.outbox.rules import refused_for_good

CONNECT_SECONDS = 5.0  # for each address of the server's name
ANSWER_SECONDS = 8.0  # for each read or write
DELIVERY_SECONDS = 20.0  # for all of it: a server that trickles its answers holds a thread no longer
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class SmtpUrlUnknown(Exception):
    """SMTP_URL has a scheme that is none of PORTS."""


class RecipientRefused(Permanent):
    """The server says that there is no such mailbox."""


def send(message: EmailMessage, url: str) -> None:
    """Send `message` by the server of `url`. RecipientRefused when it can never arrive; OSError otherwise."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise SmtpUrlUnknown("SMTP_URL begins with smtp://, smtp+starttls:// or smtps://")
    with _connected(parts) as server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        try:
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            (code, answer), *_ = refusal.recipients.values()  # a mail has one recipient
            if refused_for_good(code, answer.decode(errors="replace")):
                raise RecipientRefused from refusal
            raise
        with suppress(smtplib.SMTPException, OSError):  # it has the mail: what it says now changes nothing
            server.quit()


@contextmanager
def _connected(parts: SplitResult) -> Iterator[smtplib.SMTP]:
    make = _WatchedTls if parts.scheme == "smtps" else _Watched
    server = make(local_hostname=_own_name(), timeout=CONNECT_SECONDS)  # without a host it connects later
    watch = threading.Timer(DELIVERY_SECONDS, server.cut)
    watch.daemon = True
    watch.start()
    try:
        code, text = server.connect(parts.hostname or "localhost", parts.port or PORTS[parts.scheme])
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        yield server
    finally:
        watch.cancel()
        server.close()


@cache
def _own_name() -> str:
    """What this machine is called in a greeting; asked once, since the answer may come from afar."""
    name = socket.getfqdn()
    return name if "." in name else "[127.0.0.1]"


class _Watched(smtplib.SMTP):
    """A connection that another thread can cut, from its first byte on."""

    wire: socket.socket | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self._host = host  # what a certificate is checked against
        self.wire = self._wrapped(socket.create_connection((host, port), timeout))
        self.wire.settimeout(ANSWER_SECONDS)
        return self.wire

    def _wrapped(self, wire: socket.socket) -> socket.socket:
        return wire

    def cut(self) -> None:
        """End it: whoever waits for an answer gets an error now."""
        for wire in filter(None, (self.sock, self.wire)):  # two of them after STARTTLS
            with suppress(OSError):
                socket.socket.shutdown(wire, socket.SHUT_RDWR)  # below TLS, whose goodbye might wait


class _WatchedTls(_Watched):
    """The same, in TLS from the start."""

    def _wrapped(self, wire: socket.socket) -> socket.socket:
        return ssl.create_default_context().wrap_socket(wire, server_hostname=self._host)
