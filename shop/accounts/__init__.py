"""Accounts: who signs in, with which role, and the addresses a customer keeps."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Set up Flask-Security with our tables, pages and limits."""
    from shop.accounts.security import init_security  # late: models must not load before the database

    init_security(app)
