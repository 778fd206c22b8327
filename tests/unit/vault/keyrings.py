"""Keyrings before, during and after a change of keys."""

from shop.vault.sealing import Keyring

OLD, NEW = b"o" * 32, b"n" * 32
KEYRING = Keyring("2026", {"2026": OLD})
ROTATED = Keyring("2027", {"2027": NEW, "2026": OLD})
ONLY_NEW = Keyring("2027", {"2027": NEW})
