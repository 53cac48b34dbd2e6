"""The quick check's score and its addresses, and answers beside measured values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.surveys.quick_check import (
    INSTABILITY,
    THROUGHPUT,
    QuickCheckError,
    beside,
    from_query,
    placed,
    score,
    to_query,
)
from content import catalog

BEST = {"lead_time": 5, "deployment_frequency": 5, "recovery_time": 5, "change_fail_rate": 0, "rework_rate": 0}
QUERY = {
    "v": "2025",
    "leadtime": "4",
    "deployfreq": "3",
    "changefailure": "15",
    "failurerecovery": "5",
    "industry": "all",
}


def test_the_best_answers_score_ten_and_the_worst_nothing():
    worst = {metric: 100 if metric in ("change_fail_rate", "rework_rate") else 0 for metric in BEST}
    assert (score(BEST).overall, score(worst).overall) == (10, 0)


def test_the_groups_are_plain_means():
    found = score(
        {"lead_time": 3, "deployment_frequency": 2, "recovery_time": 4, "change_fail_rate": 15, "rework_rate": 25}
    )
    assert (found.throughput, found.stability, found.overall) == (6, 8, pytest.approx(6.8))


def test_a_missing_answer_is_missing_and_neither_worst_nor_best():
    found = score({"lead_time": 3, "change_fail_rate": 15, "rework_rate": 25})
    assert (found.throughput, found.stability, found.overall) == (None, 8, None)


@pytest.mark.parametrize("values", [{"lead_time": 6}, {"change_fail_rate": 101}, {"speed": 1}, {"rework_rate": -1}])
def test_what_is_no_answer_is_refused(values):
    with pytest.raises(ValueError, match="no answer of the quick check"):
        score(values)


def test_the_answers_of_an_address():
    assert from_query(QUERY) == {
        "lead_time": 3,
        "deployment_frequency": 2,
        "recovery_time": 4,
        "change_fail_rate": 15,
    }


def test_an_answer_that_was_not_given_is_left_out():
    assert from_query({"leadtime": "-1", "rework": "10"}) == {"rework_rate": 10}


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({}, "holds no answers"),
        ({"v": "2025"}, "holds no answers"),
        ({"leadtime": "7"}, "leadtime is a number from 1 to 6"),
        ({"leadtime": "0"}, "leadtime is a number from 1 to 6"),
        ({"deployfreq": ""}, "deployfreq is a number from 1 to 6"),
        ({"changefailure": "٣"}, "changefailure is a number from 0 to 100"),
        ({"changefailure": "101"}, "changefailure is a number from 0 to 100"),
        ({"rework": "1" * 9000}, "rework is a number from 0 to 100"),
    ],
)
def test_what_is_no_answer_of_an_address_is_refused(query, problem):
    with pytest.raises(QuickCheckError, match=problem):
        from_query(query)


names = st.sampled_from(["leadtime", "deployfreq", "changefailure", "failurerecovery", "rework", "industry"])


@given(st.dictionaries(names, st.text(max_size=4) | st.integers(-2, 120).map(str)))
def test_no_query_does_more_than_be_refused(query):
    try:
        assert score(from_query(query)).metrics
    except QuickCheckError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("metric", "said", "measured", "difference"),
    [
        ("lead_time", 4, 20.0, 0),
        ("lead_time", 5, 20.0, 1),  # said less than an hour, measured a day
        ("lead_time", 1, 20.0, -3),
        ("deployment_frequency", 5, 3.0, 0),
        ("deployment_frequency", 4, 3.0, 0),  # once a day and on demand are one band
        ("deployment_frequency", 3, 3.0, -1),
        ("deployment_frequency", 0, 0.001, 0),
        ("recovery_time", 2, 0.5, -3),
        ("change_fail_rate", 2, 0.30, 4),
        ("change_fail_rate", 30, 0.30, 0),
        ("change_fail_rate", None, 0.30, None),
        ("lead_time", 3, None, None),
        ("rework_rate", 10, 0.2, None),
    ],
)
def test_what_is_said_beside_what_is_measured(metric, said, measured, difference):
    found = beside(metric, said, measured, catalog.benchmarks())
    assert found.difference == difference and found.text


def test_the_words_say_which_way():
    found = beside("lead_time", 5, 20.0, catalog.benchmarks())
    assert found.text == "Lead time was said to be 1 band better than measured"
    assert (found.said, found.measured) == ("<1h", "<1d")


def test_a_metric_that_is_not_asked_is_refused():
    with pytest.raises(ValueError, match="not asked"):
        beside("merge_to_production", 1, 1.0, catalog.benchmarks())


answers = st.fixed_dictionaries(
    {},
    optional={name: st.integers(0, 5) for name in THROUGHPUT} | {name: st.integers(0, 100) for name in INSTABILITY},
)


@given(answers)
def test_an_address_made_of_answers_is_read_back(values):
    assert not values or from_query(to_query(values)) == values


@pytest.mark.parametrize("metric", [*THROUGHPUT, "change_fail_rate"])
def test_an_answer_stands_in_one_band_of_all_respondents(metric):
    for value in range(6) if metric in THROUGHPUT else (0, 2, 3, 64, 65, 100):
        found = placed(metric, value, catalog.benchmarks())
        assert sum(found.shares) == pytest.approx(100, abs=0.5) and len(found.labels) == len(found.shares)
        assert f"{found.shares[found.at]:.0f} % of 2025 respondents" in found.text


def test_the_best_and_the_worst_answer_have_nothing_beyond_them():
    best, worst = (placed("lead_time", value, catalog.benchmarks()) for value in (5, 0))
    assert best.text == "9 % of 2025 respondents gave this answer, 90 % a worse one."
    assert worst.text == "2 % of 2025 respondents gave this answer, 98 % a better one."


def test_of_rework_only_the_average_is_known():
    found = placed("rework_rate", 10, catalog.benchmarks())
    assert (found.shares, found.at, found.text) == ((), None, "2025 respondents said 22 % on average (SD 22).")


def test_what_is_no_answer_stands_nowhere():
    with pytest.raises(ValueError, match="no answer"):
        placed("lead_time", 6, catalog.benchmarks())
