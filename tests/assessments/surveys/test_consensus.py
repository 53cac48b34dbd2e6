"""Votes of a few people: how they lie, and what to talk about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys import consensus
from assessments.surveys.consensus import APART, NEAR, SAME, UNKNOWN
from tests.assessments.surveys import asked
from tests.assessments.surveys.asked import choice, sheets

SPEED = asked.questionnaire(choice("speed")).item("speed")
FAILED = asked.questionnaire({"key": "failed", "text": "?", "kind": "percent", "better": "low"}).item("failed")


def spread(*votes, item=SPEED):
    return consensus.spread(item, sheets(*votes, key=item.key))


@pytest.mark.parametrize(
    ("votes", "kind"),
    [
        ((2, 2, 2), SAME),
        ((2, 3, 2), NEAR),
        ((1, 3, 2), APART),
        ((2, 2, "dont_know"), SAME),
        (("dont_know", "not_applicable"), UNKNOWN),
        ((), UNKNOWN),
    ],
)
def test_votes_are_the_same_near_or_apart(votes, kind):
    assert spread(*votes).kind == kind


def test_ten_points_of_a_hundred_are_near():
    assert [spread(5, other, item=FAILED).kind for other in (5, 15, 15.5)] == [SAME, NEAR, APART]


def test_every_vote_is_counted_once():
    found = spread(0, 3, 3, "dont_know", "not_applicable", None)
    assert (found.counts, found.dont_know, found.not_applicable, found.votes) == ((1, 0, 0, 2, 0), 1, 1, 5)
    assert (found.low, found.high) == (0, 3)


@given(st.lists(st.one_of(st.integers(0, 4), st.sampled_from(["dont_know", "not_applicable"])), max_size=12))
def test_whoever_voted_in_which_order_does_not_show(votes):
    assert spread(*votes) == spread(*sorted(votes, key=str))
    assert spread(*votes).votes == len(votes)
    assert spread(*votes).unanimous == (len(set(votes)) == 1)


@pytest.mark.parametrize(
    ("votes", "said"),
    [
        ((2, 2), "You all agree."),
        ((2, 2, "dont_know"), "All who chose a line chose the same. Tell those who don't know where you saw it."),
        ((1, 2), "You are close together. What would one have to see for the higher answer to hold?"),
        ((0, 4), "You are far apart. Let both ends say first what they have seen, then the others."),
        (("dont_know", "dont_know"), "Nobody knows: say where one would look."),
        (("not_applicable",), "All say that it is not about you."),
        (("dont_know", "not_applicable"), "Nobody chose a line: talk about whether the question is about you at all."),
    ],
)
def test_what_to_talk_about(votes, said):
    assert consensus.hint(spread(*votes)) == said


def test_only_what_has_a_value_is_voted_on():
    assert [item.key for item in consensus.items(asked.questionnaire())] == ["speed", "calm", "hope", "failed"]


def test_an_answer_in_words():
    answers = ({"value": 4}, {"said": "dont_know"}, {"said": "not_applicable"}, None)
    assert [consensus.words(SPEED, answer) for answer in answers] == ["All", "Don't know", "Not applicable", ""]
    assert consensus.words(FAILED, {"value": 12.5}) == "12.5 of 100"
