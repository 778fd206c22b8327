"""An answer that is asked for by one, waited for shortly, and kept while nobody gives a new one."""

import math
import threading

from shop.last_known import LastKnown
from tests.running_store import PATIENCE


class Oracle:
    """Answers 1, 2, 3 … when it is let."""

    def __init__(self) -> None:
        self.asked, self.may_answer, self.is_asked = 0, threading.Event(), threading.Event()
        self.may_answer.set()

    def __call__(self) -> int:
        self.asked += 1
        self.is_asked.set()
        assert self.may_answer.wait(PATIENCE)
        return self.asked


def test_it_is_not_asked_again_before_its_time():
    oracle = Oracle()
    known = LastKnown("oracle", oracle, every=3600, patience=PATIENCE)

    assert [known.get()[0] for _ in range(3)] == [1, 1, 1]


def test_when_it_is_time_the_new_answer_is_waited_for():
    oracle = Oracle()
    known = LastKnown("oracle", oracle, every=0, patience=PATIENCE)

    assert [known.get()[0], known.get()[0]] == [1, 2]


def test_a_slow_answer_is_not_waited_for_and_asked_for_by_one_thread_only():
    oracle = Oracle()
    known = LastKnown("oracle", oracle, every=0, patience=PATIENCE)
    known.get()
    oracle.may_answer.clear()
    known.patience = 0.01

    assert {known.get()[0] for _ in range(20)} == {1}
    assert oracle.asked == 2
    oracle.may_answer.set()
    known.patience = PATIENCE
    while known.get()[0] < 3:  # the slow answer, then a new one
        pass


def test_what_fails_leaves_the_last_answer_and_its_age():
    answers = iter([7])
    known = LastKnown("oracle", lambda: next(answers), every=0, patience=PATIENCE)
    first, age = known.get()
    known._known = (first, known._known[1] - 100)

    assert (first, age < 60) == (7, True)
    again, age = known.get()
    assert (again, age >= 100) == (7, True)


def test_without_any_answer_there_is_none():
    known = LastKnown("oracle", lambda: 1 / 0, every=0, patience=PATIENCE)

    assert known.get() == (None, math.inf)


def test_after_a_failure_not_everybody_asks_again():
    asked = []
    known = LastKnown("oracle", lambda: asked.append(1) or 1 / 0, every=0, patience=PATIENCE)
    for _ in range(50):
        known.get()

    assert len(asked) < 50


def test_at_the_start_all_wait_for_the_first_answer():
    oracle = Oracle()
    oracle.may_answer.clear()
    known = LastKnown("oracle", oracle, every=3600, patience=PATIENCE)
    seen: list[object] = []
    threads = [threading.Thread(target=lambda: seen.append(known.get()[0])) for _ in range(4)]
    threads[0].start()
    assert oracle.is_asked.wait(PATIENCE)
    for thread in threads[1:]:
        thread.start()
    oracle.may_answer.set()
    for thread in threads:
        thread.join()

    assert seen == [1, 1, 1, 1]
