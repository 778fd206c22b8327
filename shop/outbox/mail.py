"""Mail: asking for one with a change, setting it from its templates, and handing it to files or to SMTP.

A mail is two templates, `templates/mail/<name>.txt` (its first line is `Subject: …`) and `<name>.html`.
Owns no wording and knows no accounts: the room of accounts runs the job, since it knows the recipient.
A mail carries order numbers and addresses inside the site, never health data.
"""

import hashlib
import os
import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template

from shop.outbox.service import enqueue

KIND = "mail"
SMTP_TIMEOUT_SECONDS = 20  # well within a job's lease


class MailMisnamed(Exception):
    """A mail's text template does not begin with its subject, or SMTP_URL has an unknown scheme."""


@dataclass(frozen=True)
class Recipient:
    """Whom a mail greets and reaches."""

    id: int
    name: str
    email: str


def enqueue_mail(template: str, user_id: int, key: str, at: datetime, **codes: str | int) -> None:
    """Ask, in the caller's transaction, that `template` be sent once for `key` to the account `user_id`.

    `codes` reach the templates by name: order numbers, counts, codes of reasons; never health data.
    """
    payload = {
        "template": template,
        "user_id": user_id,
        "key": key,
        "asked_at": at.isoformat(),
        "codes": codes,
    }
    enqueue(KIND, f"mail:{key}", payload, at=at)


def compose(template: str, to: Recipient, key: str, asked_at: datetime, **values: object) -> EmailMessage:
    """The message in text and HTML. The same key gives the same Message-ID, so a repeat can be recognised."""
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
        _send(message, settings.smtp_url)
    else:
        moment = asked_at.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        _keep(message, settings.mail_folder / f"{moment}-{_digest(key)[:12]}.eml")


def _keep(message: EmailMessage, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
    unfinished.replace(path)  # a reader sees the whole mail or none


def _send(message: EmailMessage, url: str) -> None:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=ssl.create_default_context()
        )
    elif parts.scheme in ("smtp", "smtp+starttls"):
        server = smtplib.SMTP(
            host, parts.port or (25 if parts.scheme == "smtp" else 587), timeout=SMTP_TIMEOUT_SECONDS
        )
    else:
        raise MailMisnamed("SMTP_URL begins with smtp://, smtp+starttls:// or smtps://")
    with server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
