"""Bands and clusters against the shipped file."""

import json
from pathlib import Path

import pytest

from assessments.delivery.benchmarks import band, nearest_cluster

FILE = Path(__file__).parents[3] / "content" / "benchmarks" / "dora.json"
BENCHMARKS = json.loads(FILE.read_text())


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("lead_time", 0.9, "top 9 % of 2025 respondents ship within an hour"),
        ("lead_time", 1, "top 24 % of 2025 respondents ship within a day"),
        ("lead_time", 24, "top 56 % of 2025 respondents ship within a week"),
        ("lead_time", 5000, "slowest 2 % of 2025 respondents ship after more than six months"),
        ("recovery_time", 5, "top 57 % of 2025 respondents recover within a day"),
        ("deployment_frequency", 5 / 7, "daily or more often, top 23 % of 2025 respondents"),
        ("deployment_frequency", 40, "daily or more often, top 23 % of 2025 respondents"),
        ("deployment_frequency", 0.71, "top 45 % of 2025 respondents deploy at least weekly"),
        ("deployment_frequency", 1 / 7, "top 45 % of 2025 respondents deploy at least weekly"),
        ("deployment_frequency", 0.04, "top 76 % of 2025 respondents deploy at least monthly"),
        ("deployment_frequency", 0.001, "rarest 4 % of 2025 respondents deploy less than every six months"),
        ("change_fail_rate", 0, "top 8 % of 2025 respondents have a change fail rate of at most 2 %"),
        ("change_fail_rate", 0.08, "top 36 % of 2025 respondents have a change fail rate of at most 8 %"),
        ("change_fail_rate", 0.7, "highest 6 % of 2025 respondents, above 64 %"),
        ("rework_rate", 0.05, "2025 respondents said 22 % on average (SD 22)"),
    ],
)
def test_bands(key, value, text):
    assert band(key, value, BENCHMARKS).text == text


@pytest.mark.parametrize("key", ["merge_to_production", "change_fail_rate_inferred", "recovery_time_inferred"])
def test_no_band_for_what_is_not_comparable(key):
    assert band(key, 1, BENCHMARKS) is None


def test_no_band_without_a_value():
    assert band("lead_time", None, BENCHMARKS) is None


def test_the_rework_distribution_is_not_shown():
    assert band("rework_rate", 0.05, BENCHMARKS).top is None


@pytest.mark.parametrize(
    ("year", "key", "value", "kind", "names"),
    [
        (2021, "lead_time", 0.5, "nearest", ("elite",)),
        (2021, "lead_time", 5, "between", ("elite", "high")),  # no tier between an hour and a day
        (2018, "recovery_time", 0.5, "nearest", ("elite",)),
        (2018, "recovery_time", 5, "nearest", ("high", "medium")),
        (2018, "change_fail_rate", 0.3, "between", ("elite/high/medium", "low")),
        (2024, "change_fail_rate", 0.11, "nearest", ("medium",)),  # fails less often than high: no single ladder
        (2024, "change_fail_rate", 0.19, "nearest", ("high",)),
        (2024, "change_fail_rate", 0.15, "between", ("high", "medium")),
        (2024, "deployment_frequency", 5 / 7, "nearest", ("elite",)),
        (2021, "deployment_frequency", 0.5, "between", ("elite", "high")),
        (2024, "recovery_time", 5000, "between", ("low",)),
        (2020, "lead_time", 5, "none", ()),
    ],
)
def test_clusters(year, key, value, kind, names):
    found = nearest_cluster(key, value, year, BENCHMARKS)
    assert (found.kind, found.names) == (kind, names)


def test_a_year_without_report_says_so():
    assert nearest_cluster("lead_time", 5, 2020, BENCHMARKS).text == "there was no report in 2020"


def test_a_metric_without_clusters_is_refused():
    with pytest.raises(KeyError):
        nearest_cluster("rework_rate", 0.1, 2024, BENCHMARKS)
