"""/metrics: the outbox, the alarms and the orders as figures for Prometheus, read from the database.

Since all of it is in the database, every process of the store gives the same answer and keeps no counters.
"""

import secrets
from collections.abc import Iterable

from flask import Blueprint, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from shop.access import public
from shop.clock import now
from shop.errors import Forbidden
from shop.orders.queue import by_status
from shop.outbox import failures, watching
from shop.web import settings

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")

blueprint = Blueprint("metrics", __name__)


@blueprint.route("/metrics")
@public
def metrics() -> Response:
    """For a Prometheus on this machine, or one that knows METRICS_TOKEN; nobody else."""
    if not (_has_token() or _is_on_this_machine()):
        raise Forbidden("Metrics are for monitoring only.", "Send METRICS_TOKEN as a bearer token.")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Store())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token() -> bool:
    token = settings().metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and secrets.compare_digest(given.encode(), token.encode())


def _is_on_this_machine() -> bool:
    """Not so for what a reverse proxy on this machine passes on, whether it is trusted or forgotten."""
    passed_on = any(name in request.headers for name in FORWARDED)
    return request.remote_addr in ("127.0.0.1", "::1") and not passed_on


class _Store(Collector):
    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Jobs by lane and kind, alarms, and orders by status, read from the database at each scrape."""
        yield from _jobs()
        rings = {alarm.name: alarm.count for alarm in watching.ringing(now())}
        alarms = GaugeMetricFamily(
            "formulary_alarm", "Cases of a condition that needs attention; 0 means none.", labels=["alarm"]
        )
        for name in watching.names():
            alarms.add_metric([name], rings.get(name, 0))
        yield alarms
        orders = GaugeMetricFamily(
            "formulary_orders", "Orders by status, counted up to 10,000 each.", labels=["status"]
        )
        for status, count in by_status().items():
            orders.add_metric([status], count)
        yield orders


def _jobs() -> Iterable[GaugeMetricFamily]:
    at, labels = now(), ["lane", "kind"]
    waiting = GaugeMetricFamily("formulary_jobs_waiting", "Jobs that are due and not done.", labels=labels)
    failing = GaugeMetricFamily("formulary_jobs_failing", "Jobs that failed and are retried.", labels=labels)
    given_up = GaugeMetricFamily(
        "formulary_jobs_given_up", "Jobs that were given up and need attention.", labels=labels
    )
    oldest = GaugeMetricFamily(
        "formulary_job_oldest_seconds", "How long the oldest job has been due.", labels=labels
    )
    for kind in failures.by_kind(at):
        of_kind = [kind.lane, kind.kind]
        waiting.add_metric(of_kind, kind.waiting)
        failing.add_metric(of_kind, kind.failing)
        given_up.add_metric(of_kind, kind.given_up)
        oldest.add_metric(of_kind, (at - kind.oldest).total_seconds() if kind.oldest else 0)
    return waiting, failing, given_up, oldest
