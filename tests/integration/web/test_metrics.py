"""/metrics: for monitoring on this machine, or with the token; figures of jobs, alarms and orders."""

import shutil
import subprocess

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shop import create_app
from shop.clock import now
from shop.database import transaction
from shop.outbox import kinds
from shop.outbox.service import enqueue
from tests.conftest import settings_for

LABELS = ("lane", "kind", "alarm", "status")
AWAY = {"REMOTE_ADDR": "203.0.113.7"}


def samples(text: str) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *(sample.labels[name] for name in LABELS if name in sample.labels)): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_jobs_alarms_and_orders_are_figures(context, client):
    with transaction():
        enqueue("expire_order", "e:1", {"order_id": 1}, at=now())
        enqueue("expire_order", "e:2", {"order_id": 2}, at=now(), run_after=now().replace(year=2099))
        enqueue("of_a_later_version", "x:1", {}, at=now())
    found = samples(client.get("/metrics").text)
    assert found["formulary_jobs_waiting", "money", "expire_order"] == 1  # one is not due
    assert found["formulary_jobs_waiting", "", "of_a_later_version"] == 1
    assert found["formulary_job_oldest_seconds", "money", "expire_order"] >= 0
    assert found["formulary_jobs_given_up", "mail", "mail"] == 0
    assert found["formulary_alarm", "no_worker"] == 1
    assert found["formulary_alarm", "captures_overdue"] == 0
    assert found["formulary_orders", "placed"] == 0
    for kind in kinds.known():
        assert ("formulary_jobs_failing", kind.lane, kind.name) in found


@pytest.mark.parametrize(
    ("environ", "headers", "status"),
    [
        ({}, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        (AWAY, {}, 403),
        (AWAY, {"Authorization": "Bearer wrong"}, 403),
        (AWAY, {"Authorization": "Bearer "}, 403),
        ({}, {"X-Forwarded-For": "203.0.113.7"}, 403),  # a proxy on this machine that nobody told us of
        ({}, {"X-Forwarded-For": "127.0.0.1"}, 403),
    ],
)
def test_metrics_are_closed_to_everybody_else(client, environ, headers, status):
    assert client.get("/metrics", environ_base=environ, headers=headers).status_code == status


def test_the_token_opens_them_from_anywhere(tmp_path):
    from tests.migrating import upgrade

    app = create_app(settings_for(tmp_path, metrics_token="let-me-see"))
    with app.app_context():
        upgrade()
    asked = app.test_client()
    for token, status in (("let-me-see", 200), ("let-me", 403)):
        answer = asked.get("/metrics", environ_base=AWAY, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status


def test_prometheus_own_checker_finds_nothing_to_say(client):
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    text = client.get("/metrics").text
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
