"""One script at a time, and none that waits for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui import turns


@pytest.fixture(autouse=True)
def nobody_is_left():
    yield
    assert turns._begun == []


def test_one_is_drawn_at_a_time_and_everybody_comes(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 60.0)
    at_once, most, drawn, lock = 0, 0, 0, threading.Lock()

    def draw(_):
        nonlocal at_once, most, drawn
        with turns.turn():
            with lock:
                at_once += 1
                most = max(most, at_once)
            threading.Event().wait(0.005)
            with lock:
                at_once, drawn = at_once - 1, drawn + 1

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(draw, range(24)))
    assert (most, drawn) == (1, 24)


def test_behind_one_that_does_not_end_the_next_is_drawn_all_the_same(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 0.01)
    with turns.turn(), turns.turn(), turns.turn():
        drawn = True
    assert drawn


def test_beside_one_that_takes_long_the_others_still_go_one_after_the_other(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 60.0)
    turns._begun.append(time.monotonic() - 61)
    with turns.turn():
        assert turns._left(time.monotonic()) > 0
    turns._begun.clear()


def test_however_many_are_before_it_a_page_is_drawn_in_the_end(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 60.0)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    with turns.turn(), turns.turn():
        drawn = True
    assert drawn


def test_a_page_that_fails_gives_its_turn_back(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 60.0)
    for _ in range(2):
        with pytest.raises(BaseException, match="over"), turns.turn():
            raise BaseException("over")  # Streamlit ends runs by such
