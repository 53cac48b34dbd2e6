"""Many open pages look less often each, and together no more often than the server has room for."""

import pytest

from pages.ui import pace


@pytest.fixture(autouse=True)
def nobody(monkeypatch):
    monkeypatch.setattr(pace, "_seen", {})


@pytest.mark.parametrize(("pages", "seconds"), [(1, 3.0), (24, 3.0), (40, 5.0), (100, 12.5), (120, 15.0), (1000, 15.0)])
def test_the_more_are_open_the_longer_each_waits_up_to_a_limit(pages, seconds):
    assert pace.between(pages) == seconds


def test_a_page_that_is_drawn_again_counts_once():
    pace.still_open("a", 0.0)
    assert pace.still_open("a", 1.0) == 1


def test_pages_that_have_not_looked_for_long_are_closed():
    pace.still_open("a", 0.0)
    pace.still_open("b", 20.0)
    assert pace.still_open("c", pace.GONE + 1) == 2


def test_a_page_that_looks_as_seldom_as_pages_ever_do_stays_open():
    pace.still_open("a", 0.0)
    assert pace.still_open("b", pace.LATEST) == 2
