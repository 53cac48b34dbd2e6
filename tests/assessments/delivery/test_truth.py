"""The truth table: small stories that can be checked by hand."""

from functools import cache

import pytest

from tests.assessments.delivery import truth_failures, truth_metrics, truth_shipping, truth_stages
from tests.assessments.delivery.story import Told

TABLES = (truth_shipping, truth_stages, truth_failures, truth_metrics)
CASES = {name: case for table in TABLES for name, case in table.CASES.items()}


@cache
def judged(name: str) -> Told:
    """A case as the true calculator judges it; once for all tests."""
    return CASES[name][0].told()


def told(name: str, result: Told | None = None) -> dict:
    """What the calculator says of a case, by path; the one that is imported now, unless it has judged already."""
    arranged, expected = CASES[name]
    result = result or arranged.told()
    return {path: result.look(path) for path in expected}


def expected(name: str) -> dict:
    """What is true, with room for rounding in the last digits."""
    return {
        path: pytest.approx(value, rel=1e-9) if isinstance(value, float | tuple) else value
        for path, value in CASES[name][1].items()
    }


@pytest.mark.parametrize("name", CASES)
def test_truth(name):
    assert told(name, judged(name)) == expected(name)


def test_no_case_hides_another():
    assert len(CASES) == sum(len(table.CASES) for table in TABLES)
