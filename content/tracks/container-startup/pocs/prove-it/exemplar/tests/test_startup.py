"""The start: order, time, failures."""

import threading
from graphlib import CycleError

import pytest
from shop.startup import Step, run_all


def test_each_step_waits_for_what_it_needs():
    ended = []
    steps = [Step("index", lambda: None, ("read",)), Step("read", lambda: None)]
    run_all(steps, lambda name, _: ended.append(name))
    assert ended == ["read", "index"]


def test_steps_that_need_nothing_of_each_other_run_side_by_side():
    """Each waits until both have begun; in sequence the barrier would break."""
    both = threading.Barrier(2, timeout=10)
    ended = []
    run_all([Step("offers", both.wait), Step("stock", both.wait)], lambda name, _: ended.append(name))
    assert sorted(ended) == ["offers", "stock"]


def test_a_step_that_fails_ends_the_start_and_nothing_further_begins():
    begun = []

    def broken():
        raise OSError("no catalogue")

    steps = [Step("catalogue", broken), Step("index", lambda: begun.append("index"), ("catalogue",))]
    with pytest.raises(OSError, match="no catalogue"):
        run_all(steps, lambda *_: None)
    assert begun == []


def test_mistakes_in_the_order_are_said():
    with pytest.raises(CycleError):
        run_all([Step("a", print, ("b",)), Step("b", print, ("a",))], lambda *_: None)
    with pytest.raises(ValueError, match="do not exist are needed: cache"):
        run_all([Step("a", print, ("cache",))], lambda *_: None)
