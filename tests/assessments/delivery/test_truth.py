"""The truth table: small stories that can be checked by hand."""

import pytest

from tests.assessments.delivery import truth_failures, truth_metrics, truth_shipping, truth_stages

TABLES = (truth_shipping, truth_stages, truth_failures, truth_metrics)
CASES = {name: case for table in TABLES for name, case in table.CASES.items()}


def told(name: str) -> dict:
    """What the calculator says of a case, by path."""
    arranged, expected = CASES[name]
    result = arranged.told()
    return {path: result.look(path) for path in expected}


def expected(name: str) -> dict:
    """What is true, with room for rounding in the last digits."""
    return {
        path: pytest.approx(value, rel=1e-9) if isinstance(value, float | tuple) else value
        for path, value in CASES[name][1].items()
    }


@pytest.mark.parametrize("name", CASES)
def test_truth(name):
    assert told(name) == expected(name)


def test_no_case_hides_another():
    assert len(CASES) == sum(len(table.CASES) for table in TABLES)
