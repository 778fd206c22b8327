"""How long a failed job waits."""

from datetime import timedelta

import pytest

from shop.outbox.worker import MOST_ATTEMPTS, retry_delay


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 2), (2, 4), (5, 32), (11, 2048), (12, 3600), (500, 3600)]
)
def test_each_failure_doubles_the_wait_up_to_an_hour(attempts, seconds):
    assert retry_delay(attempts) == timedelta(seconds=seconds)


def test_a_mail_server_may_be_away_for_an_hour_before_a_job_is_given_up():
    assert sum((retry_delay(n) for n in range(1, MOST_ATTEMPTS)), timedelta(0)) > timedelta(hours=1)
