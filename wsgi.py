"""The entry for WSGI servers and for `flask --app wsgi`."""

import sys

from shop import create_app
from shop.config import SettingsRefused

try:
    app = create_app()
except SettingsRefused as refusal:
    sys.exit(f"Formulary cannot start. {refusal}")
