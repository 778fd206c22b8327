"""The token of a browser's forms, for tests that press a button and do not look at its page."""

import secrets

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer


def csrf_token(client: FlaskClient) -> str:
    """What any form of this browser's session carries. Fetching a page for it was a tenth of the suite."""
    with client.session_transaction() as kept:
        raw = kept.setdefault("csrf_token", secrets.token_hex(20))  # as Flask-WTF keeps it
    app = client.application
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(raw))
