"""One delivery ends within its deadline, is not repeated after success, and knows a refusal for good."""

import smtplib
import socket
import threading
from contextlib import suppress
from email.message import EmailMessage

import pytest

from shop.outbox import mail
from shop.outbox.kinds import Permanent
from tests.integration.outbox.conftest import wait_until

GREETING = [b"220 mail.example\r\n", b"250 mail.example\r\n", b"250 OK\r\n"]


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@demo.example", "b@demo.example", "Hello"
    made.set_content("Hello")
    return made


class Script:
    """An SMTP server that gives one scripted answer after another, and then is silent."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers, self.heard = answers, []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp+plain://127.0.0.1:{self.server.getsockname()[1]}"
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            wire, _ = self.server.accept()
            with wire, wire.makefile("rb") as lines:
                for answer in self.answers:
                    if answer == b"trickle":
                        self._trickle(wire)
                    wire.sendall(answer)
                    self.heard.append(self._hear(lines, data=answer.startswith(b"354")))
                self.done.wait()

    def _trickle(self, wire: socket.socket) -> None:
        while not self.done.wait(0.05):
            wire.sendall(b"2")

    def _hear(self, lines, data: bool) -> bytes:
        line = lines.readline()
        while data and line not in (b".\r\n", b""):
            line = lines.readline()
        return line

    def close(self) -> None:
        self.done.set()
        self.server.close()
        self.thread.join()


@pytest.fixture
def script():
    made: list[Script] = []

    def start(*answers: bytes) -> Script:
        made.append(Script([*answers]))
        return made[-1]

    yield start
    for one in made:
        one.close()


def test_a_server_that_accepts_and_is_silent_is_an_error_for_now(script, monkeypatch):
    monkeypatch.setattr(mail, "ANSWER_SECONDS", 0.2)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mail.send(message(), script(b"").url)


def test_a_server_that_trickles_its_answer_is_cut_off_at_the_deadline(script, monkeypatch):
    monkeypatch.setattr(mail, "DELIVERY_SECONDS", 0.5)
    with pytest.raises(smtplib.SMTPException):
        mail.send(message(), script(b"trickle").url)


def test_a_mail_that_was_taken_is_sent_even_if_the_server_says_no_more(script, monkeypatch):
    monkeypatch.setattr(mail, "ANSWER_SECONDS", 2)
    server = script(*GREETING, b"250 OK\r\n", b"354 go on\r\n", b"250 taken\r\n")
    mail.send(message(), server.url)
    wait_until(lambda: server.heard[-1].upper() == b"QUIT\r\n")


def test_a_strange_goodbye_does_not_send_the_mail_again(script):
    server = script(*GREETING, b"250 OK\r\n", b"354 go on\r\n", b"250 taken\r\n", b"421 go away\r\n")
    mail.send(message(), server.url)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"550 5.1.1 no such user\r\n", mail.RecipientRefused),
        (b"452 4.2.2 mailbox full\r\n", smtplib.SMTPRecipientsRefused),
        (b"550 5.7.1 relaying denied\r\n", smtplib.SMTPRecipientsRefused),
    ],
)
def test_a_refused_recipient_is_final_only_without_a_mailbox(script, answer, error):
    with pytest.raises(error):
        mail.send(message(), script(*GREETING, answer, b"250 OK\r\n").url)
    assert issubclass(mail.RecipientRefused, Permanent)


def test_a_server_that_turns_everybody_away_is_an_error_for_now(script):
    with pytest.raises(smtplib.SMTPConnectError):
        mail.send(message(), script(b"421 too busy\r\n").url)
