"""Ids as Stripe writes them: a prefix that names the kind, then letters nobody can guess."""

import secrets
import string

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str) -> str:
    """`new_id("pi")` → "pi_" and 24 random letters and digits."""
    return f"{prefix}_{''.join(secrets.choice(ALPHABET) for _ in range(24))}"
