import pytest

from assessments.evidence.history import DAY, History, Past
from tests.assessments.evidence.trees import outcome


def said(code: int, tests: int, code_then: int = 10_000, tests_then: int = 5_000):
    history = History(0, past=(Past(0, {"a.py": code_then, "tests/test_a.py": tests_then}),))
    files = {"a.py": "x" * code, "tests/test_a.py": "x" * tests}
    return outcome("tests-trend", files, history=history, as_of=365 * DAY)


@pytest.mark.parametrize(
    ("tests", "expected"), [(10_000, "met"), (9_000, "met"), (7_500, "partly"), (7_000, "not met"), (0, "not met")]
)
def test_the_share_of_tests_then_and_now(tests, expected):
    assert said(20_000, tests) == expected


def test_code_that_stayed_is_not_applicable():
    assert said(10_500, 1_000) == "not applicable"


def test_without_earlier_trees_it_is_unknown():
    assert outcome("tests-trend", {"a.py": "x"}) == "unknown"


def test_no_tests_then_or_now_are_not_applicable():
    history = History(beginning=0, past=(Past(0, {"src/shop.py": 5000}),))
    files = {"src/shop.py": "x" * 9000}
    assert outcome("tests-trend", files, history=history, as_of=365 * DAY) == "not applicable"


def test_hardly_any_tests_make_no_trend():
    assert said(20_000, 300, tests_then=200) == "not applicable"
