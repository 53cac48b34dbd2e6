"""Answers are checked against what was asked, whatever is sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys.answers import LONGEST_TEXT, AnswerError, Sheet, clean, read, written
from tests.assessments.surveys.asked import questionnaire

PAIN = {"step": "review", "capability": None, "how_often": 3, "how_bad": 2, "hours": 4, "text": "Waits."}
CAPABILITIES = frozenset({"code-review-flow"})


def given_raw(raw) -> Sheet:
    return read(questionnaire(), raw, CAPABILITIES)


def pain(**changed) -> dict:
    return {"pains": {"value": [{**PAIN, **changed}]}}


def test_each_kind_of_answer_has_its_place():
    raw = {
        "speed": {"value": 4},
        "calm": {"said": "dont_know"},
        "failed": {"value": 12.5},
        "words": {"value": "More\r\nsleep "},
    }
    sheet = given_raw({**raw, **pain(capability="code-review-flow")})
    assert (sheet.values, sheet.said, sheet.texts) == (
        {"speed": 4, "failed": 12.5},
        {"calm": "dont_know"},
        {"words": "More\nsleep"},
    )
    assert sheet.pains["pains"][0].capability == "code-review-flow" and sheet.answered == 5


def test_blank_texts_and_no_pain_points_are_no_answers():
    assert given_raw({"words": {"value": " \n"}, "pains": {"value": []}}).answered == 0


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ([], "object with one entry"),
        ({"unheard-of": {"value": 1}}, "no question 'unheard-of'"),
        ({"speed": 1}, "either a value, or said"),
        ({"speed": {"value": 1, "said": "dont_know"}}, "either a value, or said"),
        ({"speed": {"said": "later"}}, "said is dont_know or not_applicable"),
        ({"speed": {"value": 5}}, "one of its options, 0 to 4"),
        ({"speed": {"value": -1}}, "one of its options"),
        ({"speed": {"value": True}}, "one of its options"),
        ({"speed": {"value": 1.0}}, "one of its options"),
        ({"failed": {"value": 100.5}}, "number from 0 to 100"),
        ({"failed": {"value": float("nan")}}, "number from 0 to 100"),
        ({"failed": {"value": "12"}}, "number from 0 to 100"),
        ({"words": {"value": 3}}, "a text is wanted"),
        ({"words": {"value": "x" * (LONGEST_TEXT + 1)}}, "5,001 characters; shorten"),
        ({"words": {"value": "\ud83d"}}, "half a character"),
        ({"pains": {"value": [PAIN] * 3}}, "at most 2 pain points"),
        ({"pains": {"value": [{"step": "review"}]}}, "a pain point has"),
        (pain(step="lunch"), "a step of the workflow"),
        (pain(capability="lunch"), "a capability from the list"),
        (pain(how_bad=5), "how_bad is one of its options"),
        (pain(hours=169), "number from 0 to 168"),
        (pain(hours=-1), "number from 0 to 168"),
    ],
)
def test_what_the_question_does_not_have_is_refused(raw, problem):
    with pytest.raises(AnswerError, match=problem):
        given_raw(raw)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "**bold** [link](javascript:x)",
        "שלום עולם",
        "👩‍👩‍👧‍👦 works",
        "a\u202eb",
        "x" * LONGEST_TEXT,
    ],
)
def test_a_text_stays_what_was_written(text):
    assert clean(text, "words") == text


def test_control_characters_are_dropped_and_forms_made_one():
    assert clean("a\x00b\x1b[31m\te\u0301", "words") == "ab[31m\té"


values = st.fixed_dictionaries(
    {},
    optional={
        "speed": st.one_of(st.integers(0, 4).map(lambda value: {"value": value}), st.just({"said": "not_applicable"})),
        "failed": st.floats(0, 100).map(lambda value: {"value": value}),
        "words": st.text(max_size=30).map(lambda value: {"value": value}),
        "pains": st.lists(
            st.builds(
                lambda hours, text: {**PAIN, "hours": hours, "text": text}, st.none() | st.floats(0, 168), st.text()
            ),
            max_size=2,
        ).map(lambda points: {"value": points}),
    },
)


@given(values)
def test_a_sheet_written_and_read_is_the_same_sheet(raw):
    try:
        sheet = given_raw(raw)
    except AnswerError as error:
        assert "half a character" in str(error)
        return
    assert given_raw(json.loads(json.dumps(written(sheet)))) == sheet


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["speed", "failed", "words", "pains"]) | st.text(max_size=4)


@given(anything | st.dictionaries(keys, anything | st.dictionaries(st.sampled_from(["value", "said"]), anything)))
def test_nothing_sent_does_more_than_be_refused(raw):
    try:
        assert isinstance(given_raw(raw), Sheet)
    except AnswerError as error:
        assert str(error)
