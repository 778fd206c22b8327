"""What single settings must look like: for the environment, and for whoever asks a person for them. Pure.

Each takes the text and returns the value, or raises `SettingsRefused` with a sentence that names the setting.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from shop.clock import zone_named
from shop.config import SMTP_PORTS, SettingsRefused
from shop.us_states import NAMES

INVENTED = "DEMO-"
"""How the demonstration's licenses begin: `shop/safety/data/states_served.toml`."""


def https_address(text: str) -> str:
    """PUBLIC_URL in production, without a slash at its end: cookies depend on https."""
    if not text.startswith("https://"):
        raise SettingsRefused("PUBLIC_URL needs to start with https:// in production: cookies depend on it.")
    text = text.rstrip("/")
    host = text.removeprefix("https://")
    if not re.fullmatch(r"[^\s/?#@:]+(:\d{1,5})?", host):
        raise SettingsRefused(
            "PUBLIC_URL needs to be the site’s address and nothing else, such as https://pharmacy.example."
        )
    return text


def smtp_url(text: str) -> str:
    """SMTP_URL, by one of the schemes of SMTP_PORTS."""
    try:
        parts = urlsplit(text)
        known = parts.scheme in SMTP_PORTS and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        known = False
    if not known or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingsRefused(  # without the URL itself: it may hold a password
            "SMTP_URL needs to be smtp://user:password@host (STARTTLS), smtps://… (TLS from the start), or "
            "smtp+plain://… where mail and password may travel unencrypted. In a password, write / as %2F, "
            "? as %3F, # as %23 and @ as %40."
        )
    return text


def zone(text: str) -> str:
    """STORE_TIMEZONE, a name of the IANA time zone database."""
    try:
        zone_named(text)
    except ValueError as error:
        raise SettingsRefused(
            f"STORE_TIMEZONE is “{text}”; it needs to be a name of the IANA time zone database, "
            "such as America/New_York."
        ) from error
    return text


def licenses(text: str) -> tuple[tuple[str, str], ...]:
    """PHARMACY_LICENSES, "NY:NY-000123,VT:036.0001", as (state, license number there); empty: none."""
    found: dict[str, str] = {}
    for one in (part.strip() for part in text.split(",")):
        if not one:
            continue
        state, _, number = (side.strip() for side in one.partition(":"))
        state = state.upper()
        if state not in NAMES or not number:
            raise SettingsRefused(
                f"PHARMACY_LICENSES has “{one}”; it needs a state and your license number there, "
                "such as NY:NY-000123,VT:VT-000456."
            )
        if state in found:
            raise SettingsRefused(f"PHARMACY_LICENSES names {state} twice.")
        found[state] = number
    return tuple(found.items())


def invented_licenses(held: Iterable[tuple[str, str]]) -> list[str]:
    """The states of (state, license) whose license is one of the demo's: nobody may sell under it."""
    return [state for state, number in held if number.upper().startswith(INVENTED)]
