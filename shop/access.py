"""Who may do what: permissions of the three roles, and the rule that what is undeclared is denied.

Each view says `@public` or `@requires(Permission.X)`. `guard` runs before every request and refuses
a view that says neither, so a forgotten decorator is a 403 in development and not a leak in production.
A visitor may open pages of a guest order whose link was opened in this browser (`guest_access`).
Ownership (whose order, whose prescription) is not decided here but in the query that loads the thing.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from shop import guest_access
from shop.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])


class Permission(StrEnum):
    """One thing an account may do, in the pharmacy's words."""

    SHOP = "shop"  # own basket to checkout, own orders, own prescriptions, own account
    VERIFY = "verify"  # read prescription documents and decide on them
    STOCK = "stock"  # see and receive lots, decide what is for sale
    DISPATCH = "dispatch"  # see orders with their payment, ship them
    READ_DOCUMENT = "read_document"  # stream a prescription page: its owner's or, for pharmacists, any


class NotPermitted(Forbidden):
    """The guard's own refusal: this account may not open the page, or nobody may."""

    code = "not_permitted"

    def __init__(self, todo: str) -> None:
        super().__init__("You don’t have permission to view this page.", todo)


ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    "customer": frozenset({Permission.SHOP, Permission.READ_DOCUMENT}),
    "pharmacist": frozenset({Permission.VERIFY, Permission.READ_DOCUMENT}),
    "admin": frozenset({Permission.STOCK, Permission.DISPATCH}),
}
# Views of libraries, which cannot carry our decorators; signing in and out is everyone's.
PUBLIC_ENDPOINTS = frozenset({"static"})
PUBLIC_BLUEPRINTS = frozenset({"security"})


def public(view: View) -> View:
    """Anyone may call this view."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: Permission, guests: bool = False) -> Callable[[View], View]:
    """Only accounts whose role grants `permission`; others sign in first, or get a 403.

    With `guests`, also a visitor whose browser may open the guest order that the address names.
    """

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        view.takes_guests = guests  # type: ignore[attr-defined]
        return view

    return mark


def declared_access(app: Flask, endpoint: str) -> str | Permission | None:
    """'public', a Permission, or None for a view that declares nothing (and is therefore denied)."""
    if endpoint in PUBLIC_ENDPOINTS or endpoint.split(".")[0] in PUBLIC_BLUEPRINTS:
        return "public"
    return getattr(app.view_functions[endpoint], "access", None)


def allowed(permission: Permission) -> bool:
    """Whether the signed-in account (if any) has `permission`."""
    if not current_user.is_authenticated:
        return False
    return any(permission in ROLE_PERMISSIONS.get(role.name, ()) for role in current_user.roles)


def home_for(role_names: set[str]) -> str:
    """The address an account lands on after signing in."""
    if "pharmacist" in role_names:
        return "/pharmacist/"
    return "/admin/" if "admin" in role_names else "/"


def guard() -> Response | None:
    """Before each request: let it through, send it to sign in, or refuse."""
    if request.endpoint is None:
        return None  # no such address: the 404 page says so
    access = declared_access(current_app, request.endpoint)
    if access == "public":
        return None
    if access is None:
        raise NotPermitted("Go to the home page.")
    if not current_user.is_authenticated:
        if is_guest_let_in():
            return None
        # after a POST the page it came from is where to return: a POST cannot be repeated by a redirect
        target = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else _page_of_form()
        return redirect(url_for("security.login", next=target), 303)
    if not allowed(Permission(access)):
        raise NotPermitted("Sign in with an account that does.")
    return None


def is_guest_let_in() -> bool:
    """Whether a visitor asks for a page of a guest order that was opened in this browser; `own_order` says
    whether it may still be."""
    view = current_app.view_functions.get(request.endpoint or "")
    number = (request.view_args or {}).get("number")
    return getattr(view, "takes_guests", False) and guest_access.knows(number)


def _page_of_form() -> str:
    return "/basket" if request.path.startswith(("/basket", "/checkout")) else "/"


def init_app(app: Flask) -> None:
    app.before_request(guard)
