from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys.camps import Camp, camps


def test_two_camps_at_the_ends():
    assert camps([4, 0, 0, 0, 4]) == (Camp(0, 0, 0, 4), Camp(4, 4, 4, 4))


def test_each_camp_is_spoken_for_by_what_most_of_it_chose():
    assert camps([1, 3, 0, 1, 4]) == (Camp(0, 1, 1, 4), Camp(3, 4, 4, 5))


def test_of_two_options_alike_often_the_outer_one_speaks():
    assert camps([2, 2, 0, 2, 2]) == (Camp(0, 1, 0, 4), Camp(3, 4, 4, 4))


def test_one_view_is_no_two_camps():
    assert camps([0, 0, 6, 0, 0]) is None
    assert camps([0, 0, 0]) is None


@given(st.lists(st.integers(0, 30), min_size=2, max_size=7).filter(lambda counts: sum(map(bool, counts)) > 1))
def test_everybody_is_in_one_of_the_camps_and_they_do_not_overlap(counts):
    low, high = camps(counts)
    assert low.people + high.people == sum(counts)
    assert low.low <= low.usual <= low.high < high.low <= high.usual <= high.high
    assert counts[low.usual] and counts[high.usual]


@given(st.lists(st.integers(0, 30), min_size=2, max_size=7).filter(lambda counts: sum(map(bool, counts)) == 2))
def test_of_two_options_each_is_a_camp(counts):
    low, high = camps(counts)
    assert (low.low, high.high) == (low.high, high.low)
