"""How long a failed job waits, and which refusals of a mail are final."""

from datetime import timedelta

import pytest

from shop.outbox.rules import MOST_LOST, OLD_AFTER, Lane, lost_delay, refused_for_good, retry_delay


@pytest.mark.parametrize(
    ("attempts", "longest"),
    [(1, 2), (2, 4), (5, 32), (11, 2048), (14, 16_384), (15, 21_600), (500, 21_600), (100_000, 21_600)],
)
def test_each_failure_doubles_the_wait_up_to_six_hours(attempts, longest):
    assert retry_delay(attempts, 1) == timedelta(seconds=longest)
    assert retry_delay(attempts, 0) == timedelta(seconds=longest / 2)


def test_jobs_that_failed_together_do_not_come_back_together():
    assert len({retry_delay(10, chance / 100) for chance in range(100)}) == 100


@pytest.mark.parametrize(("lost", "seconds"), [(1, 0), (2, 2), (3, 4), (MOST_LOST, 512)])
def test_a_killed_workers_job_comes_back_at_once_and_then_more_slowly(lost, seconds):
    assert lost_delay(lost) == timedelta(seconds=seconds)


def test_every_lane_has_an_age_and_money_the_least():
    assert set(OLD_AFTER) == set(Lane)
    assert min(OLD_AFTER, key=OLD_AFTER.__getitem__) is Lane.MONEY


@pytest.mark.parametrize(
    ("code", "text", "final"),
    [
        (550, "5.1.1 no such user", True),
        (550, "mailbox unavailable", True),
        (551, "user not local", True),
        (553, "5.1.3 bad address", True),
        (550, "5.7.1 relaying denied", False),  # the owner can put that right
        (554, "5.7.1 blocked", False),
        (452, "4.2.2 mailbox full", False),
        (451, "4.7.1 greylisted", False),
        (421, "", False),
    ],
)
def test_only_an_unknown_mailbox_is_final(code, text, final):
    assert refused_for_good(code, text) is final
