"""How a process's threads are divided, and what a compartment does when it is full."""

import threading

import pytest

from shop.bulkhead import Compartment, Full
from shop.limits import Places, Sizes, pool_size


@pytest.mark.parametrize("threads", [4, 5, 8, 16, 31, 32, 64, 100, 128, 256, 1024])
def test_whatever_the_number_of_threads_some_stay_free(threads):
    sizes = Sizes(threads)
    taken = sizes.public.total + sizes.own.total + sizes.writes.total

    assert taken + sizes.free <= threads
    assert sizes.free >= 1
    for places in (sizes.public, sizes.own, sizes.writes, sizes.payments):
        assert places.at_once >= 1
        assert places.in_line >= 0


@pytest.mark.parametrize("threads", [64, 128, 256])
def test_those_who_call_the_payment_service_leave_places_to_others(threads):
    sizes = Sizes(threads)

    assert sizes.payments.total < sizes.own.at_once
    assert sizes.payments.total < sizes.writes.at_once


@pytest.mark.parametrize("threads", [4, 16, 128])
def test_everybody_who_works_has_a_connection(threads):
    sizes = Sizes(threads)

    assert pool_size(threads) > sizes.public.at_once + sizes.own.at_once + sizes.writes.at_once


def test_a_place_is_given_back_whatever_happens():
    compartment = Compartment(Places(1), seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), compartment.place():
            raise ZeroDivisionError
    assert compartment.enter()


def test_with_every_place_taken_the_next_is_refused_and_told_when_to_come_back():
    compartment = Compartment(Places(2), seconds=60)
    with compartment.place(), compartment.place():
        with pytest.raises(Full) as refusal, compartment.place():
            pytest.fail("there was no place")
        assert (refusal.value.status, refusal.value.retry_after > 0) == (503, True)
    assert compartment.enter()


def test_who_stands_in_line_gets_the_next_place():
    compartment, got = Compartment(Places(1, 1), seconds=60), threading.Event()

    def wait_for_a_place() -> None:
        with compartment.place():
            got.set()

    with compartment.place():
        thread = threading.Thread(target=wait_for_a_place)
        thread.start()
        while compartment._total.acquire(blocking=False):  # until the line is full
            compartment._total.release()
        assert not got.is_set()
        assert not compartment.enter()
    thread.join()

    assert got.is_set()


def test_who_waits_in_vain_leaves_the_line():
    compartment = Compartment(Places(1, 1), seconds=0.01)
    with compartment.place():
        assert [compartment.enter() for _ in range(3)] == [False, False, False]
    assert compartment.enter()
