"""Puts the rooms together: settings into Flask's configuration, each room's pages and jobs onto the app."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from shop import (
    access,
    accounts,
    bulkhead,
    cli,
    connections,
    database,
    error_pages,
    health,
    metrics,
    static_files,
    templating,
    web,
)
from shop.config import ROOT, Settings, SettingsRefused
from shop.database import db
from shop.environment import from_environment
from shop.payments.gateway import Gateway
from shop.prescriptions.uploads import gate
from shop.prescriptions.verification.directions_words import in_full
from shop.projections.page_cache import FileStore, PageCache
from shop.safety import files as safety_files
from shop.safety.dataset import SafetyDataRefused
from shop.safety.drug_facts.sections import section_name
from shop.safety.states_served import served_under
from shop.safety.tall_man import tall_man
from shop.storefront.page_version import look_of
from shop.vault.files import Vault
from shop.vault.sealing import Keyring

# Rooms in the order of their floors. A room may have models, maintenance, jobs, alarms, commands and views.
ROOMS = (
    "maintenance",
    "projections",
    "audit",
    "outbox",
    "vault",
    "accounts",
    "patients",
    "stock",
    "monographs",
    "catalogue",
    "pricing",
    "appearance",
    "listing",
    "search",
    "delivery",
    "prescriptions",
    "payments",
    "orders",
    "basket",
    "restock",
    "drug_review",
    "fulfillment",
    "reconciliation",
    "storefront",
    "medicine_list",
    "checkout",
    "account",
    "receipts",
    "changes",
    "guests",
    "pharmacist",
    "admin",
    "demo",
    "backup",
)


class Application(Flask):
    """Flask; no view is async, so none is looked at for it at every request."""

    request_class = web.StoreRequest

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def assemble(settings: Settings | None = None) -> Flask:
    """The application for `settings`, or for what the environment says."""
    settings = settings or from_environment()
    _check_safety_data(settings)
    app = Application(
        "shop",
        root_path=str(ROOT / "shop"),
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
    )
    app.extensions["settings"] = settings
    app.config.from_mapping(_flask_config(settings))
    database.init_app(app, settings.deadlines)
    bulkhead.init_app(app, settings)
    Migrate(app, db, directory=str(ROOT / "migrations"), compare_type=True, render_as_batch=True)
    Compress(app)
    _open_vault(app, settings)
    app.extensions["gateway"] = Gateway.from_settings(
        settings.stripe_secret_key, settings.stripe_webhook_secret, settings.stripe_api_base
    )
    templating.init_app(app, settings)
    app.jinja_env.filters["tall_man"] = tall_man  # for staff, who pick, check and label
    app.jinja_env.filters["in_full"] = in_full  # directions, for who takes it
    app.jinja_env.filters["section_name"] = section_name  # of labels that alerts rest on
    web.init_app(app, settings)
    static_files.init_app(app)
    error_pages.init_app(app)
    accounts.init_app(app)
    access.init_app(app)
    # what reads a form comes after what knows the route and the person: the hooks run in this order
    gate.init_app(app)
    web.read_bodies_from_here(app)
    CSRFProtect(app)
    for blueprint in (health.blueprint, metrics.blueprint, *cli.BLUEPRINTS):
        app.register_blueprint(blueprint)
    for room in ROOMS:
        _register(app, room)
    if settings.page_cache_mb:
        _keep_pages(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _check_safety_data(settings: Settings) -> None:
    """A store that cannot rely on its own safety data does not start."""
    try:
        safety_files.load()
        served_under(settings.licenses)
    except SafetyDataRefused as refusal:
        raise SettingsRefused(f"The safety data cannot be relied on. {refusal}") from refusal


def _keep_pages(app: Flask, settings: Settings) -> None:
    cookies = (app.config["SESSION_COOKIE_NAME"], app.config.get("REMEMBER_COOKIE_NAME", "remember_token"))
    app.wsgi_app = PageCache(  # type: ignore[method-assign]
        app.wsgi_app,
        FileStore(settings.pages_folder, settings.page_cache_mb),
        look_of(app, settings),
        cookies,
        settings.deadlines.stale_pages,
    )


def _register(app: Flask, room: str) -> None:
    folder = ROOT / "shop" / room
    tables = sorted(path.stem for path in folder.glob("*models.py"))
    for part in (*tables, "maintenance", "dependents", "jobs", "alarms", "cli", "views", "webhook"):
        if not (folder / f"{part}.py").exists():
            continue
        module = import_module(f"shop.{room}.{part}")
        for blueprint in getattr(module, "BLUEPRINTS", ()):
            app.register_blueprint(blueprint)
        for view in getattr(module, "CSRF_EXEMPT", ()):
            app.extensions["csrf"].exempt(view)


def _open_vault(app: Flask, settings: Settings) -> None:
    keyring = Keyring.parse(settings.vault_keys)
    app.extensions["vault_keyring"] = keyring
    app.extensions["vault"] = Vault(settings.vault_folder, keyring)


def _flask_config(settings: Settings) -> dict[str, object]:
    secure = settings.public_url.startswith("https://")
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": connections.engine_options(settings),
        "MAX_CONTENT_LENGTH": web.FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
        "SESSION_COOKIE_NAME": "formulary",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": secure,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a slow form must not be lost
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "application/json",
        ],
    }
