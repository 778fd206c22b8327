"""Order numbers: random, so they tell nothing and cannot be guessed; easy to read out over the telephone."""

import secrets

LETTERS = "23456789ACDEFGHJKMNPQRTUVWXYZ"  # without 0 O, 1 I L, 8-like B, 5-like S


def new_number() -> str:
    """Such as "F-7K3M-92QX": one of 29^8, about half a million million."""
    text = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"F-{text[:4]}-{text[4:]}"
