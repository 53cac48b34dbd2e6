"""Pain points by hand, and what holds of every list of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.pains import CONFIDENCE, MOST_WORDS, collected, hours_by_step, merged, proposals, ranked, tally
from assessments.surveys.answers import PainPoint


def point(text="", hours=None, step="review", capability=None) -> PainPoint:
    return PainPoint(step, capability, 3, 2, hours, text)


def pains(*points: PainPoint):
    return collected(points)


def test_the_order_is_hours_times_people_times_confidence():
    slow = merged(pains(point("a", 2.0), point("b", 4.0), point("c", 3.0)), ["p1", "p2", "p3"])[0]
    assert (slow.hours_each, slow.people, slow.confidence) == (3.0, 3, "several voices")
    assert slow.weight == pytest.approx(3 * 3 * 0.9)
    lone = replace(pains(point("d", 12.0))[0], key="lone")
    assert [row.pain.key for row in ranked([lone, slow])] == ["p1", "lone"]


def test_hours_that_nobody_said_are_not_zero():
    unsaid, small = pains(point("a"), point("b", 0.5))
    assert unsaid.weight is None
    assert [(row.pain.key, row.place) for row in ranked([unsaid, small])] == [(small.key, 1), (unsaid.key, None)]


def test_two_who_named_it_count_both_though_one_said_no_hours():
    both = merged(pains(point("a", 4.0), point("b")), ["p1", "p2"])[0]
    assert both.weight == pytest.approx(4 * 2 * CONFIDENCE["one voice"])


def test_what_is_measured_is_trusted_most():
    assert replace(pains(point("a", 2.0))[0], measured=True).weight == 2.0


def test_equal_weights_share_a_place_and_votes_order_them():
    one, two = pains(point("a", 2.0), point("b", 2.0))
    assert [(row.place, row.pain.key, row.votes) for row in ranked([one, two], {two.key: 2})] == [
        (1, two.key, 2),
        (1, one.key, 0),
    ]


def test_duplicates_are_proposed_with_the_words_they_share():
    found = proposals(
        pains(point("Waiting for the review"), point("We wait for reviews too long"), point("Review waiting!"))
    )
    assert (found[0].first, found[0].second, found[0].shared) == ("p1", "p2", ("review", "waiting"))


def test_the_reason_names_what_is_the_same_and_few_words():
    words = " ".join(f"word{number}" for number in range(50))
    (one,) = proposals(pains(point(words), point(words)))
    assert one.reason.startswith("the same step, and both say word") and one.reason.count("word") == MOST_WORDS
    (one,) = proposals(pains(point(words, capability="wip-limits"), point(words, capability="wip-limits")))
    assert one.reason.startswith("the same step and capability")


def test_hours_are_added_up_by_step_and_unknown_ones_left_out():
    found = pains(point("a", 2.0), point("b", 1.0), point("c", 4.0, step="deploy"), point("d", step="idea"))
    assert hours_by_step(found) == [("deploy", 4.0), ("review", 3.0)]


def test_the_usual_answer_is_the_middle_one_and_the_worse_of_two():
    pain = replace(pains(point("a"))[0], how_often=(0, 1, 4), how_bad=(1, 3))
    assert (pain.usual_often, pain.usual_bad, replace(pain, how_bad=()).usual_bad) == (1, 3, None)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (point("slow reviews"), point("slow reviews", step="deploy")),
        (point("slow reviews", capability="wip-limits"), point("slow reviews", capability="code-review-flow")),
        (point("slow reviews"), point("the database is down")),
        (point("the and of"), point("the and of")),
        (point(), point()),
    ],
)
def test_what_is_not_alike_is_not_proposed(first, second):
    assert proposals(pains(first, second)) == []


def test_a_pain_point_without_capability_may_belong_to_one_with():
    found = proposals(pains(point("slow reviews"), point("slow reviews", capability="code-review-flow")))
    assert [proposal.likeness for proposal in found] == [1.0]
    assert merged(pains(point("x"), point("y", capability="wip-limits")), ["p1", "p2"])[0].capability == "wip-limits"


@pytest.mark.parametrize("keys", [["p1"], ["p1", "p1"], ["p1", "p9"], []])
def test_fewer_than_two_are_not_put_together(keys):
    with pytest.raises(ValueError, match="two or more"):
        merged(pains(point("a"), point("b")), keys)


@pytest.mark.parametrize(
    ("ballot", "problem"),
    [({"a": 4}, "3 votes"), ({"a": 2, "b": 2}, "3 votes"), ({"a": -1}, "3 votes"), ({"z": 1}, "not there")],
)
def test_a_ballot_with_too_much_is_refused(ballot, problem):
    with pytest.raises(ValueError, match=problem):
        tally([ballot], ["a", "b"])


def test_votes_are_added_up():
    assert tally([{"a": 3}, {"a": 1, "b": 2}, {}], ["a", "b", "c"]) == {"a": 4, "b": 2, "c": 0}


points = st.lists(
    st.builds(
        point,
        st.text("abc de", max_size=12),
        st.none() | st.floats(0, 40),
        st.sampled_from(["review", "deploy"]),
        st.sampled_from([None, "wip-limits"]),
    ),
    max_size=8,
)


def test_no_hours_said_and_no_hours_lost_keep_their_places_however_the_sheets_lie():
    said, lost = point("", None, "review", None), point("", 0.0, "review", None)
    assert collected([said, lost]) == collected([lost, said])


@given(points, st.randoms())
def test_the_order_of_the_sheets_shows_nowhere(given_points, random):
    first = collected(given_points)
    random.shuffle(given_points)
    assert collected(given_points) == first


@given(points)
def test_every_pain_is_ranked_once_and_the_heaviest_first(given_points):
    rows = ranked(collected(given_points))
    assert len({row.pain.key for row in rows}) == len(given_points)
    weights = [row.pain.weight for row in rows]
    known = [weight for weight in weights if weight is not None]
    assert weights == sorted(known, reverse=True) + [None] * (len(weights) - len(known))


@given(points, st.data())
def test_putting_together_loses_nobody(given_points, data):
    before = collected(given_points)
    if len(before) < 2:
        return
    keys = data.draw(st.lists(st.sampled_from([pain.key for pain in before]), min_size=2, unique=True))
    after = merged(before, keys)
    assert sum(pain.people for pain in after) == len(before) == len(after) + len(keys) - 1
    hours = sorted(hour for pain in before for hour in pain.hours)
    assert sorted(hour for pain in after for hour in pain.hours) == hours
