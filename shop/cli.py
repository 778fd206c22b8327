"""Commands that span rooms: the worker, and preparing a database for a start."""

import signal
import threading

import click
from flask import Blueprint

from shop.outbox import worker

blueprint = Blueprint("store", __name__, cli_group=None)


@blueprint.cli.command("worker")
def run_worker() -> None:
    """Run the jobs that the store leaves behind: mails, captures, expiries. Stop it with Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    click.echo("The worker is waiting for jobs.")
    worker.run_until(stop)
