"""What several parts of a page need is asked once in a run, and anew in the next."""

import pytest

from pages.ui.asked_once import once, run


@pytest.fixture
def counted():
    """A question that says how often it was asked."""
    asked = []

    def ask(about: str = "") -> int:
        asked.append(about)
        return len(asked)

    return ask


def test_a_run_asks_once(counted):
    with run():
        assert [once(counted), once(counted)] == [1, 1]


def test_each_thing_is_a_question_of_its_own(counted):
    with run():
        assert [once(counted, "a"), once(counted, "b"), once(counted, "a")] == [1, 2, 1]


def test_an_answer_that_is_nothing_is_an_answer():
    asked = []
    with run():
        once(asked.append, "who")
        once(asked.append, "who")
    assert asked == ["who"]


def test_the_next_run_asks_anew_even_when_the_last_one_failed(counted):
    with pytest.raises(RuntimeError), run():
        once(counted)
        raise RuntimeError
    with run():
        assert once(counted) == 2


def test_outside_of_a_run_each_asks_for_itself(counted):
    assert [once(counted), once(counted)] == [1, 2]
