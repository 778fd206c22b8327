"""The first start of a real pharmacy: asks at a terminal for each missing setting, and keeps the answers.

Nothing is written before everything is answered and confirmed, and the store opens no port before that.
"""

import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path

from babel.localtime import get_localzone
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shop import environment_file
from shop.config import SQLITE_FILE, Pharmacy, SettingsRefused
from shop.environment import database_url, missing, new_vault_key
from shop.form_fields import one_line
from shop.numbers import digits
from shop.safety.states_served import served_under, state_code
from shop.setting_values import https_address, invented_licenses, licenses, smtp_url, zone
from shop.telephone import telephone, written
from shop.us_states import COUNTRY, NAMES

KEYS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "VAULT_KEYS": new_vault_key,
}
"""What nobody needs to think up."""

Known = Mapping[str, str]


@dataclass(frozen=True)
class Question:
    """`check` returns what is kept of an answer, or raises SettingsRefused with what is wrong with it.

    `suggest` is the answer that Enter gives, from what is known so far; "": none. What is typed to a `secret`
    one is never shown.
    """

    name: str
    words: str
    check: Callable[[str], str] = str
    suggest: Callable[[Known], str] = lambda known: ""
    secret: bool = False


def complete(env: Known) -> bool:
    """Ask for what a production start lacks, where somebody can answer. False: ended, nothing was written.

    Raises SettingsRefused where the answers could not be kept.
    """
    known = environment_file.completed(env)
    if not (lacking := missing(known)) or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return True
    file = environment_file.path(env)
    _check_folder(file.parent, lacking)
    try:
        answers = _answers(known, file)
    except (EOFError, KeyboardInterrupt):
        answers = {}
        print()
    if not answers:
        print("Nothing was written.")
        return False
    environment_file.add(file, answers)
    print(f"\nSaved to {file}. Keep a copy apart from the backups: without its keys, nobody can read them.")
    if known.get("INSTANCE_PATH"):
        print(f"Every command of this store needs INSTANCE_PATH={file.parent} in its environment.")
    return True


def _check_folder(folder: Path, lacking: list[str]) -> None:
    """Whether the answers can be kept there, and keys made: before anybody answers anything."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
        raise SettingsRefused(f"The folder {folder} cannot be written. Set INSTANCE_PATH to one that can.")
    if nearest == folder and folder.stat().st_uid != os.geteuid():
        raise SettingsRefused(f"The folder {folder} belongs to another user. Run this as that user.")
    holds = [one for one in (SQLITE_FILE, "secret.key", "vault.key", "vault") if (folder / one).exists()]
    if holds and KEYS.keys() & set(lacking):
        raise SettingsRefused(
            f"The folder {folder} holds a store with other keys, such as the demo’s. Give this one a folder "
            f"of its own: INSTANCE_PATH={folder}-production FORMULARY_ENV=production make run"
        )


def _answers(known: Known, file: Path) -> dict[str, str]:
    """What was answered and confirmed, with new keys; empty where it was not confirmed."""
    print(
        "This pharmacy isn’t set up yet, and nothing is public until it is. Answer each question; Enter "
        "takes the answer in brackets. Ctrl-C stops, and nothing is written.\n"
    )
    asked = [one for one in questions(known) if not known.get(one.name)]
    answers: dict[str, str] = {}
    for question in asked:
        answers[question.name] = _ask(question, question.suggest({**known, **answers}))
    made = {name: make() for name, make in KEYS.items() if not known.get(name)}
    while True:
        print()
        for number, question in enumerate(asked, 1):
            answer = answers[question.name]
            hidden = question.secret and not answer.startswith("sqlite:")
            print(f"{number:3}  {question.name}: {'(hidden)' if hidden else answer}")
        if made:
            print(f"     {' and '.join(made)}: generated")
        confirm = Question(
            "", f"\nWrite this to {file}? y, N, or the number of a line to change", str.casefold
        )
        reply = _ask(confirm, "N")
        if reply in ("y", "yes"):
            return answers | made
        if reply in ("n", "no"):
            return {}
        if 1 <= (number := digits(reply) or 0) <= len(asked):
            question = asked[number - 1]
            suggested = question.suggest({**known, **answers}) if question.secret else answers[question.name]
            answers[question.name] = _ask(question, suggested)


def _ask(question: Question, suggested: str) -> str:
    """A good answer, however often it takes."""
    hidden = " (hidden while you type)" if question.secret else ""
    prompt = f"{question.words}{hidden}{f' [{suggested}]' if suggested else ''}: "
    while True:
        try:
            answer = _typed(prompt, question.secret) or suggested
            if not answer:
                raise SettingsRefused("This one is needed.")
            return question.check(answer)
        except SettingsRefused as refusal:
            print(f"  {refusal}")


def _typed(prompt: str, secret: bool = False) -> str:
    """One line that was typed. Raises SettingsRefused for what is no text, EOFError and KeyboardInterrupt."""
    try:
        text = (getpass(prompt) if secret else input(prompt)).strip()
    except UnicodeDecodeError:
        text = "\0"
    if not environment_file.is_writable(text):
        raise SettingsRefused("This has characters that can’t be kept, such as arrow keys’. Type it again.")
    return text if secret else one_line(text)


def questions(known: Known) -> list[Question]:
    """All that could be asked, in order: what is required except keys, and what else would be the demo's."""
    country = known.get("STORE_MARKET") or COUNTRY
    every = [
        Question("PHARMACY_NAME", "Pharmacy’s name"),
        Question("PHARMACY_ADDRESS", "Street address, city, state and ZIP code"),
        Question("PHARMACY_PHONE", "Phone", lambda text: _phone(text, country)),
        Question("PHARMACY_HOURS", "Phone hours", suggest=lambda _: Pharmacy.hours),
        Question("PHARMACY_EMAIL", "Email for customers", _email),
        Question("PHARMACIST_IN_CHARGE", "Pharmacist in charge, such as Marion Sample, PharmD"),
        Question("PHARMACY_LICENSE", "State pharmacy license number", _license),
        Question("PHARMACY_LICENSES", "States you’re licensed to ship to, such as NY, VT", _licenses),
        Question("PHARMACY_SHIPS_TO", "We ship to …", suggest=_ships_to),
        Question("PUBLIC_URL", "Public address, such as https://pharmacy.example", https_address),
        Question(
            "TRUSTED_PROXIES",
            "Reverse proxies in front of the store, such as nginx",
            _matching(r"[0-9]", "1"),
            lambda _: "1",
        ),
        Question(
            "DATABASE_URL",
            "Database: Enter for SQLite in the instance folder, or postgresql://…",
            _database,
            lambda known: f"sqlite:///{environment_file.folder(known) / SQLITE_FILE}",
            True,
        ),
        Question(
            "STRIPE_SECRET_KEY",
            "Stripe secret key",
            _matching(r"[rs]k_(live|test)_\w+", "sk_live_…"),
            secret=True,
        ),
        Question(
            "STRIPE_WEBHOOK_SECRET",
            "Stripe webhook signing secret",
            _matching(r"whsec_\S+", "whsec_…"),
            secret=True,
        ),
        Question("SMTP_URL", "Mail server, smtp://user:password@host or smtps://…", smtp_url, secret=True),
        Question("MAIL_FROM", "Sender of emails", _email, lambda known: known["PHARMACY_EMAIL"]),
        Question("STORE_TIMEZONE", "Time zone", zone, lambda _: _zone_here()),
    ]
    return [one for one in every if country == COUNTRY or one.name != "PHARMACY_LICENSES"]


def _phone(text: str, country: str) -> str:
    number = telephone(text, country)
    if number is None:
        raise SettingsRefused("Enter a phone number with its area code, such as (555) 555-0142.")
    return written(number, country)


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise SettingsRefused("Enter a valid email address.") from error


def _license(text: str) -> str:
    if "," in text or invented_licenses([("", text)]):
        raise SettingsRefused("Enter one license number that you hold; DEMO- numbers are invented.")
    return text


def _licenses(text: str) -> str:
    """PHARMACY_LICENSES for states as typed, "NY, Vermont", after asking for each license; or as it is."""
    given = licenses(text) if ":" in text else [(one, "") for one in map(str.strip, text.split(",")) if one]
    found = {state_code(state) or state: number for state, number in given}
    for state in found:
        if state not in NAMES:
            raise SettingsRefused(f"“{state}” isn’t a state. Put commas between states.")
        if state not in served_under(()):
            raise SettingsRefused(f"Formulary doesn’t know the sales tax of {NAMES[state]}; leave it out.")
    if not found:
        raise SettingsRefused("Name at least one state.")
    for state, number in found.items():
        here = Question(state, f"  License number in {NAMES[state]}", _license)
        found[state] = _license(number) if number else _ask(here, "")
    return ",".join(f"{state}:{number}" for state, number in found.items())


def _ships_to(known: Known) -> str:
    names = [NAMES[state] for state, _ in licenses(known.get("PHARMACY_LICENSES", ""))]
    *first, last = names or [""]
    return f"addresses in {', '.join(first)} and {last}" if first else f"addresses in {last}" if last else ""


def _database(text: str) -> str:
    try:
        url = make_url(database_url(text))
        known = url.get_backend_name() in ("sqlite", "postgresql") and url.database
    except (ArgumentError, ValueError):  # without the text, which may hold a password
        known = None
    if not known:
        raise SettingsRefused("Enter postgresql://user:password@host/name or sqlite:////path/to/file.")
    return text


def _matching(pattern: str, example: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise SettingsRefused(f"This needs to look like {example}.")
        return text

    return check


def _zone_here() -> str:
    """This machine's time zone, or UTC."""
    try:
        return zone(str(getattr(get_localzone(), "key", "UTC")))
    except (SettingsRefused, LookupError, OSError, ValueError):
        return "UTC"
