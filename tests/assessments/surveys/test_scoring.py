"""What a group says, by hand and for every group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys.answers import DONT_KNOW, NOT_APPLICABLE, Sheet
from assessments.surveys.intervals import Interval, interval
from assessments.surveys.scoring import agree, compare, item_result, score
from tests.assessments.surveys.asked import choice, questionnaire, sheets

ITEM = questionnaire(choice("speed")).item("speed")
NAIL = questionnaire({"key": "speed", "text": "How many?", "kind": "percent", "better": "low"}).item("speed")
groups = st.lists(st.integers(0, 4) | st.sampled_from([DONT_KNOW, NOT_APPLICABLE]) | st.none(), max_size=14)


def result(*values, population=None, item=ITEM):
    return item_result(item, sheets(*values), population or len(values))


def test_what_is_no_value_is_counted_apart_and_in_no_mean():
    found = result(1, 2, 2, 3, 2, DONT_KNOW, DONT_KNOW, NOT_APPLICABLE, None)
    assert (found.n, found.dont_know, found.not_applicable, found.unanswered) == (5, 2, 1, 1)
    assert (found.mean, found.counts) == (2.0, (0, 1, 3, 1, 0))


@given(groups, st.integers(0, 10))
def test_everyone_is_counted_once(values, absent):
    found = result(*values, population=len(values) + absent + 1)
    assert found.n + found.dont_know + found.not_applicable + found.unanswered == len(values)
    assert sum(found.counts) == found.n


@given(groups, st.integers(0, 10))
def test_don_t_know_moves_no_mean(values, absent):
    known = [value for value in values if isinstance(value, int)]
    assert result(*values, population=len(values) + absent + 1).mean == result(*known, population=99).mean


def test_seven_of_ten_with_a_spread_of_a_fifth_of_the_scale():
    """Definitions: 7 of 10 answering with SD 2.2 on 0-10 gives about +-1.1."""
    found = interval([2, 3, 4, 5, 6, 7, 8], 10, 10)
    assert (found.high - found.low) / 2 == pytest.approx(1.1, abs=0.06) and found.kind == "t"


@pytest.mark.parametrize(
    ("values", "population", "expected"),
    [
        ([], 5, None),
        ([3, 3, 3, 3, 3], 5, Interval(3, 3, "known")),
        ([1, 2, 3, 4, 0], 5, Interval(2, 2, "known")),
        ([4, 4, 4, 4, 4, 4], 8, Interval(3, 4, "certain")),  # nothing varies: (24 + 0) / 8 to (24 + 8) / 8
        ([4, 4, 4, 4, 0], 10, Interval(1.6, 3.6, "certain")),  # 80 % alike
    ],
)
def test_the_interval_by_hand(values, population, expected):
    assert interval(values, population, 4) == expected


def test_sixty_percent_alike_still_has_a_t_interval():
    assert interval([4, 4, 4, 2, 1], 10, 4).kind == "t"


@given(st.lists(st.integers(0, 4), min_size=1, max_size=12), st.lists(st.integers(0, 4), max_size=12))
def test_what_is_certain_holds_whatever_the_others_say(answered, absent):
    shown = interval(answered, len(answered) + len(absent), 4)
    mean = sum(answered + absent) / (len(answered) + len(absent))
    own = sum(answered) / len(answered)
    assert 0 <= shown.low <= shown.high <= 4
    if shown.kind != "t":
        assert shown.low - 1e-9 <= mean <= shown.high + 1e-9
    else:
        assert shown.low <= own + 1e-9 and own <= shown.high + 1e-9


def test_more_answers_than_people_are_refused():
    with pytest.raises(ValueError, match="3 answers from 2"):
        interval([1, 2, 3], 2, 4)
    with pytest.raises(ValueError, match="3 answer sheets from 2"):
        score(questionnaire(), sheets(1, 2, 3), 2)


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((0, 0, 5, 0, 0), "agree"),
        ((0, 0, 1, 3, 1), "discuss"),  # r_wg .75, limit .85
        ((0, 0, 0, 6, 4), "agree"),
        ((5, 0, 0, 0, 5), "opposed"),
        ((0, 1, 1, 0, 0), "too few"),
        ((0, 1, 0, 0, 0), "too few"),
    ],
)
def test_agreement_by_hand(counts, verdict):
    assert agree(counts).verdict == verdict


def test_a_negative_agreement_is_not_cut_off():
    assert agree((5, 0, 0, 0, 5)).value == pytest.approx(1 - (40 / 9) / 2)


def test_a_mean_is_told_where_the_group_agrees():
    assert result(2, 2, 2, 3, 2).told == "mean"
    assert result(0, 0, 4, 4, 0).told == "discuss"
    assert result(2, 2, 2, 2).told == "too few"


def test_percentages_have_a_mean_and_no_agreement():
    found = result(5, 10, 0, 20, 15, population=6, item=NAIL)
    assert (found.mean, found.agreement, found.told, found.counts) == (10, None, "mean", ())
    assert found.values == (0, 5, 10, 15, 20) and found.interval.kind == "t"


def test_the_quartiles_are_answers_that_were_given():
    assert result(0, 1, 1, 3, 4).quartiles == (1, 1, 3)
    assert result(None, DONT_KNOW).quartiles is None


def test_a_construct_is_the_mean_of_each_person_s_mean():
    asked = questionnaire()
    answers = [
        Sheet({"calm": 4, "hope": 2}),
        Sheet({"calm": 1}),
        Sheet({}, {"calm": DONT_KNOW, "hope": DONT_KNOW}),
        Sheet(),
    ]
    mood = score(asked, answers, 4).constructs["mood"]
    assert (mood.mean, mood.n, mood.items, mood.better) == (2.0, 2, ("calm", "hope"), "low")
    assert mood.interval.kind == "t"


def test_a_group_that_nobody_was_asked_in_has_no_response():
    assert score(questionnaire(), [], 0).response == 0
    assert score(questionnaire(), sheets(1, 2), 8).response == 0.25


three = questionnaire(*(choice(key, construct="mood") for key in ("calm", "hope", "trust")))


@given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=2, max_size=9), st.randoms())
def test_the_order_in_which_people_answered_is_in_no_digit_of_a_result(rows, random):
    """Sums of thirds depend in their last digits on the order in which they are added."""
    answers = [Sheet(dict(zip(("calm", "hope", "trust"), row, strict=True))) for row in rows]
    first = score(three, answers, 12)
    random.shuffle(answers)
    assert score(three, answers, 12) == first


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (result(1, 1, 2, 1, 1), result(3, 3, 3, 4, 3), "up"),
        (result(3, 3, 3, 4, 3), result(1, 1, 2, 1, 1), "down"),
        (result(1, 1, 2, 1, 1), result(1, 1, 2, 1, 1), "no clear change"),
        (result(1, 1, 2, 2, 2, 1, population=12), result(2, 2, 1, 2, 2, 3, population=12), "no clear change"),
        (result(1, 1, 2, 1, 1, population=20), result(2, 2, 3, 2, 2, population=20), "no clear change"),
        (result(0, 4, 0, 4, 2), result(2, 2, 2, 2, 2), "not comparable"),
        (result(1, 1), result(2, 2, 2, 2, 2), "not comparable"),
        (None, result(2, 2, 2, 2, 2), "not comparable"),
        (result(2, 2, 2, 2, 2, item=NAIL), result(2, 2, 2, 2, 2), "not comparable"),
    ],
)
def test_two_results_beside_each_other(before, after, kind):
    assert compare(before, after).kind == kind


agreeing = st.lists(st.integers(1, 3), min_size=5, max_size=9).map(lambda values: (values, len(values) + 3))


@given(agreeing, agreeing)
def test_a_change_inside_either_interval_is_not_clear(first, second):
    one, two = (result(*values, population=population) for values, population in (first, second))
    change, back = compare(one, two), compare(two, one)
    if change.kind in ("up", "down"):
        assert {change.kind, back.kind} == {"up", "down"}
        assert not one.interval.low <= two.mean <= one.interval.high
        assert not two.interval.low <= one.mean <= two.interval.high
