"""The verdict on public pages: a second beside a neighbor, whatever the machine's own noise."""

from bench.chaos.faults import Window
from bench.chaos.plan import Kill, Neighbor
from bench.chaos.prober import Probe
from bench.chaos.report import Pages, judge_pages
from bench.chaos.store import Death

WINDOWS = [Window(Neighbor.WRITE_LOCK, 10, 15)]


def test_a_page_is_judged_by_the_moment_it_was_asked_for():
    probes = [
        Probe(9.9, 8, 200, "/"),
        Probe(10, 0.2, 200, "/"),
        Probe(14.9, 3, 200, "/"),
        Probe(12, 20, 0, "/"),
        Probe(30, 0.1, 200, "/"),
        Probe(41, 0.1, 200, "/"),
    ]
    pages = judge_pages(probes, WINDOWS, [Death(Kill.WORKER, 40, 40.5)], ended=100)
    assert pages.troubled == [0.2, 3]
    assert pages.unanswered == 1
    assert pages.calm == [8, 0.1]  # not the one beside a death


def test_a_page_without_an_answer_after_a_kill_is_not_the_neighbors():
    probes = [Probe(10.5, 0.01, 0, "/"), Probe(10.5, 0.01, 503, "/"), Probe(14, 0.01, 0, "/")]
    pages = judge_pages(probes, WINDOWS, [Death(Kill.WEB_MASTER, 9, 11)], ended=100)
    assert pages.unanswered == 2  # an error, and one after the store was whole again


def test_quick_pages_and_two_late_ones_pass():
    assert Pages([0.1] * 50, [0.1] * 50 + [1.5, 2], 0).verdict == []


def test_three_late_ones_of_fifty_do_not():
    assert Pages([0.1] * 50, [0.1] * 50 + [1.5] * 3, 0).verdict


def test_one_that_waited_for_the_neighbor_does_not():
    assert Pages([0.1] * 50, [0.1] * 500 + [9.3], 0).verdict


def test_a_slow_machine_is_allowed_its_own_pace_and_no_more_than_three_seconds():
    assert Pages([0.6] * 50, [1.7] * 50, 0).verdict == []
    assert Pages([9.0] * 50, [4.0] * 50, 0).verdict
