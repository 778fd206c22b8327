"""`python -m shop.payments.sandbox`: run the stand-in for Stripe on this machine, and on no other."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted. Returns 1, with a sentence, where it may not run."""
    if os.environ.get("FORMULARY_ENV") == "production":
        sys.stderr.write(
            "The payment sandbox takes no money; it does not run with FORMULARY_ENV=production.\n"
        )
        return 1
    options = _options(arguments)
    from shop.payments.sandbox.app import create_sandbox

    app = create_sandbox(options.webhook_url, options.webhook_secret, options.state)
    try:
        server = make_server("127.0.0.1", options.port, app, threaded=True, request_handler=Quiet)
    except SystemExit:  # werkzeug has said that the port is taken
        return 1
    sys.stdout.write(
        f"Payment sandbox on http://127.0.0.1:{server.port}, webhooks to {options.webhook_url}\n"
    )
    sys.stdout.flush()
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
    finally:
        app.extensions["sandbox"].close()
    return 0


class Quiet(WSGIRequestHandler):
    """Tells of errors, not of every request: it writes where `make run` writes."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m shop.payments.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=5101, help="port on 127.0.0.1 (default %(default)s)")
    parser.add_argument("--webhook-url", required=True, help="where the store listens for events")
    parser.add_argument(
        "--webhook-secret",
        default=os.environ.get("STRIPE_WEBHOOK_SECRET"),
        help="signs the events; better given as STRIPE_WEBHOOK_SECRET, which other users cannot see",
    )
    parser.add_argument("--state", type=Path, help="SQLite file that outlives a restart (default: memory)")
    options = parser.parse_args(arguments)
    if not options.webhook_secret:
        parser.error("give --webhook-secret or set STRIPE_WEBHOOK_SECRET")
    return options


if __name__ == "__main__":
    sys.exit(main())
