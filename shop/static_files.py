"""Static files: addressed by their content, compressed once, sent alike to everybody.

An address with a file's own hash names that content for good; any other may show another one after the next
release. Owns address and answer; the files are under `static/`.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

import brotli
from flask import Flask, Response, abort, current_app, request, url_for
from werkzeug.security import safe_join

FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"
COMPRESSED = ("text/", "image/svg+xml", "application/json", "application/javascript")
HASH_LENGTH = 10
TOGETHER = {
    "css/store.css": (
        "css/tokens.css",
        "css/base.css",
        "css/layout.css",
        "css/components.css",
        "css/forms.css",
        "css/tables.css",
        "css/pills.css",
        "css/accounts.css",
    ),
    "css/basket.css": ("css/checkout.css", "css/prescriptions.css"),
    "css/identify-page.css": ("css/storefront.css", "css/identify.css"),
}
"""Sent as one file: a page waits for each of its style sheets before it is drawn."""
SPECULATION_RULES = "speculation-rules.json"
TYPES = {SPECULATION_RULES: "application/speculationrules+json"}
"""Where the end of a name doesn’t say it."""


def init_app(app: Flask) -> None:
    """Answer for Flask's own static route."""
    app.view_functions["static"] = send


def static_url(filename: str) -> str:
    """The address of a static file, with its content's hash as it was when the process began to use it."""
    return _static_url(filename, request.script_root)


@lru_cache(maxsize=512)
def _static_url(filename: str, _script_root: str) -> str:
    return url_for("static", filename=filename, v=_file(filename).hash)


def send(filename: str) -> Response:
    """One file. It is kept for good where the address has the hash of what is sent: during a release, one
    process may be asked for what only the next has."""
    file = _file(filename)
    encoding = request.accept_encodings.best_match(file.encodings) or "identity"
    response = Response(file.encodings[encoding], mimetype=file.mimetype)
    response.set_etag(f"{file.hash}-{encoding}")
    response.headers["Cache-Control"] = FOR_GOOD if request.args.get("v") == file.hash else FOR_NOW
    if len(file.encodings) > 1:
        response.vary.add("Accept-Encoding")
    if encoding != "identity":
        response.content_encoding = encoding
    return response.make_conditional(request)  # type: ignore[return-value]


@dataclass(frozen=True)
class _File:
    hash: str
    mimetype: str
    encodings: dict[str, bytes]


def _file(filename: str) -> _File:
    """What is sent under this name. Answers 404 for a name that has no file."""
    paths = [_path(part) for part in TOGETHER.get(filename, (filename,))]
    if not all(path.is_file() for path in paths):
        abort(404)
    states = tuple((status.st_mtime_ns, status.st_size) for status in map(Path.stat, paths))
    return _read(tuple(paths), states)


def _path(filename: str) -> Path:
    path = safe_join(current_app.static_folder or "", filename)
    if path is None:
        abort(404)
    return Path(path)


@lru_cache(maxsize=512)
def _read(paths: tuple[Path, ...], _states: tuple[tuple[int, int], ...]) -> _File:
    content = b"".join(path.read_bytes() for path in paths)
    name = paths[0].name
    mimetype = TYPES.get(name) or guess_type(name)[0] or "application/octet-stream"
    encodings = {"identity": content}
    if mimetype.startswith(COMPRESSED):
        smaller = {"br": brotli.compress(content), "gzip": gzip.compress(content, mtime=0)}
        encodings = {name: body for name, body in smaller.items() if len(body) < len(content)} | encodings
    return _File(hashlib.sha256(content).hexdigest()[:HASH_LENGTH], mimetype, encodings)
