"""Mail: asking for one with a change, setting it from its templates, and handing it to files or to SMTP.

A mail is two templates, `templates/mail/<name>.txt` (its first line is `Subject: …`) and `<name>.html`.
Owns no wording and knows no accounts: the room of accounts runs the job, since it knows the recipient.
A mail carries order numbers and addresses inside the site, never health data.
"""

import hashlib
import os
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from flask import current_app, render_template
from sqlalchemy import select

from shop.config import SMTP_PORTS
from shop.database import db
from shop.outbox.kinds import Permanent
from shop.outbox.models import Job
from shop.outbox.rules import refused_for_good
from shop.outbox.service import enqueue, withdraw

KIND = "mail"


class MailMisnamed(Exception):
    """A mail's text template does not begin with its subject."""


@dataclass(frozen=True)
class Recipient:
    """Whom a mail greets and reaches."""

    id: int
    name: str
    email: str
    is_guest: bool = False  # who has nowhere to sign in


def enqueue_mail(
    template: str,
    user_id: int,
    key: str,
    at: datetime,
    *,
    sequence: str | None = None,
    run_after: datetime | None = None,
    **codes: str | int,
) -> None:
    """Ask, in the caller's transaction, that `template` be sent once for `key` to the account `user_id`.

    Not before `run_after`; until then `take_back(key)` can undo it.

    `codes` reach the templates by name: order numbers, counts, codes of reasons; never health data. Mails of
    one `sequence` arrive in the order they were asked for; those with the `number` of an order do anyway.
    """
    if sequence is None and "number" in codes:
        sequence = f"order:{codes['number']}"
    payload = {
        "template": template,
        "user_id": user_id,
        "key": key,
        "asked_at": at.isoformat(),
        "codes": codes,
    }
    enqueue(KIND, _job_key(key), payload, at=at, run_after=run_after, sequence=sequence)


def take_back(key: str) -> bool:
    """Let a mail that was asked for not be sent, in the caller's transaction. False where it was."""
    return withdraw(_job_key(key))


def send_on(sequence: str, former_id: int, user_id: int) -> None:
    """Let the mails of a sequence that are still to be sent to one account reach another, in the caller's
    transaction."""
    waiting = select(Job).where(Job.kind == KIND, Job.sequence == sequence, Job.finished_at.is_(None))
    for job in db.session.scalars(waiting.with_for_update()):
        if job.payload["user_id"] == former_id:
            job.payload = job.payload | {"user_id": user_id}
    db.session.flush()


def _job_key(key: str) -> str:
    return f"mail:{key}"


def compose(template: str, to: Recipient, key: str, asked_at: datetime, **values: object) -> EmailMessage:
    """The message in text and HTML. The same key gives the same Message-ID, so a repeat can be recognized."""
    settings = current_app.extensions["settings"]

    def link(path: str) -> str:
        return f"{settings.public_url}{path}"

    text = render_template(f"mail/{template}.txt", user=to, link=link, **values)
    head, _, body = text.partition("\n")
    if not head.startswith("Subject: "):
        raise MailMisnamed(f"mail/{template}.txt does not begin with its subject")
    message = EmailMessage()
    message["Subject"] = head.removeprefix("Subject: ").strip()
    message["From"] = Address(settings.pharmacy.name, addr_spec=settings.mail_from)
    message["To"] = Address(" ".join(to.name.split()), addr_spec=to.email)
    message["Date"] = format_datetime(asked_at.astimezone(UTC))
    message["Message-ID"] = f"<{_digest(key)}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n")
    html = render_template(f"mail/{template}.html", user=to, link=link, subject=message["Subject"], **values)
    message.add_alternative(html, subtype="html")
    return message


def deliver(message: EmailMessage, key: str, asked_at: datetime) -> None:
    """Send by SMTP_URL, or keep as a file where there is none. Network: never call it in a transaction."""
    settings = current_app.extensions["settings"]
    if settings.smtp_url:
        send(message, settings.smtp_url)
    else:
        moment = asked_at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        _keep(message, settings.mail_folder / f"{moment}-{_digest(key)[:12]}.eml")


def _keep(message: EmailMessage, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
    unfinished.replace(path)  # a reader sees the whole mail or none


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


# --- SMTP: within a deadline, and permanent and temporary refusals told apart -----------------------------

CONNECT_SECONDS = 5.0  # for each address of the server's name
ANSWER_SECONDS = 8.0  # for each read or write
DELIVERY_SECONDS = 20.0  # for all of it: a server that trickles its answers holds a thread no longer


class RecipientRefused(Permanent):
    """The server says that there is no such mailbox."""


def send(message: EmailMessage, url: str) -> None:
    """Send `message` by the server of `url`. RecipientRefused when it can never arrive; OSError otherwise."""
    parts = urlsplit(url)
    with _connected(parts) as server:
        if parts.scheme == "smtp":  # a server without TLS is refused, never talked to in the clear
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
        code, text = server.connect(parts.hostname or "localhost", parts.port or SMTP_PORTS[parts.scheme])
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
