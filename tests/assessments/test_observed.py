"""What happened, added up over services, a year."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from assessments import observed, statistics
from assessments.delivery.facts import INSTANT
from assessments.delivery.parts import NULL, RECORDS, Part, Parts
from assessments.delivery.results import FLEET

UNTIL = datetime(2026, 3, 2, 12, tzinfo=UTC)
WEEKS = 52
HOUR = 3_600_000_000
A_YEAR = 365.25 / 364  # of 52 weeks


def us(days: float) -> int:
    """So many days before the end."""
    return round((UNTIL - timedelta(days=days)).timestamp() * 1e6)


def parts(deployments=(), changes=(), collected=(True,), existed: float = 1000) -> Parts:
    """deployments: (service, days before the end, failed, hours to recovery or None while it is open). changes:
    (service, days, number of the deployment, hours waiting for review, to merge, to deploy, and deploying)."""
    services = pl.DataFrame(
        {
            "service": list(range(len(collected))), "incidents_collected": list(collected),
            "existed_from": [us(existed)] * len(collected), "collected_until": [us(0)] * len(collected),
            "attribution_hours": 24.0, "deploys": True, "has_changes": True,
        },
        schema_overrides={"existed_from": pl.Int64},
    ).with_columns(pl.col("existed_from", "collected_until").cast(INSTANT)).cast(dict(FLEET))  # fmt: skip
    done = np.zeros(len(deployments), RECORDS["deployments"])
    for row, (_, days, failed, hours) in zip(done, deployments, strict=True):
        row["finished_at"], row["reached_users"], row["success"], row["failed"] = us(days), 1, 1, failed
        row["recovered_at"] = NULL if hours is None else us(days) + round(hours * HOUR)
    shipped = np.zeros(len(changes), RECORDS["changes"])
    names = ("waiting_for_review", "waiting_to_merge", "waiting_to_deploy", "deploying")
    for row, (_, days, number, *hours) in zip(shipped, changes, strict=True):
        row["finished_at"], row["deployment"] = us(days), number
        for name, value in zip(names, hours, strict=True):
            row[f"{name}_us"] = NULL if value is None else round(value * HOUR)
    none = (Part(np.zeros(0, RECORDS[kind]), np.zeros(0, int)) for kind in ("merges", "incidents"))
    places = (np.array([row[0] for row in rows], int) for rows in (deployments, changes))
    of_deployments, of_changes = places
    return Parts(services, Part(done, of_deployments), Part(shipped, of_changes), *none)


def yearly(of: Parts, weeks: int = WEEKS) -> dict[str, observed.Yearly]:
    return observed.yearly(observed.observe(of, weeks))


def test_events_and_hours_add_up_over_services():
    found = yearly(parts([(0, 10, 0, None), (0, 20, 1, 6), (1, 30, 1, 2), (1, 400, 1, 99)], collected=(True, True)))
    assert found["deployments"].value == pytest.approx(3 * A_YEAR)
    assert found["failures"].value == pytest.approx(2 * A_YEAR)
    assert found["impaired"].value == pytest.approx(8 * A_YEAR)
    assert found["impaired"].events == 2 and (found["failures"].services, found["failures"].of) == (2, 2)


def test_the_interval_of_a_count_is_that_of_poisson():
    found = yearly(parts([(0, day, 0, None) for day in range(1, 11)]))["deployments"]
    low, high = (float(end) * A_YEAR for end in statistics.poisson(10))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_where_nothing_failed_the_count_is_zero_and_not_surely_zero():
    found = yearly(parts([(0, 10, 0, None)]))
    assert found["failures"].value == 0 and found["failures"].low == 0
    assert found["failures"].high == pytest.approx(float(statistics.poisson(0)[1]) * A_YEAR)
    assert (found["impaired"].value, found["impaired"].high) == (0, None)


def test_failures_that_are_not_collected_are_in_no_total():
    found = yearly(parts([(0, 10, 1, 5), (1, 10, 1, 7)], collected=(True, False)))
    assert found["impaired"].value == pytest.approx(5 * A_YEAR) and found["failures"].services == 1
    assert yearly(parts([(0, 10, 1, 5)], collected=(False,)))["failures"].value is None


def test_an_open_failure_has_lasted_until_now():
    found = observed.observe(parts([(0, 2, 1, None)]), WEEKS)
    assert found["impaired_sum"].item() == pytest.approx(48) and found["open"].item() == 1


def test_waits_add_up_over_changes_and_count_as_one_event_a_deployment():
    found = yearly(parts(changes=[(0, 10, 1, 3, 2, 4, 1), (0, 10, 1, 1, 0, 8, 1), (0, 20, 1, 1, 1, 1, 0.5)]))
    assert found["before"].value == pytest.approx(8 * A_YEAR) and found["before"].events == 2
    assert found["after"].value == pytest.approx(13 * A_YEAR)
    assert found["deploying"].value == pytest.approx(1.5 * A_YEAR)


def test_a_wait_that_is_not_known_is_not_zero():
    found = yearly(parts(changes=[(0, 10, 1, None, None, 4, None)]))
    assert (found["before"].value, found["deploying"].value) == (None, None)
    assert found["after"].value == pytest.approx(4 * A_YEAR)
    half = yearly(parts(changes=[(0, 10, 1, None, 2, 4, None)]))["before"]
    assert half.value == pytest.approx(2 * A_YEAR)


def test_a_young_service_counts_at_its_own_pace():
    found = yearly(parts([(0, day, 0, None) for day in range(1, 11)], existed=36.525))["deployments"]
    assert found.value == pytest.approx(100)


def test_the_end_of_the_window_is_where_the_sources_were_read():
    assert yearly(parts([(0, -1, 0, None), (0, 0, 0, None), (0, 91.5, 0, None)]), 13)["deployments"].events == 1


def test_without_services_nothing_is_known():
    found = yearly(parts(collected=()))
    assert {each.value for each in found.values()} == {None}


@pytest.mark.parametrize("typical", [2.0, 40.0])
def test_the_interval_of_hours_holds_the_truth_nearly_always(typical):
    """Failures come at random, and each lasts a random time with a long tail; the mean of a window is known."""
    random = np.random.default_rng(4)
    held, rounds = 0, 400
    for _ in range(rounds):
        hours = random.lognormal(0, 1, random.poisson(typical))
        low, high = statistics.weighted_poisson(hours.sum(), (hours**2).sum(), hours.max(initial=1.0))
        held += low <= typical * np.exp(0.5) <= high
    assert held / rounds > 0.88
