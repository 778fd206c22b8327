"""People at the store's own forms."""

import re

import pytest

from shop.clock import now
from shop.outbox.worker import run_due
from tests.csrf import csrf_token


class Browser:
    """A browser that fills in the forms it was given, token included."""

    def __init__(self, app) -> None:
        self.app, self.client = app, app.test_client()

    def get(self, path: str, **more):
        with self.app.app_context():  # a context of its own: `g` must not pass from one request to the next
            return self.client.get(path, **more)

    def post(self, path: str, **more):
        with self.app.app_context():
            return self.client.post(path, **more)

    def send(self, path: str, form_page: str | None = None, **fields):
        return self.post(path, data={"csrf_token": csrf_token(self.client), **fields})

    def sign_in(self, email: str, password: str, **more):
        return self.send("/sign-in", email=email, password=password, **more)

    def is_signed_in(self) -> bool:
        with self.client.session_transaction() as session:
            return "_user_id" in session


@pytest.fixture
def browser(app):
    return Browser(app)


@pytest.fixture
def new_browser(app):
    return lambda: Browser(app)


def links_in(mail) -> list[str]:
    """Where the links of the mail's text lead, inside the site."""
    return re.findall(r"https?://[^/\s]+(/\S+)", mail.get_body(("plain",)).get_content())


@pytest.fixture
def mails(change_settings, tmp_path):
    """`mails()` runs the jobs that are due and gives the mails written so far, oldest first, parsed."""
    import email
    import email.policy

    change_settings(instance=tmp_path)

    def read():
        run_due(now())
        # by the time of writing: names tell seconds only, and two mails may be of the same one
        files = sorted((tmp_path / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return read
