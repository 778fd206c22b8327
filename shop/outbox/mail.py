"""Mail: asking for one with a change, setting it from its templates, and handing it to files or to SMTP.

A mail is two templates, `templates/mail/<name>.txt` (its first line is `Subject: …`) and `<name>.html`.
Owns no wording and knows no accounts: the room of accounts runs the job, since it knows the recipient.
A mail carries order numbers and addresses inside the site, never health data.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from flask import current_app, render_template

from shop.outbox import smtp
from shop.outbox.service import enqueue

KIND = "mail"


class MailMisnamed(Exception):
    """A mail's text template does not begin with its subject."""


@dataclass(frozen=True)
class Recipient:
    """Whom a mail greets and reaches."""

    id: int
    name: str
    email: str


def enqueue_mail(
    template: str, user_id: int, key: str, at: datetime, *, sequence: str | None = None, **codes: str | int
) -> None:
    """Ask, in the caller's transaction, that `template` be sent once for `key` to the account `user_id`.

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
    enqueue(KIND, f"mail:{key}", payload, at=at, sequence=sequence)


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
        smtp.send(message, settings.smtp_url)
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
