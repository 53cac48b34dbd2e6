"""Few scripts at once, and none that waits for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.ui import turns


def test_no_more_than_so_many_are_drawn_at_once_and_everybody_comes():
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
    assert (most, drawn) == (turns.PAGES, 24)


def test_behind_some_that_do_not_end_one_is_drawn_all_the_same(monkeypatch):
    monkeypatch.setattr(turns, "SECONDS", 0.01)
    held = [turns.turn() for _ in range(turns.PAGES)]
    for each in held:
        each.__enter__()
    with turns.turn():
        drawn = True
    for each in held:
        each.__exit__(None, None, None)
    assert drawn and turns._turns._value == turns.PAGES


def test_a_page_that_fails_gives_its_turn_back():
    for _ in range(turns.PAGES + 1):
        with pytest.raises(BaseException, match="over"), turns.turn():
            raise BaseException("over")  # Streamlit ends runs by such
    assert turns._turns._value == turns.PAGES
