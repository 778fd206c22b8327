"""Mails: text and HTML, to files or to a real SMTP server, once for a key, without health data."""

import email
import email.policy
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from markupsafe import escape

from shop.config import ROOT
from shop.database import db, transaction
from shop.outbox import mail, worker
from shop.outbox.mail import enqueue_mail
from shop.outbox.models import Job

AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)


class Postbox:
    """Keeps what a real SMTP server was given."""

    def __init__(self) -> None:
        self.envelopes: list = []
        self.sign_ins: list = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  (aiosmtpd's name)
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.sign_ins.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def use_settings(change_settings, tmp_path):
    """`use_settings(smtp_url=…)` changes the application's settings for the test; mails go to tmp_path."""
    change_settings(instance=tmp_path)
    return change_settings


@pytest.fixture
def smtp():
    """A real SMTP server that wants a user and a password; gives its postbox and its address."""
    postbox = Postbox()
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=postbox.authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    yield postbox, f"smtp+plain://formulary:p%40ss%2Fword@127.0.0.1:{controller.port}"
    controller.stop()


def parse(raw: bytes) -> email.message.EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def ask_and_run(user_id: int, key: str = "k:1") -> None:
    with transaction():
        enqueue_mail("password_changed", user_id, key, AT)
    assert worker.run_due(AT) == 1


def check(message, address: str) -> None:
    assert message["To"].addresses[0].addr_spec == address
    assert message["From"].addresses[0].addr_spec == "pharmacy@demo.example"
    assert message.get_content_type() == "multipart/alternative"
    text = message.get_body(("plain",)).get_content()
    html = message.get_body(("html",)).get_content()
    assert message["Subject"]
    assert f"<h1>{escape(message['Subject'])}</h1>" in html
    assert "/reset-password" in text
    assert "Subject:" not in text
    assert '<a href="http://127.0.0.1:8000/reset-password">' in html


def test_a_mail_is_kept_as_a_file_named_by_its_date_and_readable_by_its_owner_only(
    use_settings, make_user, tmp_path
):
    ask_and_run(make_user("customer", "ada@demo.example"))
    [file] = (tmp_path / "mail").iterdir()
    assert file.name.startswith("2026-11-20T123000Z-")
    assert file.suffix == ".eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    check(parse(file.read_bytes()), "ada@demo.example")


def test_a_mail_reaches_a_real_smtp_server_as_text_and_html(use_settings, make_user, smtp, tmp_path):
    postbox, url = smtp
    use_settings(smtp_url=url)
    ask_and_run(make_user("customer", "ada@demo.example"))
    assert postbox.sign_ins == [(b"formulary", b"p@ss/word")]
    [envelope] = postbox.envelopes
    assert envelope.rcpt_tos == ["ada@demo.example"]
    check(parse(envelope.content), "ada@demo.example")
    assert not (tmp_path / "mail").exists()


def test_a_mail_that_is_sent_twice_has_the_same_message_id_and_is_one_file(use_settings, make_user, tmp_path):
    to = mail.Recipient(1, "Ada Specimen", "ada@demo.example")
    first, second = (mail.compose("password_changed", to, "k:1", AT) for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"] != mail.compose("password_changed", to, "k:2", AT)["Message-ID"]
    mail.deliver(first, "k:1", AT)
    mail.deliver(second, "k:1", AT)
    assert len(list((tmp_path / "mail").iterdir())) == 1


def test_a_mail_server_that_is_away_leaves_the_job_for_later(use_settings, make_user):
    use_settings(smtp_url=f"smtp+plain://127.0.0.1:{free_port()}")
    ask_and_run(make_user())
    waiting = db.session.query(Job).one()
    assert waiting.finished_at is None
    assert waiting.last_error == "ConnectionRefusedError"


def test_a_name_cannot_write_headers_or_markup(use_settings, make_user, tmp_path):
    ask_and_run(make_user("customer", "ada@demo.example", name="<b>Ada</b>\r\nBcc: eve@demo.example"))
    message = parse(next((tmp_path / "mail").iterdir()).read_bytes())
    assert message["Bcc"] is None
    assert "&lt;b&gt;Ada&lt;/b&gt;" in message.get_body(("html",)).get_content()
    assert "<b>Ada</b>" in message.get_body(("plain",)).get_content()


def test_an_account_closed_in_the_meantime_gets_no_mail(use_settings, make_user, tmp_path):
    from shop.accounts.service import deactivate

    user_id = make_user()
    with transaction():
        deactivate(user_id, AT)
    ask_and_run(user_id)
    assert not (tmp_path / "mail").exists()


MAILS = sorted(path.stem for path in (ROOT / "templates" / "mail").glob("*.txt") if path.stem != "base")


@pytest.mark.parametrize("template", MAILS)
def test_every_mail_can_be_set_in_text_and_html_and_names_no_medicine(context, template):
    to = mail.Recipient(1, "Ada Specimen", "ada@demo.example")
    codes = {"number": "ABCD1234", "reference": "EFGH5678", "path": "/orders", "total_cents": 4590}
    codes |= {"refunded_cents": 1230, "until": "2026-12-29"}
    message = mail.compose(template, to, "k:1", AT, **codes)
    assert len(message["Subject"]) > 5
    for kind in ("plain", "html"):
        assert to.name in message.get_body((kind,)).get_content()
    folder = ROOT / "templates" / "mail"
    source = (folder / f"{template}.txt").read_text() + (folder / f"{template}.html").read_text()
    for told in ("product", "strength", "medicine_name", "variant", "diagnosis", "directions"):
        assert told not in source


def test_a_password_never_travels_in_the_clear_unless_told_so(use_settings, make_user, smtp):
    postbox, plain = smtp  # a server without TLS
    use_settings(smtp_url=plain.replace("smtp+plain:", "smtp:"))
    ask_and_run(make_user())
    assert db.session.query(Job).one().last_error == "SMTPNotSupportedError"
    assert (postbox.envelopes, postbox.sign_ins) == ([], [])


def test_smtp_means_starttls(use_settings, make_user, tmp_path, monkeypatch):
    certificate = tmp_path / "certificate.pem"
    certificate.write_bytes(self_signed("localhost"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    postbox = Postbox()
    controller = Controller(
        postbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
        authenticator=postbox.authenticate,
        auth_required=True,
    )
    controller.start()
    try:
        use_settings(smtp_url=f"smtp://formulary:p%40ss%2Fword@localhost:{controller.port}")
        ask_and_run(make_user())
    finally:
        controller.stop()
    assert db.session.query(Job).one().last_error is None
    assert len(postbox.envelopes) == 1
    assert postbox.sign_ins == [(b"formulary", b"p@ss/word")]


def self_signed(host: str) -> bytes:
    """A key and a certificate that it signed for `host`, good today."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return secret + certificate.public_bytes(pem)
