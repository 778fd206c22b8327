"""Before a form with files is read: is its sender's upload budget left? Then limits of that form's size.

Runs before everything that reads the form, so a body of 75 MB that would be refused is not read first; and
after `access.guard`, so it knows who sends it.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_login import current_user

from shop.clock import now
from shop.prescriptions.rules import MOST_DOCUMENTS
from shop.prescriptions.uploads import budget
from shop.prescriptions.uploads.refusals import MAX_UPLOAD_BYTES
from shop.web import before_body

View = TypeVar("View", bound=Callable[..., Any])
FIELDS_BYTES = 64 * 1024
"""More than the fields of such a form take. A smaller body is parsed in a moment; then `charge` decides."""
MOST_BYTES = MOST_DOCUMENTS * MAX_UPLOAD_BYTES + FIELDS_BYTES
MOST_PARTS = 40  # the fields, and a few more files than a prescription takes: those are refused in a sentence


def takes_files(view: View) -> View:
    """This view's form sends files of a prescription: its body may be as large as they are."""
    view.takes_files = True  # type: ignore[attr-defined]
    view.body_bytes = MOST_BYTES  # type: ignore[attr-defined]
    return view


def look() -> None:
    """Refuse with OverBudget, or set this request's own limits."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method != "POST" or not getattr(view, "takes_files", False):
        return
    request.max_form_parts = MOST_PARTS
    size = request.content_length
    if size is None or size > FIELDS_BYTES:
        budget.ensure(current_user.id, (size or FIELDS_BYTES) - FIELDS_BYTES, now())


def init_app(app: Flask) -> None:
    before_body(app, look)
