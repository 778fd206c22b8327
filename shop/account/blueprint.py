"""The one blueprint of the account's pages, and what they share."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

blueprint = Blueprint("account", __name__, url_prefix="/account")


def to(address: str) -> Response:
    """On to a page, after a form was taken."""
    return redirect(address, 303)
