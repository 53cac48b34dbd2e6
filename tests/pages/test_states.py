"""No data, not collected, none happened and too few are four things, none of them zero and none of them a value."""

import pytest

from assessments.delivery.results import Metric, State
from pages.ui import states
from pages.ui.metric_cards import FIVE

WITHOUT = [state for state in State if state is not State.VALUE]


@pytest.mark.parametrize("key", FIVE)
def test_each_state_of_a_metric_has_a_sentence_of_its_own(key):
    sentences = [states.explain(Metric(key, state, "share")) for state in WITHOUT]
    assert len(set(sentences)) == len(WITHOUT) and all(sentences)
    assert not any("0" in sentence for sentence in sentences)


def test_each_state_has_a_mark_of_its_own_and_a_value_has_none():
    assert set(states.MARK) == set(WITHOUT)
    assert len({words for words, _ in states.MARK.values()}) == len(WITHOUT)
    assert states.explain(Metric("lead_time", State.VALUE, "hours", 1.0)) == ""
